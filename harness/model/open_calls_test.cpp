// OPEN to a group, CLOSE before ESTABLISHED: what is convicted, and what is left alone.
#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

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

}  // namespace
}  // namespace tcpjury::model
