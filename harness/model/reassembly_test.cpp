#include "harness/model/reassembly.h"

#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"
#include "harness/wire/fragment.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

wire::Packet datagram(wire::Family family) {
  wire::TcpSegment s = Exchange::segment(1001, 5001, "ACK,PSH", "a text of more than eight octets");
  s.source = Exchange::tuple().tester.port;
  s.destination = Exchange::tuple().target.port;
  wire::Packet p;
  if (family == wire::Family::v4) {
    wire::Ipv4Header ip{};
    ip.source = Exchange::tuple().tester.address;
    ip.destination = Exchange::tuple().target.address;
    ip.identification = 7;
    p.ip = ip;
  } else {
    wire::Ipv6Header ip{};
    ip.source = *wire::IpAddress::parse("2001:db8::1");
    ip.destination = *wire::IpAddress::parse("2001:db8::2");
    p.ip = ip;
  }
  p.payload = s;
  return p;
}

TEST(Reassembler, PutsADatagramTogetherAgain) {
  for (const wire::Family family : {wire::Family::v4, wire::Family::v6}) {
    const auto pieces = wire::fragment(datagram(family), 24);
    ASSERT_EQ(pieces.size(), 2U);
    Reassembler r;
    EXPECT_EQ(r.add(wire::decode(pieces[0])), Reassembler::Progress::waiting);
    ASSERT_EQ(r.add(wire::decode(pieces[1])), Reassembler::Progress::complete);
    ASSERT_NE(r.whole().packet.tcp(), nullptr);
    EXPECT_EQ(r.whole().packet.tcp()->text, datagram(family).tcp()->text);
    EXPECT_TRUE(r.whole().defects.empty());
  }
}

TEST(Reassembler, DoesNotInterpretAnythingElse) {
  const auto pieces = wire::fragment(datagram(wire::Family::v4), 24);
  Reassembler r;
  EXPECT_EQ(r.add(wire::decode(pieces[1])), Reassembler::Progress::unclear)
      << "the rest without its beginning";
  r.add(wire::decode(pieces[0]));
  EXPECT_EQ(r.add(wire::decode(pieces[0])), Reassembler::Progress::unclear) << "twice the beginning";
}

void send_in_pieces(Exchange& x) {
  for (const Bytes& piece : wire::fragment(datagram(wire::Family::v4), 24))
    x.judge().stimulus(exactly(clock_epoch), wire::decode(piece));
}

TEST(FragmentedText, MayBeTakenOrLost) {
  for (const bool taken : {true, false}) {
    Exchange x;
    x.established();
    send_in_pieces(x);
    if (taken) x.out(5001, 1033, "ACK");
    x.wait(2s);
    EXPECT_THAT(x.broken(), IsEmpty());
    EXPECT_THAT(x.states(), ElementsAre("ESTABLISHED")) << "the connection is judged as before";
  }
}

TEST(FragmentedText, MustNotBeCountedWrongly) {
  Exchange x;
  x.established();
  send_in_pieces(x);
  x.out(5001, 1034, "ACK");
  EXPECT_EQ(x.broken().size(), 1U);
}

}  // namespace
}  // namespace tcpjury::model
