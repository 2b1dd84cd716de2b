// The kernel of this machine at the other end of a link. Needs a namespace, which not every machine allows.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "harness/base/unique_fd.h"
#include "harness/link/namespace_setup.h"
#include "harness/link/raw_link.h"
#include "harness/link/sysctl.h"
#include "harness/link/tun_link.h"
#include "harness/wire/packet.h"

namespace tcpjury::link {
namespace {

using wire::Family;
using wire::IpAddress;

constexpr wire::Port target_port{8080};
constexpr wire::Port tester_port{40'000};

constexpr IpAddress v6_address(std::uint8_t subnet, std::uint8_t host) {
  return {Family::v6, {0x20, 0x01, 0x0d, 0xb8, 0, subnet, 0, 0, 0, 0, 0, 0, 0, 0, 0, host}};
}
constexpr IpAddress target_address(Family family) {
  return family == Family::v4 ? IpAddress::v4(192, 0, 2, 2) : v6_address(0, 2);
}
constexpr IpAddress tester_address(Family family) {
  return family == Family::v4 ? IpAddress::v4(198, 18, 0, 7) : v6_address(1, 7);
}

InterfacePlan plan() {
  InterfacePlan plan;
  plan.v4 = FamilyPlan{.target = target_address(Family::v4), .gateway = IpAddress::v4(192, 0, 2, 1)};
  if (kernel_has_ipv6())
    plan.v6 = FamilyPlan{.target = target_address(Family::v6), .gateway = v6_address(0, 1)};
  return plan;
}

wire::Packet segment(Family family, wire::FlagSet flags, wire::SeqNum seq, wire::SeqNum ack = {}) {
  wire::TcpSegment tcp;
  tcp.source = tester_port;
  tcp.destination = target_port;
  tcp.seq = seq;
  tcp.ack = ack;
  tcp.flags = flags;
  tcp.window = 65'535;
  wire::Packet packet;
  if (family == Family::v4) {
    wire::Ipv4Header header;
    header.source = tester_address(family);
    header.destination = target_address(family);
    packet.ip = header;
  } else {
    wire::Ipv6Header header;
    header.source = tester_address(family);
    header.destination = target_address(family);
    packet.ip = header;
  }
  packet.payload = tcp;
  return packet;
}

/// A socket that listens on the target's address; the kernel under test in its simplest use.
UniqueFd listen_on(Family family) {
  sockaddr_storage storage{};
  socklen_t octets = 0;
  const IpAddress address = target_address(family);
  if (family == Family::v4) {
    auto* in = reinterpret_cast<sockaddr_in*>(&storage);
    in->sin_family = AF_INET;
    in->sin_port = htons(target_port.number);
    std::memcpy(&in->sin_addr, address.octets.data(), 4);
    octets = sizeof *in;
  } else {
    auto* in = reinterpret_cast<sockaddr_in6*>(&storage);
    in->sin6_family = AF_INET6;
    in->sin6_port = htons(target_port.number);
    std::memcpy(&in->sin6_addr, address.octets.data(), 16);
    octets = sizeof *in;
  }
  UniqueFd socket{::socket(storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), octets), 0);
  EXPECT_EQ(::listen(socket.get(), 16), 0);
  return socket;
}

struct Case {
  std::string link;
  Family family;
};

class KernelLink : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    if (const auto entered = enter_fresh_network_namespace(); !entered) {
      GTEST_SKIP() << "no namespace here: " << entered.error().message;
    }
    if (GetParam().family == Family::v6 && !kernel_has_ipv6()) GTEST_SKIP() << "this kernel has no IPv6";
    // Otherwise the second repetition of an answer within half a second is not sent.
    ASSERT_TRUE(write_sysctl("net.ipv4.tcp_invalid_ratelimit", "0"));
    if (GetParam().link == "tun") {
      auto tun = TunLink::open(plan());
      if (!tun) GTEST_SKIP() << "no TUN device here: " << tun.error().message;
      link_ = std::move(*tun);
    } else {
      auto raw = RawLink::open(plan());
      if (!raw) GTEST_SKIP() << "no virtual Ethernet pair here: " << raw.error().message;
      link_ = std::move(*raw);
    }
  }

