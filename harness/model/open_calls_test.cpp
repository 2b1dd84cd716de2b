// OPEN to a group, CLOSE before ESTABLISHED, and source routes: what is convicted, and what is left alone.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

// ---- OPEN --------------------------------------------------------------------------------------------

void open_to_multicast(Exchange& x, bool ok) {
  x.call_with(UserCall::Kind::open_active, [&](UserCall& c) {
    c.ok = ok;
    c.connection.target.port = {};
    c.connection.tester.address = wire::IpAddress::v4(224, 0, 0, 1);
  });
}

TEST(OpenToAGroup, IsRefused) {
  Exchange x;
  open_to_multicast(x, false);
  EXPECT_TRUE(x.held("RFC9293-MUST-46"));
}

TEST(OpenToAGroup, ASynToItIsAViolation) {
  Exchange x;
  open_to_multicast(x, true);
  wire::Ipv4Header ip{};
  ip.source = Exchange::tuple().target.address;
  ip.destination = wire::IpAddress::v4(224, 0, 0, 1);
  const wire::TcpSegment syn = Exchange::segment(5000, 0, "SYN");
  x.judge().emission(exactly(clock_epoch), wire::decode(wire::encode({ip, syn, {}})));
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-46"));
}

// ---- CLOSE before ESTABLISHED ------------------------------------------------------------------------

TEST(CloseInSynReceived, SendsAFin) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  EXPECT_TRUE(x.held("RFC9293-3.10.4-CLOSE-SYNRCVD-P"));
}

TEST(CloseInSynReceived, ThatSendsNothingIsAViolation) {
  Exchange x;
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.call(UserCall::Kind::close);
  x.wait(1200ms);
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-3.10.4-CLOSE-SYNRCVD-P"));
}

// ---- source routes -----------------------------------------------------------------------------------

Bytes loose_route(std::uint8_t pointer, std::initializer_list<std::uint8_t> last_octets) {
  Bytes option{std::byte{131}, static_cast<std::byte>(3 + 4 * last_octets.size()), std::byte{pointer}};
  for (const std::uint8_t last : last_octets)
    for (const int o : {203, 0, 113, int{last}}) option.push_back(static_cast<std::byte>(o));
  return option;
}

/// As `loose_route`, with the tester itself as its last hop.
Bytes to_tester(std::initializer_list<std::uint8_t> last_octets) {
  Bytes option = loose_route(4, last_octets);
  option[1] = static_cast<std::byte>(7 + 4 * last_octets.size());
  for (const int o : {198, 51, 100, 1}) option.push_back(static_cast<std::byte>(o));
  return option;
}

/// As `to_tester`, completed: the pointer is behind its end.
Bytes by_tester(std::initializer_list<std::uint8_t> last_octets) {
  Bytes option = to_tester(last_octets);
  option[2] = static_cast<std::byte>(option.size() + 1);
  return option;
}

class SourceRoutes : public testing::Test {
 protected:
  Exchange x;

  void syn_by(std::uint8_t router) {
    x.listen();
    x.ip_options(by_tester({router}));
    x.in(1000, 0, "SYN");
  }
};

TEST_F(SourceRoutes, TheAnswerTakesTheWayBack) {
  syn_by(1);
  x.ip_options(to_tester({1}));
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_TRUE(x.held("RFC9293-MUST-53"));
}

TEST_F(SourceRoutes, AnAnswerWithoutTheRouteIsAViolation) {
  syn_by(1);
  x.ip_options({});
  x.out(5000, 1001, "SYN,ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-53"));
}

TEST_F(SourceRoutes, WhoRefusesThemIsLeftAlone) {
  syn_by(1);
  x.wait(5s);
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(SourceRoutes, ALaterRouteReplacesTheFirst) {
  syn_by(1);
  x.ip_options(to_tester({1}));
  x.out(5000, 1001, "SYN,ACK");
  x.ip_options(by_tester({2}));
  x.in(1001, 5001, "ACK", "text");
  x.ip_options(to_tester({1}));
  x.out(5001, 1005, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-SHLD-24"));
}

class RouteOfTheUser : public SourceRoutes {
 protected:
  void SetUp() override {
    x.call_with(UserCall::Kind::open_active, [](UserCall& c) {
      c.route = {Exchange::tuple().tester.address, wire::IpAddress::v4(203, 0, 113, 7)};
    });
  }
};

TEST_F(RouteOfTheUser, IsTaken) {
  x.ip_options(to_tester({7}));
  x.out(5000, 0, "SYN");
  EXPECT_TRUE(x.held("RFC9293-MUST-51"));
  x.ip_options(by_tester({9}));
  x.in(1000, 5001, "SYN,ACK");
  x.ip_options(to_tester({7}));
  x.out(5001, 1001, "ACK");
  EXPECT_TRUE(x.held("RFC9293-MUST-52"));
  EXPECT_THAT(x.broken(), IsEmpty());
}

TEST_F(RouteOfTheUser, ASynWithoutItIsAViolation) {
  x.out(5000, 0, "SYN");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-51"));
}

TEST_F(RouteOfTheUser, TheWayBackDoesNotReplaceIt) {
  x.ip_options(to_tester({7}));
  x.out(5000, 0, "SYN");
  x.ip_options(by_tester({9}));
  x.in(1000, 5001, "SYN,ACK");
  x.ip_options(to_tester({9}));
  x.out(5001, 1001, "ACK");
  EXPECT_THAT(x.broken(), ElementsAre("RFC9293-MUST-52"));
}

}  // namespace
}  // namespace tcpjury::model
