// The user calls and events of the Linux target, each against the segments that cross the link.
#include "targets/linux/linux_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <memory>
#include <string>

#include "targets/linux/kernel_peer_test.h"

namespace tcpjury::targets::kernel {
namespace {

using engine::AppEvent;
using engine::AppReply;
using engine::AppRequest;
using engine::Handle;
using scenario::UserEvent;
using testing::ElementsAre;
using testing::IsEmpty;
using wire::Family;
using Kind = AppRequest::Kind;

struct Case {
  std::string link;
  Family family;
};

/// Events as kinds: most tests ask only for these.
std::vector<UserEvent> kinds(const std::vector<AppEvent>& events) {
  std::vector<UserEvent> result;
  for (const AppEvent& event : events) result.push_back(event.kind);
  return result;
}

class LinuxUserCalls : public testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    const auto options = parse_linux_options({{"link", GetParam().link}});
    ASSERT_TRUE(options);
    auto target = LinuxTarget::start(*options);
    if (!target) GTEST_SKIP() << "no such target here: " << target.error().message;
    target_ = std::move(*target);
    const auto& plan = family() == Family::v4 ? target_->traits().v4 : target_->traits().v6;
    if (!plan) GTEST_SKIP() << "this kernel has no such address family";
    plan_ = *plan;
    peer_ = std::make_unique<KernelPeer>(target_->link(), plan_.target, plan_.tester_first);
  }

  [[nodiscard]] static Family family() { return GetParam().family; }
  AppReply call(AppRequest request) { return target_->control().call(request); }
  AppReply call(Kind kind, Handle handle) { return call({.kind = kind, .handle = handle}); }
  std::vector<AppEvent> events() { return target_->control().poll_events(); }
  std::optional<model::State> state_of(Handle handle) { return call(Kind::status, handle).state; }
  AppReply receive(Handle handle, std::uint32_t limit) {
    return call({.kind = Kind::receive, .handle = handle, .limit = limit});
  }
  AppReply send(Handle handle, std::string_view text) {
    return call({.kind = Kind::send, .handle = handle, .octets = bytes_of(text)});
  }

  Handle listen() {
    const AppReply reply = call({.kind = Kind::open_passive, .local = {plan_.target, peer_->target_port}});
    EXPECT_TRUE(reply.ok) << reply.error;
    return reply.handle;
  }

  /// A connection that the peer opened, in ESTABLISHED.
  Handle accepted_connection() {
    const Handle listener = listen();
    peer_->connect();
    const auto told = events();
    EXPECT_EQ(told.size(), 1U);
    if (told.empty()) return 0;
    EXPECT_EQ(told[0].kind, UserEvent::accepted);
    EXPECT_EQ(told[0].handle, listener);
    EXPECT_EQ(told[0].remote, peer_->endpoint());
    return told[0].child;
  }

  /// The target's SYN towards the peer; leaves the peer's port numbers set.
  Handle open_actively() {
    const AppReply reply = call({.kind = Kind::open_active, .remote = peer_->endpoint()});
    EXPECT_TRUE(reply.ok) << reply.error;
    const auto heard = peer_->hear();
    EXPECT_EQ(heard.size(), 1U);
    if (heard.empty()) return 0;
    EXPECT_EQ(heard[0].flags, wire::syn);
    peer_->target_port = heard[0].source;
    return reply.handle;
  }

  std::unique_ptr<LinuxTarget> target_;
  engine::AddressPlan plan_;
  std::unique_ptr<KernelPeer> peer_;
};

TEST_P(LinuxUserCalls, PassiveOpenIsAcceptedOnceAndReachesEstablished) {
  const Handle connection = accepted_connection();
  EXPECT_EQ(state_of(connection), model::State::established);
  EXPECT_THAT(events(), IsEmpty());
}

TEST_P(LinuxUserCalls, TextIsReadableOnceAndReceivedInBoundedPieces) {
  const Handle connection = accepted_connection();
  peer_->say(wire::ack | wire::psh, "seven77");
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::readable));
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(receive(connection, 5).octets, bytes_of("seven"));
  EXPECT_EQ(receive(connection, 5).octets, bytes_of("77"));
  const AppReply none = receive(connection, 5);
  EXPECT_TRUE(none.ok);
  EXPECT_TRUE(none.octets.empty());
  EXPECT_FALSE(none.peer_closed);
  peer_->say(wire::ack | wire::psh, "more");
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::readable));
}

