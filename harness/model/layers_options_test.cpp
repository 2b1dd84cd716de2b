// User timeouts and tail loss probes.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

/// A segment with these octets for options.
wire::TcpSegment with_options(wire::TcpSegment s, std::initializer_list<int> octets) {
  for (const int o : octets) s.options.push_back(static_cast<std::byte>(o));
  return s;
}

TEST(UserTimeoutOption, WhoDoesNotKnowItIgnoresIt) {
  Exchange x;
  x.established();
  x.in(with_options(Exchange::segment(1001, 5001, "ACK", "text"), {28, 4, 0, 5}));
  x.out(5001, 1005, "ACK");
  EXPECT_THAT(x.broken(), IsEmpty());
  EXPECT_TRUE(x.held("RFC5482-3-1"));
  EXPECT_FALSE(x.held("RFC5482-3.4-1"));
}

TEST(UserTimeoutOption, AZeroIsNotActedUpon) {
  Exchange x;
  x.established();
  x.in(with_options(Exchange::segment(1001, 5001, "ACK", "text"), {28, 4, 0, 0}));
  x.out(5001, 1005, "ACK");
  EXPECT_TRUE(x.held("RFC5482-3.4-1"));
}

TEST(UserTimeoutOption, AZeroIsNotSent) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "text");
  x.out(with_options(Exchange::segment(5001, 1005, "ACK"), {28, 4, 0, 0}));
  EXPECT_THAT(x.broken(), ElementsAre("RFC5482-3.4-1"));
}

TEST(UserTimeoutOption, ItHasFourOctets) {
  Exchange x;
  x.established();
  x.in(1001, 5001, "ACK", "text");
  x.out(with_options(Exchange::segment(5001, 1005, "ACK"), {28, 3, 9, 1}));
  EXPECT_THAT(x.broken(), testing::Contains("RFC5482-3.3-1"));
}

TEST(UserTimeoutOption, ASecondDoesNotEndTheConnectionAfterASecond) {
  Exchange x;
  x.established();
  x.in(with_options(Exchange::segment(1001, 5001, "ACK", "text"), {28, 4, 0, 1}));
  x.out(5001, 1005, "ACK");
  x.call(UserCall::Kind::send, "text");
  x.out(5001, 1005, "ACK,PSH", "text");
  for (const Duration d : {1s, 2s, 4s, 8s, 16s, 32s, 60s}) {
    x.wait(d);
    x.out(5001, 1005, "ACK,PSH", "text");
  }
  EXPECT_TRUE(x.held("RFC5482-3.1-3"));
}

// ---- tail loss probes -----------------------------------------------------------------------------------

/// Three segments of 1000 octets are outstanding on a connection with SACK.
class Tail : public testing::Test {
 protected:
  Exchange x;
  void connect(std::size_t octets) {
    x.listen();
    wire::TcpSegment syn = Exchange::segment(1000, 0, "SYN");
    syn.options = wire::encode_options({.mss = 1000, .sack_permitted = true});
    x.in(syn);
    wire::TcpSegment answer = Exchange::segment(5000, 1001, "SYN,ACK");
    answer.options = wire::encode_options({.mss = 1000, .sack_permitted = true});
    x.out(answer);
    x.fence();
    x.in(1001, 5001, "ACK");
    x.fence();
    x.call(UserCall::Kind::send, std::string(octets, 'x'));
    for (std::uint32_t i = 0; i < 3; ++i) out(i, octets == 3000 && i == 2);
  }
  void out(std::uint32_t segment, bool last) {
    x.out(5001 + segment * 1000, 1001, last ? "ACK,PSH" : "ACK", std::string(1000, 'x'));
  }
};

TEST_F(Tail, OneProbeAndThenTheTimeout) {
  connect(3000);
  x.wait(300ms);
  out(2, true);
  x.wait(1s);
  out(0, false);
  EXPECT_THAT(x.broken(), IsEmpty());
  for (const std::string_view id : {"RFC8985-7.3-1", "RFC8985-7.3-2", "RFC8985-7.3-3"})
    EXPECT_TRUE(x.held(id)) << id;
}

TEST_F(Tail, ASecondProbeIsAccused) {
  connect(3000);
  x.wait(300ms);
  out(2, true);
  x.wait(300ms);
  out(2, true);
  EXPECT_THAT(x.broken(), testing::Contains("RFC8985-7.3-1"));
}

TEST_F(Tail, ATimeoutRightAfterTheProbeIsAccused) {
  connect(3000);
  x.wait(300ms);
  out(2, true);
  x.wait(5ms);
  out(0, false);
  EXPECT_THAT(x.broken(), testing::Contains("RFC8985-7.3-3"));
}

TEST_F(Tail, NewTextGoesFirst) {
  connect(8000);
  x.wait(300ms);
  out(2, false);
  EXPECT_THAT(x.broken(), ElementsAre("RFC8985-7.3-2"));
}

}  // namespace
}  // namespace tcpjury::model
