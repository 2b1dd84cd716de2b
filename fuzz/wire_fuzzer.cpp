// The codec must take any octets, say the same about them twice, and give them back.
#include <algorithm>
#include <cstdint>
#include <span>

#include "harness/base/assert.h"
#include "harness/wire/fragment.h"
#include "harness/wire/packet.h"
#include "harness/wire/tcp_view.h"

namespace {

using namespace tcpjury;
using wire::WireDefect;

/// A frame without an IP header has no value that could give its octets back.
bool has_a_value(const wire::Decoded& decoded) {
  return !decoded.has(WireDefect::too_short) && !decoded.has(WireDefect::ip_version);
}

void check_round_trip(BytesView frame, const wire::Decoded& decoded) {
  const Bytes again = wire::encode(decoded.packet);
  TCPJURY_ASSERT(std::equal(again.begin(), again.end(), frame.begin(), frame.end()));
  const wire::Decoded second = wire::decode(again);
  TCPJURY_ASSERT(second.packet == decoded.packet && second.defects == decoded.defects);
}

void check_fragments(const wire::Packet& packet, std::uint16_t first_payload_octets) {
  for (const Bytes& fragment : wire::fragment(packet, first_payload_octets)) {
    const wire::Decoded decoded = wire::decode(fragment);
    if (has_a_value(decoded)) TCPJURY_ASSERT(wire::encode(decoded.packet) == fragment);
  }
}

/// Text for people is made of any value; only that it can be made is asked here.
void print(const wire::Decoded& decoded) {
  TCPJURY_ASSERT(!to_string(decoded.packet).empty());
  for (const WireDefect defect : decoded.defects) TCPJURY_ASSERT(!to_string(defect).empty());
  if (const wire::TcpSegment* segment = decoded.packet.tcp()) {
    const wire::OptionList options = wire::parse_options(segment->options);
    const std::string text = to_string(options) + to_notation(*segment, {.seq = segment->ack});
    TCPJURY_ASSERT(!text.empty());
  }
}

void check_segment(BytesView octets) {
  const auto view = wire::TcpView::parse(octets);
  if (!view) return;
  const auto from = wire::IpAddress::v4(192, 0, 2, 1);
  const auto to = wire::IpAddress::v4(192, 0, 2, 2);
  const Bytes again = wire::encode_segment(wire::to_segment(*view, from, to), from, to);
  TCPJURY_ASSERT(std::equal(again.begin(), again.end(), octets.begin(), octets.end()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const BytesView octets = std::as_bytes(std::span{data, size});
  const wire::Decoded decoded = wire::decode(octets);
  if (has_a_value(decoded)) {
    check_round_trip(octets, decoded);
    check_fragments(decoded.packet, static_cast<std::uint16_t>(size / 2));
  }
  print(decoded);
  check_segment(octets);
  return 0;
}
