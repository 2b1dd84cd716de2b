#include "harness/wire/packets_test.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "harness/wire/ipv6_chain.h"

namespace tcpjury::wire {
namespace {

bool one_in(Random& random, std::uint64_t n) { return random.below(n) == 0; }

template <class T>
T number(Random& random) {
  // Edges more often than chance has it.
  if (one_in(random, 8)) return static_cast<T>(0);
  if (one_in(random, 8)) return static_cast<T>(~T{0});
  return static_cast<T>(random.next());
}

Bytes random_words(Random& random, std::size_t most) {
  Bytes words(4 * random.below(most + 1));
  for (std::byte& b : words) b = number<std::byte>(random);
  return words;
}

IpAddress random_address(Random& random, Family family) {
  IpAddress address{.family = family};
  for (std::size_t i = 0; i < address.size(); ++i) address.octets[i] = number<std::uint8_t>(random);
  return address;
}

TcpSegment random_segment(Random& random) {
  return {
      .source = {number<std::uint16_t>(random)},
      .destination = {number<std::uint16_t>(random)},
      .seq = {number<std::uint32_t>(random)},
      .ack = {number<std::uint32_t>(random)},
      .flags = {number<std::uint8_t>(random)},
      .reserved = static_cast<std::uint8_t>(one_in(random, 4) ? random.below(16) : 0),
      .window = number<std::uint16_t>(random),
      .urgent = number<std::uint16_t>(random),
      .options = random_words(random, tcp_options_max / 4),
      .text = random_octets(random, 64),
  };
}

IcmpMessage random_message(Random& random) {
  return {
      .type = number<std::uint8_t>(random),
      .code = number<std::uint8_t>(random),
      .rest = number<std::uint32_t>(random),
      .body = random_octets(random, 64),
  };
}

ExtensionHeader random_extension(Random& random, std::uint8_t kind) {
  ExtensionHeader extension{kind, Bytes(extension_unit - 1)};
  if (kind == extension_kind::fragment) {
    for (std::byte& b : extension.body) b = number<std::byte>(random);
    // An atomic fragment: anything else would hide the transport header.
    extension.body[1] = std::byte{0};
    extension.body[2] &= std::byte{0x06};
    return extension;
  }
  const std::size_t units = random.below(3);
  extension.body.resize(extension_unit - 1 + extension_unit * units);
  for (std::byte& b : extension.body) b = number<std::byte>(random);
  extension.body[0] = static_cast<std::byte>(units);
  return extension;
}

Ipv4Header random_v4(Random& random) {
  return {
      .source = random_address(random, Family::v4),
      .destination = random_address(random, Family::v4),
      .tos = number<std::uint8_t>(random),
      .identification = number<std::uint16_t>(random),
      .dont_fragment = one_in(random, 2),
      .reserved_bit = one_in(random, 8),
      .ttl = number<std::uint8_t>(random),
      .options = one_in(random, 4) ? random_words(random, 10) : Bytes{},
  };
}

Ipv6Header random_v6(Random& random) {
  Ipv6Header header{
      .source = random_address(random, Family::v6),
      .destination = random_address(random, Family::v6),
      .traffic_class = number<std::uint8_t>(random),
      .flow_label = number<std::uint32_t>(random) & 0xf'ffffU,
      .hop_limit = number<std::uint8_t>(random),
  };
  constexpr std::array<std::uint8_t, 4> kinds{extension_kind::hop_by_hop, extension_kind::routing,
                                              extension_kind::fragment, extension_kind::destination_options};
  while (one_in(random, 3)) header.extensions.push_back(random_extension(random, kinds[random.below(4)]));
  return header;
}

void lie(Ipv4Header& header, Random& random) {
  if (one_in(random, 3)) header.header_length = static_cast<std::uint8_t>(random.below(16));
  if (one_in(random, 3)) header.total_length = static_cast<std::uint16_t>(random.below(200));
  if (one_in(random, 3)) header.checksum = number<std::uint16_t>(random);
  if (one_in(random, 3)) header.more_fragments = true;
  if (one_in(random, 3)) header.fragment_offset = static_cast<std::uint16_t>(random.below(8192));
  if (one_in(random, 3)) header.options = random_octets(random, 40);
  if (one_in(random, 3)) header.protocol = number<std::uint8_t>(random);
}

void lie(Ipv6Header& header, Random& random) {
  if (one_in(random, 3)) header.payload_length = static_cast<std::uint16_t>(random.below(200));
  if (one_in(random, 3))
    header.extensions.push_back({number<std::uint8_t>(random), random_octets(random, 20)});
  if (one_in(random, 3)) header.protocol = number<std::uint8_t>(random);
}

void lie(TcpSegment& segment, Random& random) {
  if (one_in(random, 2)) segment.checksum = number<std::uint16_t>(random);
  if (one_in(random, 2)) segment.data_offset = static_cast<std::uint8_t>(random.below(16));
  if (one_in(random, 2)) segment.options = random_octets(random, tcp_options_max);
}

void lie(IcmpMessage& message, Random& random) { message.checksum = number<std::uint16_t>(random); }

void lie(Bytes& octets, Random& random) { octets = random_octets(random, 40); }

}  // namespace

Bytes from_hex(std::string_view text) {
  Bytes octets;
  std::string digits;
  for (const char c : text) {
    if (std::string_view{" \n\t"}.find(c) == std::string_view::npos) digits += c;
  }
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    octets.push_back(static_cast<std::byte>(std::stoi(digits.substr(i, 2), nullptr, 16)));
  }
  return octets;
}

