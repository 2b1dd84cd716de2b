#include "reports/ladder/segment_text.h"

#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

using Kind = engine::TranscriptEvent::Kind;

bool is_datagram(const engine::TranscriptEvent& event) {
  return event.kind == Kind::sent || event.kind == Kind::received;
}

wire::Endpoint sender(const wire::Packet& packet, const wire::TcpSegment& segment) {
  return {packet.source(), segment.source};
}
wire::Endpoint receiver(const wire::Packet& packet, const wire::TcpSegment& segment) {
  return {packet.destination(), segment.destination};
}

}  // namespace

SegmentText::SegmentText(const engine::Transcript& transcript, bool relative) {
  if (!relative) return;
  for (const engine::TranscriptEvent& event : transcript) {
    if (!is_datagram(event)) continue;
    const wire::Decoded frame = wire::decode(event.octets);
    const wire::TcpSegment* segment = frame.packet.tcp();
    if (segment == nullptr || !segment->flags.has(wire::syn)) continue;
    first_syn_.try_emplace({sender(frame.packet, *segment), receiver(frame.packet, *segment)}, segment->seq);
  }
}

std::string SegmentText::text(const engine::TranscriptEvent& event) const {
  const wire::Decoded frame = wire::decode(event.octets);
  std::string out;
  if (const wire::TcpSegment* segment = frame.packet.tcp(); segment != nullptr) {
    const Flow forth{sender(frame.packet, *segment), receiver(frame.packet, *segment)};
    const auto own = first_syn_.find(forth);
    const auto other = first_syn_.find({forth.second, forth.first});
    wire::NotationBase base;
    if (own != first_syn_.end()) base.seq = own->second;
    if (other != first_syn_.end()) base.ack = other->second;
    out = wire::to_notation(*segment, base);
  } else {
    out = wire::to_string(frame.packet);
  }
  for (const wire::WireDefect defect : frame.defects) {
    out.append(" !").append(wire::to_string(defect));
  }
  return printable(out);
}

}  // namespace tcpjury::reports