  /// What the target says at once to `stimulus`.
  std::vector<wire::Decoded> exchange(const wire::Packet& stimulus) {
    EXPECT_TRUE(link_->send(wire::encode(stimulus)));
    EXPECT_TRUE(link_->fence_now());
    std::vector<wire::Decoded> answers;
    while (true) {
      const auto datagram = link_->receive();
      EXPECT_TRUE(datagram) << datagram.error().message;
      if (!datagram || !*datagram) return answers;
      answers.push_back(wire::decode(**datagram));
    }
  }

  std::unique_ptr<Link> link_;
};

TEST_P(KernelLink, AnswersASynToAListenerWithSynAckAtOnceAndIntact) {
  const Family family = GetParam().family;
  const UniqueFd listener = listen_on(family);
  const auto answers = exchange(segment(family, wire::syn, wire::SeqNum{1000}));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_TRUE(answers[0].defects.empty());
  EXPECT_EQ(answers[0].packet.source(), target_address(family));
  EXPECT_EQ(answers[0].packet.destination(), tester_address(family));
  const wire::TcpSegment* tcp = answers[0].packet.tcp();
  ASSERT_NE(tcp, nullptr);
  EXPECT_EQ(tcp->flags, wire::syn | wire::ack);
  EXPECT_EQ(tcp->ack, wire::SeqNum{1001});
  // We leave no half-open connection, and its reset is answered by nothing.
  EXPECT_TRUE(exchange(segment(family, wire::rst, wire::SeqNum{1001})).empty());
}

TEST_P(KernelLink, AnswersEachSynToAClosedPortWithOneReset) {
  const Family family = GetParam().family;
  for (std::uint32_t seq = 1; seq <= 100; ++seq) {
    const auto answers = exchange(segment(family, wire::syn, wire::SeqNum{seq}));
    ASSERT_EQ(answers.size(), 1U);
    const wire::TcpSegment* tcp = answers[0].packet.tcp();
    ASSERT_NE(tcp, nullptr);
    EXPECT_EQ(tcp->flags, wire::rst | wire::ack);
    EXPECT_EQ(tcp->ack, wire::SeqNum{seq + 1});
  }
}

TEST_P(KernelLink, IsSilentAboutABadChecksum) {
  auto bad = segment(GetParam().family, wire::syn, wire::SeqNum{1});
  std::get<wire::TcpSegment>(bad.payload).checksum = std::uint16_t{0x1234};
  EXPECT_TRUE(exchange(bad).empty());
  // The silence was about the checksum: the same segment without the lie is answered.
  EXPECT_EQ(exchange(segment(GetParam().family, wire::syn, wire::SeqNum{1})).size(), 1U);
}

TEST_P(KernelLink, TakesDatagramsOfNoKnownVersionAndLosesThem) {
  EXPECT_TRUE(link_->send(Bytes(40, std::byte{0x50})));
  EXPECT_TRUE(link_->send(Bytes(1, std::byte{0x45})));
  EXPECT_EQ(link_->dropped(), 0U);
}

TEST_P(KernelLink, DropsNothingWhileItIsDrained) {
  const Family family = GetParam().family;
  for (std::uint32_t seq = 1; seq <= 200; ++seq) {
    (void)exchange(segment(family, wire::ack, wire::SeqNum{seq}, wire::SeqNum{seq}));
  }
  EXPECT_EQ(link_->dropped(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Each, KernelLink,
                         testing::Values(Case{"tun", Family::v4}, Case{"tun", Family::v6},
                                         Case{"raw", Family::v4}, Case{"raw", Family::v6}),
                         [](const testing::TestParamInfo<Case>& each) {
                           return each.param.link + "_" + std::string{to_string(each.param.family)};
                         });

}  // namespace
}  // namespace tcpjury::link