TEST_P(LinuxUserCalls, PassiveCloseIsToldAndEndsClosed) {
  const Handle connection = accepted_connection();
  peer_->say(wire::fin | wire::ack, "last");
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::readable, UserEvent::peer_closed));
  EXPECT_EQ(state_of(connection), model::State::close_wait);
  EXPECT_EQ(receive(connection, 100).octets, bytes_of("last"));
  EXPECT_TRUE(receive(connection, 100).peer_closed);

  EXPECT_TRUE(call(Kind::close, connection).ok);
  const auto heard = peer_->hear();
  ASSERT_FALSE(heard.empty());
  EXPECT_TRUE(heard.back().flags.has(wire::fin));
  EXPECT_EQ(state_of(connection), model::State::last_ack);
  EXPECT_THAT(events(), IsEmpty());
  peer_->say(wire::ack);
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::closed));
  EXPECT_EQ(state_of(connection), model::State::closed);
}

TEST_P(LinuxUserCalls, ActiveCloseEndsWithoutAClaimToBeClosed) {
  const Handle connection = accepted_connection();
  EXPECT_TRUE(call(Kind::close, connection).ok);
  ASSERT_EQ(peer_->hear().size(), 1U);
  EXPECT_EQ(state_of(connection), model::State::fin_wait_1);
  peer_->say(wire::ack);
  EXPECT_EQ(state_of(connection), model::State::fin_wait_2);
  peer_->say(wire::fin | wire::ack);
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::peer_closed));
  // The connection is in TIME-WAIT now, which the kernel does not tell its user.
  EXPECT_EQ(state_of(connection), std::nullopt);
}

TEST_P(LinuxUserCalls, ActiveOpenIsToldWhenTheHandshakeIsDone) {
  const Handle connection = open_actively();
  EXPECT_EQ(state_of(connection), model::State::syn_sent);
  EXPECT_THAT(events(), IsEmpty());
  const auto answer = peer_->say(wire::syn | wire::ack);
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_EQ(answer[0].flags, wire::ack);
  EXPECT_EQ(answer[0].ack, peer_->snd_nxt);
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::opened));
  EXPECT_EQ(state_of(connection), model::State::established);

  const AppReply sent = send(connection, "hello");
  EXPECT_EQ(sent.accepted, 5U);
  const auto heard = peer_->hear();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].text, bytes_of("hello"));
}

TEST_P(LinuxUserCalls, ARefusedOpenIsToldAsAResetOnce) {
  const Handle connection = open_actively();
  peer_->say(wire::rst | wire::ack);
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::reset));
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_EQ(state_of(connection), model::State::closed);
}

TEST_P(LinuxUserCalls, APeersResetIsToldOnceAndFailsLaterCalls) {
  const Handle connection = accepted_connection();
  peer_->say(wire::rst);
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::reset));
  EXPECT_THAT(events(), IsEmpty());
  EXPECT_FALSE(receive(connection, 10).ok);
  EXPECT_FALSE(receive(connection, 10).ok);
  EXPECT_FALSE(send(connection, "x").ok);
}

TEST_P(LinuxUserCalls, AResetInCloseWaitIsAReset) {
  (void)accepted_connection();
  peer_->say(wire::fin | wire::ack);
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::peer_closed));
  peer_->say(wire::rst);
  EXPECT_THAT(kinds(events()), ElementsAre(UserEvent::reset));
}

TEST_P(LinuxUserCalls, AbortResetsAndForgetsTheConnection) {
  const Handle connection = accepted_connection();
  EXPECT_TRUE(call(Kind::abort, connection).ok);
  const auto heard = peer_->hear();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(heard[0].flags.has(wire::rst));
  EXPECT_FALSE(call(Kind::status, connection).ok);
}

TEST_P(LinuxUserCalls, ReleaseSendsAFinAndAnswersLaterTextWithAReset) {
  const Handle connection = accepted_connection();
  EXPECT_TRUE(call(Kind::release, connection).ok);
  const auto heard = peer_->hear();
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_TRUE(heard[0].flags.has(wire::fin));
  const auto answer = peer_->say(wire::ack, "too late");
  ASSERT_FALSE(answer.empty());
  EXPECT_TRUE(answer.back().flags.has(wire::rst));
}

TEST_P(LinuxUserCalls, ClosingAListenerEndsListening) {
  const Handle listener = listen();
  EXPECT_EQ(state_of(listener), model::State::listen);
  EXPECT_TRUE(call(Kind::close, listener).ok);
  const auto answer = peer_->say(wire::syn);
  ASSERT_EQ(answer.size(), 1U);
  EXPECT_TRUE(answer[0].flags.has(wire::rst));
}

