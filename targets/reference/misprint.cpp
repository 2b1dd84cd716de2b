// Mistakes that only show in how a segment is written: checksums, header fields, options out of place.
#include <utility>

#include "harness/wire/tcp_view.h"
#include "targets/reference/host.h"

namespace tcpjury::reference {

namespace {

void append(Bytes& octets, std::initializer_list<unsigned> values) {
  for (const unsigned value : values) octets.push_back(static_cast<std::byte>(value));
}

std::uint16_t right_checksum(const wire::TcpSegment& segment, const wire::Endpoint& from,
                             const wire::Endpoint& to) {
  const Bytes octets = wire::encode_segment(segment, from.address, to.address);
  return wire::TcpView::parse(octets)->checksum();
}

}  // namespace

void Host::misprint(wire::TcpSegment& segment, const wire::Endpoint& from, const wire::Endpoint& to,
                    State state) const {
  const auto makes = [&](Fault which) { return fault(which, state); };
  const bool on_syn = segment.flags.has(wire::syn);
  auto& options = segment.options;
  if (!on_syn && options.size() <= 36) {
    if (makes(Fault::mss_on_every_segment)) append(options, {2, 4, 0x05, 0xb4});
    if (makes(Fault::scale_on_every_segment)) append(options, {1, 3, 3, 2});
    if (makes(Fault::sack_permitted_on_every_segment)) append(options, {1, 1, 4, 2});
  }
  if (on_syn && options.size() <= 36) {
    if (makes(Fault::option_padding_not_zero)) append(options, {0, 0x5a, 0x5a, 0x5a});
    if (makes(Fault::option_without_length)) append(options, {1, 1, 1, 253});
  }
  if (makes(Fault::reserved_bits_sent)) segment.reserved = 4;
  if (makes(Fault::data_offset_too_small) && !options.empty())
    segment.data_offset = static_cast<std::uint8_t>(4 + options.size() / 4);
  // From here on the segment is complete.
  const auto spoil = [&](unsigned by) {
    segment.checksum = static_cast<std::uint16_t>(right_checksum(segment, from, to) + by);
  };
  const bool v6 = from.address.family == wire::Family::v6;
  if (makes(Fault::checksum_of_odd_length_wrong) && segment.text.size() % 2 == 1) spoil(0x5a);
  if (makes(Fault::checksum_v6_pseudo_header_wrong) && v6) spoil(20);
  if (makes(Fault::checksum_of_reset_wrong) && segment.flags.has(wire::rst)) spoil(1);
  if (makes(Fault::checksum_not_computed)) segment.checksum = 0;
}

}  // namespace tcpjury::reference
