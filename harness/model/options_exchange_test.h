// Exchanges whose segments carry options: timestamps, SACK, window scale, or octets as they stand.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {

inline std::optional<std::uint16_t> mss_of_syn(const wire::TcpSegment& s) {
  return s.flags.has(wire::syn) ? std::optional<std::uint16_t>{1460} : std::nullopt;
}
inline wire::TcpSegment stamped(std::uint32_t seq, std::uint32_t ack, std::string_view flags,
                                std::uint32_t tsval, std::uint32_t tsecr, std::string_view text = {}) {
  wire::TcpSegment s = Exchange::segment(seq, ack, flags, text);
  s.options = wire::encode_options({.mss = mss_of_syn(s), .timestamps = wire::Timestamps{tsval, tsecr}});
  return s;
}
using Blocks = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
inline wire::TcpSegment reporting(std::uint32_t seq, std::uint32_t ack, const Blocks& blocks) {
  wire::TcpSegment s = Exchange::segment(seq, ack, "ACK");
  wire::OptionFields fields{};
  for (const auto& [left, right] : blocks) fields.sack.push_back({wire::SeqNum{left}, wire::SeqNum{right}});
  s.options = wire::encode_options(fields);
  return s;
}
inline wire::TcpSegment with_octets(wire::TcpSegment s, std::vector<unsigned> octets) {
  s.options.clear();
  for (const unsigned o : octets) s.options.push_back(static_cast<std::byte>(o));
  return s;
}

/// Both SYNs carried timestamps; the tester's clock stands at 101, the target's at 1.
inline void established_with_timestamps(Exchange& x) {
  x.listen();
  x.in(stamped(1000, 0, "SYN", 100, 0));
  x.out(stamped(5000, 1001, "SYN,ACK", 1, 100));
  x.fence();
  x.in(stamped(1001, 5001, "ACK", 101, 1));
  x.fence();
}
/// Both SYNs carried SACK-Permitted.
inline void established_with_sack(Exchange& x) {
  const auto permitted = [](wire::TcpSegment s) {
    s.options = wire::encode_options({.mss = 1460, .sack_permitted = true});
    return s;
  };
  x.listen();
  x.in(permitted(Exchange::segment(1000, 0, "SYN")));
  x.out(permitted(Exchange::segment(5000, 1001, "SYN,ACK")));
  x.fence();
  x.in(1001, 5001, "ACK");
  x.fence();
}
/// Both SYNs carried window scale.
inline void established_with_scale(Exchange& x, std::uint8_t peer, std::uint8_t own) {
  const auto scaled = [](wire::TcpSegment s, std::uint8_t shift) {
    s.options = wire::encode_options({.mss = 1460, .window_scale = shift});
    return s;
  };
  x.listen();
  x.in(scaled(Exchange::segment(1000, 0, "SYN"), peer));
  x.out(scaled(Exchange::segment(5000, 1001, "SYN,ACK"), own));
  x.fence();
  x.in(1001, 5001, "ACK");
  x.fence();
}
/// ECN-setup SYNs both ways; new text is marked with ECT(0) from here on.
inline void established_with_ecn(Exchange& x) {
  x.listen();
  x.in(1000, 0, "SYN,ECE,CWR");
  x.out(5000, 1001, "SYN,ACK,ECE");
  x.fence();
  x.in(1001, 5001, "ACK");
  x.fence();
}

/// One made-up exchange and what must be said about it. Texts are short to be readable, so the advice about
/// small segments (Nagle) is left out of what is compared.
struct Case {
  std::string name;
  std::function<void(Exchange&)> happens;
  std::vector<std::string> broken = {};  ///< exactly these
  std::vector<std::string> held = {};    ///< at least these
};
inline std::vector<std::string> broken_but_nagle(const Exchange& x) {
  std::vector<std::string> ids = x.broken();
  std::erase_if(ids, [](const std::string& id) { return id == "RFC9293-SHLD-7" || id == "RFC9293-SHLD-28"; });
  return ids;
}
inline void check(const Case& c) {
  Exchange x;
  c.happens(x);
  EXPECT_EQ(broken_but_nagle(x), c.broken);
  for (const std::string& id : c.held) EXPECT_TRUE(x.held(id)) << id;
}
inline std::string name_of(const testing::TestParamInfo<Case>& info) { return info.param.name; }

}  // namespace tcpjury::model