std::string to_hex(BytesView octets) {
  std::string text;
  for (const std::byte b : octets) text += fmt::format("{:02x}", octet(b));
  return text;
}

Bytes random_octets(Random& random, std::size_t most) {
  Bytes octets(random.below(most + 1));
  for (std::byte& b : octets) b = static_cast<std::byte>(random.below(256));
  return octets;
}

Packet random_honest_packet(Random& random) {
  Packet packet;
  const bool v4 = one_in(random, 2);
  if (v4) {
    packet.ip = random_v4(random);
  } else {
    packet.ip = random_v6(random);
  }
  std::uint8_t next = protocol::tcp;
  if (!one_in(random, 5)) {
    packet.payload = random_segment(random);
  } else if (one_in(random, 2)) {
    packet.payload = random_message(random);
    next = v4 ? protocol::icmp : protocol::icmpv6;
  } else {
    packet.payload = random_octets(random, 64);
    next = 17;
  }
  std::visit([next](auto& header) { header.protocol = next; }, packet.ip);
  return packet;
}

Packet random_lying_packet(Random& random) {
  Packet packet = random_honest_packet(random);
  if (one_in(random, 2)) std::visit([&](auto& header) { lie(header, random); }, packet.ip);
  if (one_in(random, 2)) std::visit([&](auto& payload) { lie(payload, random); }, packet.payload);
  if (one_in(random, 4)) packet.trailer = random_octets(random, 12);
  return packet;
}

void mutate(Bytes& octets, Random& random) {
  const std::size_t times = 1 + random.below(4);
  for (std::size_t i = 0; i < times && !octets.empty(); ++i) {
    // The headers are where the meaning is.
    const std::size_t at = random.below(std::min<std::size_t>(octets.size(), one_in(random, 2) ? 64 : 1000));
    if (one_in(random, 2)) {
      octets[at] = number<std::byte>(random);
    } else {
      octets[at] ^= static_cast<std::byte>(1U << random.below(8));
    }
  }
  if (one_in(random, 4)) octets.resize(random.below(octets.size() + 1));
  if (one_in(random, 8)) octets.resize(octets.size() + random.below(9));
}

TEST(TestPackets, HexadecimalIsReadAndPrinted) {
  EXPECT_EQ(from_hex("00 ff\n1A"), (Bytes{std::byte{0}, std::byte{0xff}, std::byte{0x1a}}));
  EXPECT_EQ(to_hex(from_hex("00ff1a")), "00ff1a");
}

TEST(TestPackets, TheSameSeedDrawsTheSamePacket) {
  Random a{5};
  Random b{5};
  EXPECT_EQ(random_lying_packet(a), random_lying_packet(b));
}

}  // namespace tcpjury::wire
