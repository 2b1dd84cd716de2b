// Whole datagrams against octets drawn by hand, and the defects decode() reports.
#include "harness/wire/packet.h"

#include <gtest/gtest.h>

#include "harness/wire/packets_test.h"

namespace tcpjury::wire {
namespace {

const IpAddress v4_a = IpAddress::v4(192, 0, 2, 1);
const IpAddress v4_b = IpAddress::v4(192, 0, 2, 2);
const IpAddress v6_a = *IpAddress::parse("2001:db8::1");
const IpAddress v6_b = *IpAddress::parse("2001:db8::2");

Packet syn_v4() {
  return {.ip = Ipv4Header{.source = v4_a, .destination = v4_b}, .payload = TcpSegment{.flags = syn}};
}
Packet syn_v6() {
  return {.ip = Ipv6Header{.source = v6_a, .destination = v6_b}, .payload = TcpSegment{.flags = syn}};
}

// Checksums by hand. TCP: c000+0201+c000+0202+0006+0014+5002 = 1d41f -> d420, complement 2bdf. IPv4:
// 4500+0028+0000+4000+4006+c000+0201+c000+0202 = 24931 -> 4933, complement b6cc.
constexpr std::string_view syn_v4_hex =
    "4500 0028 0000 4000 4006 b6cc c0000201 c0000202"
    "0000 0000 00000000 00000000 5002 0000 2bdf 0000";
// 2001+0db8+0001+2001+0db8+0002+0014+0006+5002 = ab91, complement 546e.
constexpr std::string_view syn_v6_hex =
    "60000000 0014 06 40 20010db8000000000000000000000001 20010db8000000000000000000000002"
    "0000 0000 00000000 00000000 5002 0000 546e 0000";

TEST(Encode, WritesTheOctetsTheRfcsDraw) {
  EXPECT_EQ(to_hex(encode(syn_v4())), to_hex(from_hex(syn_v4_hex)));
  EXPECT_EQ(to_hex(encode(syn_v6())), to_hex(from_hex(syn_v6_hex)));
}

TEST(Decode, ReadsWhatTheRfcsDraw) {
  for (const auto& [hex, packet] : {std::pair{syn_v4_hex, syn_v4()}, std::pair{syn_v6_hex, syn_v6()}}) {
    const Decoded decoded = decode(from_hex(hex));
    EXPECT_TRUE(decoded.defects.empty());
    EXPECT_TRUE(decoded.packet == packet) << to_string(decoded.packet);
  }
}

TEST(Encode, PutsEveryIpv4FieldInItsPlace) {
  const Packet packet{.ip = Ipv4Header{.source = v4_a,
                                       .destination = v4_b,
                                       .tos = 0xb8,
                                       .identification = 0x1234,
                                       .dont_fragment = false,
                                       .more_fragments = true,
                                       .reserved_bit = true,
                                       .fragment_offset = 0x0102,
                                       .ttl = 7,
                                       .protocol = 17,
                                       .options = from_hex("8303"),
                                       .version = 5,
                                       .header_length = 4,
                                       .total_length = 0xabcd,
                                       .checksum = 0xdead},
                      .payload = from_hex("ff")};
  EXPECT_EQ(to_hex(encode(packet)), "54b8abcd1234a1020711deadc0000201c000020283030000ff");
}

TEST(Encode, PutsEveryIpv6FieldInItsPlace) {
  const Packet packet{
      .ip = Ipv6Header{.source = v6_a,
                       .destination = v6_b,
                       .traffic_class = 0xb8,
                       .flow_label = 0xabcde,
                       .hop_limit = 7,
                       .extensions = {{60, from_hex("00010400000000")}, {43, from_hex("00040000000000")}},
                       .protocol = 59,
                       .version = 7,
                       .payload_length = 0xabcd},
      .payload = from_hex("ff")};
  EXPECT_EQ(
      to_hex(encode(packet)),
      to_hex(from_hex("7b8abcde abcd 3c 07 20010db8000000000000000000000001 20010db8000000000000000000000002"
                      "2b00010400000000 3b00040000000000 ff")));
}

TEST(Encode, IcmpCountsAPseudoHeaderOnlyInIpv6) {
  const IcmpMessage echo{.type = 8, .rest = 0x00010002};
  const Bytes v4 = encode({.ip = Ipv4Header{.protocol = protocol::icmp}, .payload = echo});
  // 0800 + 0001 + 0002 = 0803.
  EXPECT_EQ(to_hex(BytesView{v4}.subspan(20)), "0800f7fc00010002");
  const Bytes v6 = encode({.ip = Ipv6Header{.protocol = protocol::icmpv6}, .payload = echo});
  // 0803 + 0008 (length) + 003a (next header) = 0845.
  EXPECT_EQ(to_hex(BytesView{v6}.subspan(40)), "0800f7ba00010002");
}

TEST(Encode, LengthsThatDoNotFitBecomeTheLargest) {
  const Bytes frame = encode({.ip = Ipv4Header{}, .payload = Bytes(70'000)});
  EXPECT_EQ(frame.size(), 70'020U);
  EXPECT_EQ(to_hex(BytesView{frame}.subspan(2, 2)), "ffff");
}

struct Broken {
  std::string_view name;
  std::string hex;
  std::vector<WireDefect> defects;
};

class Defect : public ::testing::TestWithParam<Broken> {};

TEST_P(Defect, IsReportedInWireOrder) {
  EXPECT_EQ(decode(from_hex(GetParam().hex)).defects, GetParam().defects);
}

/// The octets of `hex` with those at `at` replaced.
std::string patched(std::string_view hex, std::size_t at, std::string_view with) {
  std::string digits = to_hex(from_hex(hex));
  return digits.replace(2 * at, with.size(), with);
}

INSTANTIATE_TEST_SUITE_P(
    Ip, Defect,
    ::testing::Values(Broken{"Empty", "", {WireDefect::too_short}},
                      Broken{"Short4", "45", {WireDefect::too_short}},
                      Broken{
                          "Short6", "60000000000006400000000000000000000000000000", {WireDefect::too_short}},
                      Broken{"Version5", patched(syn_v4_hex, 0, "55"), {WireDefect::ip_version}},
                      Broken{"HeaderLength4",
                             patched(syn_v4_hex, 0, "44"),
                             {WireDefect::ip_header_length, WireDefect::ip_checksum}},
                      Broken{"HeaderLengthPastEnd",
                             patched(syn_v4_hex, 0, "4f"),
                             {WireDefect::ip_header_length, WireDefect::ip_checksum}},
                      Broken{"Checksum", patched(syn_v4_hex, 10, "b6cd"), {WireDefect::ip_checksum}},
                      // One more than there are: length 0029, checksum one less.
                      Broken{"TotalLengthPastEnd",
                             patched(patched(syn_v4_hex, 2, "0029"), 10, "b6cb"),
                             {WireDefect::ip_length}},
                      Broken{"TotalLengthBelowHeader",
                             patched(patched(syn_v4_hex, 2, "0013"), 10, "b6e1"),
                             {WireDefect::ip_length}},
                      Broken{"Trailing4", std::string{syn_v4_hex} + "0000", {WireDefect::trailing_octets}},
                      Broken{"PayloadLengthPastEnd", patched(syn_v6_hex, 4, "0015"), {WireDefect::ip_length}},
                      Broken{"Trailing6", std::string{syn_v6_hex} + "00", {WireDefect::trailing_octets}},
                      Broken{"NoRoomForExtension",
                             patched(patched(syn_v6_hex, 4, "0004"), 6, "3c"),
                             {WireDefect::extension_chain, WireDefect::trailing_octets}},
                      Broken{"ExtensionPastEnd",
                             patched(patched(syn_v6_hex, 6, "3c"), 41, "02"),
                             {WireDefect::extension_chain}}),
    [](const auto& param) { return std::string{param.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    Transport, Defect,
    ::testing::Values(Broken{"TcpChecksum", patched(syn_v4_hex, 36, "2bde"), {WireDefect::tcp_checksum}},
                      Broken{"TcpChecksum6", patched(syn_v6_hex, 56, "0000"), {WireDefect::tcp_checksum}},
                      // The offset 4 takes 1000 off the sum, 6 adds it; the checksum goes the other way.
                      Broken{"OffsetTooSmall",
                             patched(patched(syn_v4_hex, 32, "40"), 36, "3bdf"),
                             {WireDefect::tcp_data_offset}},
                      Broken{"OffsetPastEnd",
                             patched(patched(syn_v4_hex, 32, "60"), 36, "1bdf"),
                             {WireDefect::tcp_data_offset}},
                      Broken{"TcpCutShort",
                             patched(syn_v6_hex, 4, "0013"),
                             {WireDefect::transport_too_short, WireDefect::trailing_octets}},
                      Broken{"IcmpChecksum",
                             "4500001c00004000400 1b6ddc0000201c0000202 0800 f7fd 00010002",
                             {WireDefect::icmp_checksum}},
                      Broken{"IcmpCutShort",
                             "4500001b000040004001b6dec0000201c0000202 0800 f7fc 000100",
                             {WireDefect::transport_too_short}}),
    [](const auto& param) { return std::string{param.param.name}; });

TEST(Decode, AllOnesMayStandForAZeroChecksumAndComesBack) {
  // Identification b6cc makes the header sum to ffff; a sender writes 0000, ffff is as good.
  const std::string written = patched(patched(syn_v4_hex, 4, "b6cc"), 10, "0000");
  EXPECT_TRUE(decode(from_hex(written)).defects.empty());
  const std::string other = patched(written, 10, "ffff");
  const Decoded decoded = decode(from_hex(other));
  EXPECT_TRUE(decoded.defects.empty());
  EXPECT_EQ(to_hex(encode(decoded.packet)), other);
}

TEST(Decode, FragmentsCarryOctetsNotSegments) {
  Packet first = syn_v4();
  std::get<Ipv4Header>(first.ip).more_fragments = true;
  EXPECT_TRUE(std::holds_alternative<Bytes>(decode(encode(first)).packet.payload));
  Packet later = syn_v4();
  std::get<Ipv4Header>(later.ip).fragment_offset = 1;
  EXPECT_TRUE(std::holds_alternative<Bytes>(decode(encode(later)).packet.payload));

  const auto with_fragment_header = [](std::string_view body) {
    Packet packet = syn_v6();
    std::get<Ipv6Header>(packet.ip).extensions = {{44, from_hex(body)}};
    return decode(encode(packet));
  };
  EXPECT_NE(with_fragment_header("00000000000001").packet.tcp(), nullptr);  // atomic
  EXPECT_EQ(with_fragment_header("00000100000001").packet.tcp(), nullptr);  // more to follow
  EXPECT_EQ(with_fragment_header("00000800000001").packet.tcp(), nullptr);  // offset 8
  EXPECT_TRUE(with_fragment_header("00000100000001").defects.empty());
}

TEST(Decode, TheSegmentEndsWhereTheIpLengthSays) {
  Packet packet = syn_v4();
  std::get<TcpSegment>(packet.payload).text = bytes_of("abc");
  packet.trailer = bytes_of("pad");
  const Decoded decoded = decode(encode(packet));
  ASSERT_NE(decoded.packet.tcp(), nullptr);
  EXPECT_EQ(decoded.packet.tcp()->text, bytes_of("abc"));
  EXPECT_EQ(decoded.packet.trailer, bytes_of("pad"));
}

TEST(Decode, AHeaderBehindABrokenOneIsNotGuessedAt) {
  const Decoded decoded = decode(from_hex(patched(syn_v4_hex, 0, "44")));
  EXPECT_EQ(decoded.packet.tcp(), nullptr);
  EXPECT_EQ(std::get<Ipv4Header>(decoded.packet.ip).header_length, 4);
}

TEST(Decode, OctetsWithoutAnIpHeaderStandAsPayload) {
  EXPECT_EQ(std::get<Bytes>(decode(from_hex("0102")).packet.payload), from_hex("0102"));
}

TEST(PacketText, SaysWhatItIs) {
  Packet packet = syn_v4();
  auto& segment = std::get<TcpSegment>(packet.payload);
  segment.source = {80};
  segment.destination = {4000};
  segment.seq = {300};
  EXPECT_EQ(to_string(packet), "192.0.2.1:80 > 192.0.2.2:4000 <SEQ=300><CTL=SYN>");
  EXPECT_EQ(to_string(syn_v6()), "[2001:db8::1]:0 > [2001:db8::2]:0 <SEQ=0><CTL=SYN>");

  packet.payload = IcmpMessage{.type = 3, .code = 4, .body = Bytes(28)};
  EXPECT_EQ(to_string(packet), "192.0.2.1 > 192.0.2.2 ICMP type 3 code 4 [28 octets]");
  packet.payload = Bytes(16);
  EXPECT_EQ(to_string(packet), "192.0.2.1 > 192.0.2.2 protocol 6 [16 octets]");
  std::get<Ipv4Header>(packet.ip).more_fragments = true;
  EXPECT_EQ(to_string(packet), "192.0.2.1 > 192.0.2.2 fragment at 0, more follow, of protocol 6 [16 octets]");
  std::get<Ipv4Header>(packet.ip).more_fragments = false;
  std::get<Ipv4Header>(packet.ip).fragment_offset = 2;
  EXPECT_EQ(to_string(packet), "192.0.2.1 > 192.0.2.2 fragment at 16 of protocol 6 [16 octets]");

  Packet v6 = syn_v6();
  std::get<Ipv6Header>(v6.ip).extensions = {{44, from_hex("00000900000001")}};
  v6.payload = Bytes(8);
  EXPECT_EQ(to_string(v6), "2001:db8::1 > 2001:db8::2 fragment at 8, more follow, of protocol 6 [8 octets]");
}

TEST(Packet, EndsAreThoseOfTheHeader) {
  EXPECT_EQ(syn_v4().source(), v4_a);
  EXPECT_EQ(syn_v4().destination(), v4_b);
  EXPECT_EQ(syn_v6().source(), v6_a);
  EXPECT_EQ(syn_v6().family(), Family::v6);
}

}  // namespace
}  // namespace tcpjury::wire
