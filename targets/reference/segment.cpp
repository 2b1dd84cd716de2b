#include "targets/reference/segment.h"

namespace tcpjury::reference {

Segment read_segment(const wire::TcpSegment& segment, EcnCodepoint ecn, const Host&, State) {
  Segment read{.seq = segment.seq,
               .ack = segment.ack,
               .flags = segment.flags,
               .window = segment.window,
               .urgent = segment.urgent,
               .text = segment.text,
               .congestion = ecn == EcnCodepoint::ce};
  const wire::OptionList options = wire::parse_options(segment.options);
  read.mss = options.mss();
  read.window_scale = options.window_scale();
  read.sack_permitted = options.sack_permitted();
  read.timestamps = options.timestamps();
  read.sack = options.sack_blocks();
  return read;
}

std::optional<wire::TcpSegment> reset_for(const Segment& segment, const Host& host, State state) {
  if (segment.has(wire::rst)) return std::nullopt;
  wire::TcpSegment reset;
  if (segment.has(wire::ack)) {
    reset.seq = segment.ack;
    reset.flags = wire::rst;
    if (host.fault(Fault::reset_seq_zero, state)) reset.seq = {0};
  } else {
    reset.seq = {0};
    reset.ack = segment.end();
    reset.flags = wire::rst | wire::ack;
  }
  // RFC 7323 section 5.2: TSecr says which segment is answered.
  if (segment.timestamps)
    reset.options = wire::encode_options({.timestamps = {{.tsval = 0, .tsecr = segment.timestamps->tsval}}});
  return reset;
}

}  // namespace tcpjury::reference
