#include <algorithm>

#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

class OptionChecksTest : public testing::TestWithParam<Case> {};
TEST_P(OptionChecksTest, OfWhatTheTargetSends) { check(GetParam()); }

Case syn_ack(std::string name, std::vector<unsigned> octets, std::vector<std::string> broken,
             std::vector<std::string> held = {}) {
  return {std::move(name),
          [octets = std::move(octets)](Exchange& x) {
            x.listen();
            x.in(1000, 0, "SYN");
            x.out(with_octets(Exchange::segment(5000, 1001, "SYN,ACK"), octets));
          },
          std::move(broken), std::move(held)};
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      syn_ack("TheMssOfTheLink", {2, 4, 5, 0xb4}, {}, {"RFC6691-2-1", "RFC6691-2-2", "RFC2385-2-3"}),
      syn_ack("AnMssBeyondTheLink", {2, 4, 5, 0xb5}, {"RFC6691-2-1"}),
      syn_ack("AnMssLessTimestamps", {2, 4, 5, 0xa8}, {"RFC6691-2-2"}),
      syn_ack("AnMssOfASmallBuffer", {2, 4, 2, 0}, {}),
      syn_ack("AnMssOfTheWrongLength", {2, 3, 5, 0}, {"RFC9293-SHLD-5", "RFC9293-MUST-68"}),
      syn_ack("ASignatureWithoutAKey",
              {2, 4, 5, 0xb4, 19, 18, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1}, {"RFC2385-2-3"}),
      {"AFastOpenOptionOnText",
       [](Exchange& x) {
         x.established();
         x.in(1001, 5001, "ACK,PSH", "a");
         x.out(with_octets(Exchange::segment(5001, 1002, "ACK"), {34, 2, 1, 1}));
       },
       {"RFC7413-4.1.1-1"}},
      {"TheExperimentalFastOpenOption",
       [](Exchange& x) {
         x.open();
         x.out(with_octets(Exchange::segment(5000, 0, "SYN"), {2, 4, 5, 0xb4, 254, 4, 0xf9, 0x89}));
       },
       {"RFC7413-10-1"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Options, OptionChecksTest, testing::ValuesIn(cases()), name_of);

TEST(OptionChecks, TimestampsBeforeTheirPaddingBreakARecommendation) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK,PSH", "a");
  x.out(with_octets(Exchange::segment(5001, 1002, "ACK"), {8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 1}));
  const auto broken = x.broken();
  EXPECT_NE(std::find(broken.begin(), broken.end(), "RFC7323-A-1"), broken.end());
}

TEST(OptionChecks, TheMssIsMeasured) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_EQ(x.judge().features().at("mss.v4"), "1460");
}

}  // namespace
}  // namespace tcpjury::model
