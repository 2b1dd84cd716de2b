#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

class WindowScaleLayerTest : public testing::TestWithParam<Case> {};
TEST_P(WindowScaleLayerTest, IsJudgedByItsSentence) { check(GetParam()); }

wire::TcpSegment with_window(wire::TcpSegment s, std::uint16_t window) {
  s.window = window;
  return s;
}
/// The target's windows after each hundred octets, of which none are read.
void windows(Exchange& x, const std::vector<std::uint16_t>& fields) {
  std::uint32_t seq = 1001;
  for (const std::uint16_t field : fields) {
    x.in(seq, 5001, "ACK,PSH", std::string(100, 'x'));
    seq += 100;
    x.out(with_window(Exchange::segment(5001, seq, "ACK"), field));
    x.fence();
  }
}
void sends(Exchange& x, std::uint32_t octets) {
  x.call(UserCall::Kind::send, std::string(octets, 't'));
  x.out(5001, 1001, "ACK,PSH", std::string(octets, 't'));
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"TheFieldFallsByUnits",
       [](Exchange& x) {
         established_with_scale(x, 7, 2);
         windows(x, {2500, 2475, 2450});
       },
       {},
       {"RFC7323-2.3-5", "RFC7323-2.3-2"}},
      {"TheFieldFallsByOctets",
       [](Exchange& x) {
         established_with_scale(x, 7, 2);
         windows(x, {9000, 8900, 8800});
       },
       {"RFC9293-SHLD-14", "RFC9293-SHLD-14", "RFC7323-2.3-5"}},
      {"NothingIsScaledWithoutAnOffer",
       [](Exchange& x) {
         x.established();
         windows(x, {9900});
       },
       {}},
      {"TheWindowOfTheSynAckIsShiftedAlready",
       [](Exchange& x) {
         established_with_scale(x, 7, 2);
         windows(x, {9975});
       },
       {"RFC7323-2.2-6"}},
      {"WindowsAreShiftedThoughNobodyOffered",
       [](Exchange& x) {
         x.established();
         windows(x, {2475});
       },
       {"RFC9293-SHLD-14", "RFC7323-2.3-3"}},
      {"ThePeersWindowIsShifted",
       [](Exchange& x) {
         established_with_scale(x, 7, 2);
         x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 10));
         sends(x, 1000);
       },
       {},
       {"RFC7323-2.3-4"}},
      {"ThePeersWindowIsShiftedTooFar",
       [](Exchange& x) {
         established_with_scale(x, 7, 2);
         x.in(with_window(Exchange::segment(1001, 5001, "ACK,PSH", "a"), 1));
         x.out(5001, 1002, "ACK");
         x.call(UserCall::Kind::send, std::string(1000, 't'));
         x.out(5001, 1002, "ACK,PSH", std::string(1000, 't'));
       },
       {"RFC5681-2-1"}},
      {"AShiftOfFifteenIsFourteen",
       [](Exchange& x) {
         established_with_scale(x, 15, 2);
         x.in(with_window(Exchange::segment(1001, 5001, "ACK"), 1));
         sends(x, 1000);
       },
       {},
       {"RFC7323-2.3-7"}},
      {"TheWindowOfASynIsScaled",
       [](Exchange& x) {
         x.open();
         wire::TcpSegment syn = Exchange::segment(5000, 0, "SYN");
         syn.options = wire::encode_options({.mss = 1460, .window_scale = std::uint8_t{2}});
         x.out(syn);
         wire::TcpSegment answer = with_window(Exchange::segment(1000, 5001, "SYN,ACK"), 100);
         answer.options = wire::encode_options({.mss = 1460, .window_scale = std::uint8_t{7}});
         x.in(answer);
         x.out(5001, 1001, "ACK");
         sends(x, 1000);
       },
       {"RFC7323-2.2-6"}},
      {"TheWindowOfASynIsLiteral",
       [](Exchange& x) {
         x.open();
         wire::TcpSegment syn = Exchange::segment(5000, 0, "SYN");
         syn.options = wire::encode_options({.mss = 1460, .window_scale = std::uint8_t{2}});
         x.out(syn);
         wire::TcpSegment answer = with_window(Exchange::segment(1000, 5001, "SYN,ACK"), 1000);
         answer.options = wire::encode_options({.mss = 1460, .window_scale = std::uint8_t{7}});
         x.in(answer);
         x.out(5001, 1001, "ACK");
         sends(x, 1000);
       },
       {},
       {"RFC7323-2.2-6"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(WindowScale, WindowScaleLayerTest, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tcpjury::model
