// The codec against an independent one: scapy reads what we write, and we read what scapy writes.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>

#include "harness/wire/octets.h"
#include "harness/wire/packets_test.h"

namespace tcpjury::wire {
namespace {

constexpr int datagrams = 300;

using Fields = std::map<std::string, std::string>;
using Lines = std::vector<std::string>;

/// What a command prints; nothing when it fails.
std::optional<Lines> output_of(const std::string& command) {
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> buffer{};
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    text.append(buffer.data(), n);
  if (::pclose(pipe) != 0) return std::nullopt;
  std::istringstream stream{text};
  Lines lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The first interpreter that has scapy; nothing when none has.
std::optional<std::string> python_with_scapy() {
  for (const std::string_view candidate : {"python3", "/usr/bin/python3"}) {
    if (output_of(fmt::format("{} -c 'import scapy' 2>&1", candidate))) return std::string{candidate};
  }
  return std::nullopt;
}

class Scapy : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto python = python_with_scapy();
    if (!python) GTEST_SKIP() << "no python3 with scapy here (Debian: python3-scapy)";
    script_ = *python + " '" TCPJURY_SOURCE_DIR "/harness/wire/scapy_check.py' ";
  }
  std::string script_;
};

Fields parse_fields(const std::string& line) {
  Fields fields;
  std::istringstream words{line};
  for (std::string word; words >> word;) {
    const std::size_t equals = word.find('=');
    fields[word.substr(0, equals)] = word.substr(equals + 1);
  }
  return fields;
}

template <class T>
void put(Fields& fields, const std::string& key, const T& value) {
  fields[key] = fmt::format("{}", value);
}

/// The 16-bit number at a place of the frame.
std::uint16_t number_at(BytesView frame, std::size_t at) { return get16<0>(frame.subspan(at).first<2>()); }

void put_ip(Fields& fields, const Ipv4Header& ip, BytesView frame) {
  put(fields, "tos", ip.tos);
  put(fields, "id", ip.identification);
  put(fields, "flags", (ip.reserved_bit ? 4 : 0) | (ip.dont_fragment ? 2 : 0) | (ip.more_fragments ? 1 : 0));
  put(fields, "frag", ip.fragment_offset);
  put(fields, "ttl", ip.ttl);
  put(fields, "length", number_at(frame, 2));
  put(fields, "checksum", number_at(frame, 10));
  put(fields, "protocol", ip.protocol);
}

void put_ip(Fields& fields, const Ipv6Header& ip, BytesView frame) {
  put(fields, "tc", ip.traffic_class);
  put(fields, "flow", ip.flow_label);
  put(fields, "hops", ip.hop_limit);
  put(fields, "length", number_at(frame, 4));
  put(fields, "protocol", ip.protocol);
}

void put_options(Fields& fields, const OptionList& options) {
  if (const auto mss = options.mss()) put(fields, "mss", *mss);
  if (const auto shift = options.window_scale()) put(fields, "wscale", *shift);
  if (options.sack_permitted()) put(fields, "sackok", 1);
  if (const auto ts = options.timestamps()) fields["ts"] = fmt::format("{}/{}", ts->tsval, ts->tsecr);
  std::string sack;
  for (const SackBlock& block : options.sack_blocks()) {
    sack += fmt::format("{}{}/{}", sack.empty() ? "" : "/", block.left.raw, block.right.raw);
  }
  if (!sack.empty()) fields["sack"] = sack;
}

void put_upper(Fields& fields, const TcpSegment& segment, BytesView upper) {
  put(fields, "sport", segment.source.number);
  put(fields, "dport", segment.destination.number);
  put(fields, "seq", segment.seq.raw);
  put(fields, "ack", segment.ack.raw);
  put(fields, "dataofs", (tcp_header_min + segment.options.size()) / 4);
  put(fields, "reserved", segment.reserved);
  put(fields, "bits", segment.flags.bits);
  put(fields, "window", segment.window);
  put(fields, "urgent", segment.urgent);
  fields["text"] = to_hex(segment.text);
  put(fields, "tcpsum", number_at(upper, 16));
  put_options(fields, parse_options(segment.options));
}

void put_upper(Fields& fields, const IcmpMessage& message, BytesView upper) {
  put(fields, "type", message.type);
  put(fields, "code", message.code);
  put(fields, "icmpsum", number_at(upper, 2));
}

void put_upper(Fields&, const Bytes&, BytesView) {}

std::size_t size_of(const Ipv4Header& ip) { return 20 + ip.options.size(); }
std::size_t size_of(const Ipv6Header& ip) {
  std::size_t size = 40;
  for (const ExtensionHeader& extension : ip.extensions) size += 1 + extension.body.size();
  return size;
}

/// The members of the value, and the computed fields as they stand in its octets.
Fields fields_of(const Packet& packet, BytesView frame) {
  Fields fields;
  fields["src"] = to_string(packet.source());
  fields["dst"] = to_string(packet.destination());
  std::visit([&](const auto& ip) { put_ip(fields, ip, frame); }, packet.ip);
  const std::size_t headers = std::visit([](const auto& ip) { return size_of(ip); }, packet.ip);
  std::visit([&](const auto& payload) { put_upper(fields, payload, frame.subspan(headers)); },
             packet.payload);
  return fields;
}

/// Options and extension headers of meaning, since scapy looks into them.
Packet meaningful_packet(Random& random) {
  Packet packet = random_honest_packet(random);
  if (auto* ip = std::get_if<Ipv4Header>(&packet.ip)) {
    ip->options = random.below(3) == 0 ? from_hex("0707 04 00000000 00") : Bytes{};
  } else {
    auto& chain = std::get<Ipv6Header>(packet.ip).extensions;
    chain.clear();
    if (random.below(4) == 0) chain.push_back({0, from_hex("00 0104 00000000")});
    if (random.below(4) == 0) chain.push_back({44, from_hex("00 0000 12345678")});
    if (random.below(4) == 0) chain.push_back({60, from_hex("01 010c 000000000000000000000000")});
  }
  if (auto* segment = std::get_if<TcpSegment>(&packet.payload)) {
    OptionFields options;
    if (random.below(2) == 0) options.mss = static_cast<std::uint16_t>(random.next32());
    if (random.below(2) == 0) options.window_scale = static_cast<std::uint8_t>(random.below(256));
    options.sack_permitted = random.below(2) == 0;
    if (random.below(2) == 0) options.timestamps = Timestamps{random.next32(), random.next32()};
    if (random.below(3) == 0) options.sack = {{SeqNum{random.next32()}, SeqNum{random.next32()}}};
    segment->options = encode_options(options);
  }
  return packet;
}

TEST_F(Scapy, ReadsTheFieldsAndChecksumsWeWrote) {
  Random random{300};
  std::vector<Packet> packets;
  const auto file =
      std::filesystem::path{::testing::TempDir()} / fmt::format("tcpjury-scapy-{}.hex", ::getpid());
  {
    std::ofstream out{file};
    for (int i = 0; i < datagrams; ++i) {
      packets.push_back(meaningful_packet(random));
      out << to_hex(encode(packets.back())) << "\n";
    }
  }
  const auto lines = output_of(script_ + "read '" + file.string() + "'");
  std::filesystem::remove(file);
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->size(), packets.size());
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(parse_fields((*lines)[i]), fields_of(packets[i], encode(packets[i]))) << to_string(packets[i]);
  }
}

TEST_F(Scapy, WritesDatagramsWeReadWithoutDefects) {
  const auto lines = output_of(script_ + fmt::format("write {}", datagrams));
  ASSERT_TRUE(lines.has_value());
  ASSERT_EQ(lines->size(), static_cast<std::size_t>(datagrams));
  for (const std::string& line : *lines) {
    const std::size_t tab = line.find('\t');
    const Bytes frame = from_hex(line.substr(tab + 1));
    const Decoded decoded = decode(frame);
    EXPECT_TRUE(decoded.defects.empty()) << line;
    EXPECT_EQ(fields_of(decoded.packet, frame), parse_fields(line.substr(0, tab)));
  }
}

}  // namespace
}  // namespace tcpjury::wire