TEST_P(LinuxUserCalls, SendTakesOnlyAsMuchAsThereIsRoomFor) {
  const Handle connection = accepted_connection();
  const AppReply first = send(connection, std::string(16U << 20U, 'x'));
  EXPECT_TRUE(first.ok);
  EXPECT_GT(first.accepted, 0U);
  EXPECT_LT(first.accepted, 16U << 20U);
  const AppReply second = send(connection, "x");
  EXPECT_TRUE(second.ok);
  EXPECT_EQ(second.accepted, 0U);
}

TEST_P(LinuxUserCalls, TheDescriptorIsReadableOnlyWhileSomethingIsToBeTold) {
  pollfd waiting{.fd = target_->control().native_handle(), .events = POLLIN, .revents = 0};
  (void)listen();
  EXPECT_EQ(::poll(&waiting, 1, 0), 0);
  peer_->connect();
  EXPECT_EQ(::poll(&waiting, 1, 0), 1);
  EXPECT_EQ(events().size(), 1U);
  EXPECT_EQ(::poll(&waiting, 1, 0), 0);
}

TEST_P(LinuxUserCalls, CallsOnUnknownHandlesAreRefused) {
  for (const Kind kind : {Kind::send, Kind::receive, Kind::close, Kind::release, Kind::abort, Kind::status}) {
    const AppReply reply = call(kind, 4711);
    EXPECT_FALSE(reply.ok);
    EXPECT_EQ(reply.error, "connection does not exist");
  }
}

TEST_P(LinuxUserCalls, EverySettingIsReadBackAndRecorded) {
  const auto& record = target_->traits().environment;
  EXPECT_EQ(record.at("setting"), "deterministic");
  EXPECT_EQ(record.at("link"), GetParam().link);
  EXPECT_EQ(record.at("net.ipv4.tcp_syncookies"), "0");
  EXPECT_EQ(record.at("net.ipv4.tcp_congestion_control"), "reno");
  EXPECT_EQ(record.at("net.ipv4.tcp_invalid_ratelimit"), "0");
  EXPECT_NE(record.at("net.ipv4.tcp_timestamps"), "absent");
  EXPECT_FALSE(record.at("kernel").empty());
}

INSTANTIATE_TEST_SUITE_P(Each, LinuxUserCalls,
                         testing::Values(Case{"tun", Family::v4}, Case{"tun", Family::v6},
                                         Case{"raw", Family::v4}, Case{"raw", Family::v6}),
                         [](const testing::TestParamInfo<Case>& each) {
                           return each.param.link + "_" + std::string{to_string(each.param.family)};
                         });

TEST(LinuxOptions, EveryOptionIsCheckedByName) {
  EXPECT_EQ(parse_linux_options({})->setting, Setting::deterministic);
  EXPECT_EQ(parse_linux_options({{"setting", "as-is"}})->setting, Setting::as_is);
  EXPECT_EQ(parse_linux_options({{"link", "raw"}})->link, LinkChoice::raw);
  EXPECT_EQ(parse_linux_options({{"net.ipv4.tcp_sack", "0"}})->sysctls.at("net.ipv4.tcp_sack"), "0");
  EXPECT_FALSE(parse_linux_options({{"link", "tap"}}));
  EXPECT_FALSE(parse_linux_options({{"setting", "fast"}}));
  EXPECT_FALSE(parse_linux_options({{"kernel.panic", "1"}}));
  EXPECT_FALSE(parse_linux_options({{"net./../kernel/panic", "1"}}));
}

TEST(LinuxSettings, ASettingThatThisKernelDoesNotHaveIsAnErrorWhereItWasAskedFor) {
  auto target = LinuxTarget::start({.sysctls = {{"net.ipv4.tcp_no_such_setting", "1"}}});
  ASSERT_FALSE(target);
  if (target.error().message.find("namespace") != std::string::npos) GTEST_SKIP() << target.error().message;
  EXPECT_THAT(target.error().message, testing::HasSubstr("tcp_no_such_setting"));
}

TEST(LinuxSettings, AsIsChangesNothing) {
  auto target = LinuxTarget::start({.setting = Setting::as_is});
  if (!target) GTEST_SKIP() << target.error().message;
  EXPECT_EQ((*target)->traits().environment.at("setting"), "as-is");
  // The kernel's own default; the deterministic setting turns it off.
  EXPECT_EQ((*target)->traits().environment.at("net.ipv4.tcp_autocorking"), "1");
}

}  // namespace
}  // namespace tcpjury::targets::kernel
