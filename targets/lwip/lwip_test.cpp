#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include <deque>
#include <functional>

#include "harness/wire/packet.h"
#include "targets/plugin/plugin_target.h"

namespace tcpjury::targets {
namespace {

using engine::AppRequest;
using scenario::UserEvent;
using wire::SeqLen;
using wire::SeqNum;
using wire::TcpSegment;
using Kind = AppRequest::Kind;
using model::State;
using std::chrono::seconds;

constexpr wire::Port target_port{80};
constexpr wire::Port tester_port{40'000};
constexpr SeqNum isn{1000};  // the tester's
constexpr auto msl = seconds{60};

// One connection between a tester and lwIP, segment by segment.
class LwipTest : public testing::TestWithParam<wire::Family> {
 protected:
  void SetUp() override { start(1); }

  void start(std::uint64_t seed) {
    auto loaded = PluginTarget::load({.path = TCPJURY_LWIP_PLUGIN, .seed = seed});
    ASSERT_TRUE(loaded) << loaded.error().message;
    target_ = std::move(*loaded);
    now_ = clock_epoch;
  }

  [[nodiscard]] const engine::AddressPlan& plan() const {
    return GetParam() == wire::Family::v4 ? *target_->traits().v4 : *target_->traits().v6;
  }
  [[nodiscard]] wire::Endpoint local() const { return {plan().target, target_port}; }
  [[nodiscard]] wire::Endpoint remote() const { return {plan().tester_first, tester_port}; }

  [[nodiscard]] Bytes datagram(TcpSegment segment) const {
    if (segment.source == wire::Port{}) segment.source = tester_port;
    if (segment.destination == wire::Port{}) segment.destination = target_port;
    if (segment.window == 0) segment.window = 60'000;
    wire::Packet packet;
    if (GetParam() == wire::Family::v4)
      packet.ip = wire::Ipv4Header{.source = plan().tester_first, .destination = plan().target};
    else
      packet.ip = wire::Ipv6Header{.source = plan().tester_first, .destination = plan().target};
    packet.payload = segment;
    return wire::encode(packet);
  }

  void send(const TcpSegment& segment) {
    ASSERT_TRUE(target_->packet_in(datagram(segment)));
    collect();
  }
  void advance(Duration by) {
    now_ += by;
    ASSERT_TRUE(target_->advance(now_));
    collect();
  }
  void collect() {
    for (const auto& octets : target_->take_output()) {
      const auto decoded = wire::decode(octets);
      EXPECT_TRUE(decoded.defects.empty()) << wire::to_string(decoded.packet);
      ASSERT_NE(decoded.packet.tcp(), nullptr) << wire::to_string(decoded.packet);
      said_.push_back(*decoded.packet.tcp());
    }
    for (auto& event : target_->take_events()) told_.push_back(std::move(event));
  }

  // The next segment lwIP said; fails when there is none.
  TcpSegment heard() {
    if (said_.empty()) {
      ADD_FAILURE() << "lwIP says nothing";
      return {};
    }
    auto segment = said_.front();
    said_.pop_front();
    return segment;
  }
  [[nodiscard]] bool silent() const { return said_.empty(); }

  engine::AppReply call(AppRequest request) {
    auto reply = target_->call(request);
    collect();
    return reply;
  }
  [[nodiscard]] std::vector<UserEvent> told() {
    std::vector<UserEvent> kinds;
    for (const auto& event : told_) kinds.push_back(event.kind);
    told_.clear();
    return kinds;
  }
  std::optional<State> state() { return call({.kind = Kind::status, .handle = connection_}).state; }

  engine::Handle listen() {
    const auto reply = call({.kind = Kind::open_passive, .local = local()});
    EXPECT_TRUE(reply.ok) << reply.error;
    return reply.handle;
  }

  // LISTEN to ESTABLISHED by a handshake; lwIP's next sequence number is `snd_nxt_` then.
  void establish() {
    listen();
    send({.seq = isn, .flags = wire::syn});
    const auto answer = heard();
    snd_nxt_ = answer.seq + SeqLen{1};
    send({.seq = isn + SeqLen{1}, .ack = snd_nxt_, .flags = wire::ack});
    ASSERT_EQ(told_.size(), 1U);
    ASSERT_EQ(told_[0].kind, UserEvent::accepted);
    EXPECT_EQ(told_[0].remote, remote());
    connection_ = told_[0].child;
    told_.clear();
    ASSERT_EQ(state(), State::established);
  }

  std::unique_ptr<PluginTarget> target_;
  TimePoint now_ = clock_epoch;
  std::deque<TcpSegment> said_;
  std::vector<engine::AppEvent> told_;
  engine::Handle connection_ = 0;
  SeqNum snd_nxt_;
};

INSTANTIATE_TEST_SUITE_P(, LwipTest, testing::Values(wire::Family::v4, wire::Family::v6),
                         [](const auto& family) { return std::string{wire::to_string(family.param)}; });

TEST_P(LwipTest, SaysWhatItIs) {
  EXPECT_EQ(target_->traits().name, "lwip");
  EXPECT_THAT(target_->traits().version, testing::StartsWith("2."));
  EXPECT_EQ(target_->traits().msl, msl);
  EXPECT_EQ(target_->traits().clock_resolution, std::chrono::milliseconds{250});
}

TEST_P(LwipTest, ASynToAListenerIsAnsweredBySynAck) {
  listen();
  send({.seq = isn, .flags = wire::syn});
  const auto answer = heard();
  EXPECT_EQ(answer.flags, wire::syn | wire::ack);
  EXPECT_EQ(answer.ack, SeqNum{1001});
  EXPECT_EQ(answer.source, target_port);
  EXPECT_EQ(answer.destination, tester_port);
  EXPECT_TRUE(silent());
}

TEST_P(LwipTest, ASynToAClosedPortIsReset) {
  send({.seq = isn, .flags = wire::syn});
  const auto answer = heard();
  EXPECT_EQ(answer.flags, wire::rst | wire::ack);
  EXPECT_EQ(answer.seq, SeqNum{0});
  EXPECT_EQ(answer.ack, SeqNum{1001});
}

TEST_P(LwipTest, AForgedChecksumIsDropped) {
  listen();
  send({.seq = isn, .flags = wire::syn, .checksum = 0x1234});
  EXPECT_TRUE(silent());
}

TEST_P(LwipTest, TextIsReadOnlyWhenAskedForAndOpensTheWindowOnlyThen) {
  establish();
  send({.seq = isn + SeqLen{1},
        .ack = snd_nxt_,
        .flags = wire::ack | wire::psh,
        .text = bytes_of("hello world")});
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::readable));
  advance(seconds{1});  // past the delayed acknowledgment
  const auto acknowledgment = heard();
  EXPECT_EQ(acknowledgment.ack, SeqNum{1012});
  EXPECT_EQ(acknowledgment.window, 32 * 1460 - 11);

  const auto first = call({.kind = Kind::receive, .handle = connection_, .limit = 5});
  EXPECT_EQ(first.octets, bytes_of("hello"));
  EXPECT_FALSE(first.peer_closed);
  const auto rest = call({.kind = Kind::receive, .handle = connection_, .limit = 100});
  EXPECT_EQ(rest.octets, bytes_of(" world"));
  const auto none = call({.kind = Kind::receive, .handle = connection_, .limit = 100});
  EXPECT_TRUE(none.ok);
  EXPECT_TRUE(none.octets.empty());
}

TEST_P(LwipTest, SendTakesWhatItsBufferHoldsAndPushesIt) {
  establish();
  const auto sent = call({.kind = Kind::send, .handle = connection_, .octets = Bytes(100'000)});
  EXPECT_EQ(sent.accepted, 32U * 1460U);
  EXPECT_GT(heard().text.size(), 0U);
}

TEST_P(LwipTest, FourWayCloseEndsInTimeWaitForTwoMsl) {
  establish();
  EXPECT_TRUE(call({.kind = Kind::close, .handle = connection_}).ok);
  EXPECT_EQ(heard().flags, wire::fin | wire::ack);
  EXPECT_EQ(state(), State::fin_wait_1);
  const auto after_fin = snd_nxt_ + SeqLen{1};
  send({.seq = isn + SeqLen{1}, .ack = after_fin, .flags = wire::ack});
  EXPECT_EQ(state(), State::fin_wait_2);
  // Receiving goes on after CLOSE.
  send({.seq = isn + SeqLen{1}, .ack = after_fin, .flags = wire::ack, .text = bytes_of("late")});
  EXPECT_EQ(call({.kind = Kind::receive, .handle = connection_, .limit = 9}).octets, bytes_of("late"));
  said_.clear();
  send({.seq = isn + SeqLen{5}, .ack = after_fin, .flags = wire::fin | wire::ack});
  EXPECT_EQ(heard().ack, SeqNum{1006});
  EXPECT_EQ(state(), State::time_wait);
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::readable, UserEvent::peer_closed));

  advance(2 * msl - seconds{1});
  EXPECT_EQ(state(), State::time_wait);
  advance(seconds{2});
  EXPECT_EQ(state(), State::closed);
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::closed));
  EXPECT_TRUE(silent());
}

TEST_P(LwipTest, UnreadTextOutlivesAnOrderlyEnd) {
  establish();
  send({.seq = isn + SeqLen{1},
        .ack = snd_nxt_,
        .flags = wire::fin | wire::ack,
        .text = bytes_of("last words")});
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::readable, UserEvent::peer_closed));
  EXPECT_EQ(state(), State::close_wait);
  EXPECT_TRUE(call({.kind = Kind::close, .handle = connection_}).ok);
  EXPECT_EQ(state(), State::last_ack);
  send({.seq = isn + SeqLen{12}, .ack = snd_nxt_ + SeqLen{1}, .flags = wire::ack});
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::closed));
  const auto rest = call({.kind = Kind::receive, .handle = connection_, .limit = 100});
  EXPECT_EQ(rest.octets, bytes_of("last words"));
  EXPECT_TRUE(rest.peer_closed);
}

TEST_P(LwipTest, ReleaseWithUnreadTextResets) {
  establish();
  send({.seq = isn + SeqLen{1}, .ack = snd_nxt_, .flags = wire::ack, .text = bytes_of("unread")});
  said_.clear();
  EXPECT_TRUE(call({.kind = Kind::release, .handle = connection_}).ok);
  EXPECT_TRUE(heard().flags.has(wire::rst));
  EXPECT_EQ(state(), State::closed);
  EXPECT_FALSE(call({.kind = Kind::send, .handle = connection_, .octets = bytes_of("x")}).ok);
}

TEST_P(LwipTest, AbortResetsAndTheHandleIsDead) {
  establish();
  EXPECT_TRUE(call({.kind = Kind::abort, .handle = connection_}).ok);
  EXPECT_TRUE(heard().flags.has(wire::rst));
  for (const auto kind : {Kind::send, Kind::receive, Kind::close, Kind::release, Kind::abort}) {
    const auto reply = call({.kind = kind, .handle = connection_, .octets = bytes_of("x"), .limit = 1});
    EXPECT_FALSE(reply.ok);
    EXPECT_FALSE(reply.error.empty());
  }
  EXPECT_TRUE(told().empty());
}

TEST_P(LwipTest, ARemoteResetIsToldAndFlushesWhatWasUnread) {
  establish();
  send({.seq = isn + SeqLen{1}, .ack = snd_nxt_, .flags = wire::ack, .text = bytes_of("gone")});
  send({.seq = isn + SeqLen{5}, .flags = wire::rst});
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::readable, UserEvent::reset));
  EXPECT_FALSE(call({.kind = Kind::receive, .handle = connection_, .limit = 10}).ok);
}

TEST_P(LwipTest, ActiveOpenTellsOpenedOnceTheHandshakeIsDone) {
  const auto opened = call({.kind = Kind::open_active, .remote = remote()});
  ASSERT_TRUE(opened.ok) << opened.error;
  connection_ = opened.handle;
  const auto syn = heard();
  EXPECT_EQ(syn.flags, wire::syn);
  EXPECT_EQ(syn.destination, tester_port);
  EXPECT_EQ(state(), State::syn_sent);
  send({.destination = syn.source, .seq = isn, .ack = syn.seq + SeqLen{1}, .flags = wire::syn | wire::ack});
  EXPECT_EQ(heard().ack, SeqNum{1001});
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::opened));
  EXPECT_EQ(state(), State::established);
}

TEST_P(LwipTest, ARefusedActiveOpenIsToldAsReset) {
  const auto opened = call({.kind = Kind::open_active, .remote = remote()});
  const auto syn = heard();
  send({.destination = syn.source, .ack = syn.seq + SeqLen{1}, .flags = wire::rst | wire::ack});
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::reset));
}

TEST_P(LwipTest, AnUnansweredActiveOpenEndsInAnError) {
  call({.kind = Kind::open_active, .remote = remote()});
  advance(std::chrono::minutes{10});
  EXPECT_EQ(said_.size(), 7U);  // one SYN and TCP_SYNMAXRTX retransmissions
  EXPECT_THAT(told(), testing::ElementsAre(UserEvent::error));
}

TEST_P(LwipTest, ClosedListenerRefusesFurtherSyns) {
  const auto listener = listen();
  EXPECT_TRUE(call({.kind = Kind::close, .handle = listener}).ok);
  send({.seq = isn, .flags = wire::syn});
  EXPECT_TRUE(heard().flags.has(wire::rst));
}

TEST_P(LwipTest, TimersRunAtTheirOwnTimesHoweverFarTheClockJumps) {
  const auto transcript = [&](Duration step) {
    EXPECT_TRUE(target_->reset(3, clock_epoch));
    now_ = clock_epoch;
    said_.clear();
    listen();
    send({.seq = isn, .flags = wire::syn});
    while (now_ < clock_epoch + seconds{60}) advance(step);
    std::vector<TcpSegment> all{said_.begin(), said_.end()};
    return all;
  };
  EXPECT_EQ(transcript(seconds{60}), transcript(std::chrono::milliseconds{10}));
}

TEST_P(LwipTest, IsQuietWithoutAConnection) {
  advance(std::chrono::hours{3});
  EXPECT_TRUE(silent());
}

TEST_P(LwipTest, SequenceNumbersFollowTheSeedAndTheClock) {
  const auto first_of = [&](std::uint64_t seed, TimePoint start) {
    EXPECT_TRUE(target_->reset(seed, start));
    now_ = start;
    said_.clear();
    listen();
    send({.seq = isn, .flags = wire::syn});
    return heard().seq;
  };
  const auto a = first_of(1, clock_epoch);
  EXPECT_EQ(first_of(1, clock_epoch), a);
  EXPECT_NE(first_of(2, clock_epoch), a);
  // The 4 microsecond clock of RFC 9293 section 3.4.1: 250,000 numbers a second.
  EXPECT_EQ(first_of(1, clock_epoch + seconds{1}) - a, SeqLen{250'000});
}

// A busy life: handshake, text both ways, loss, reordering, and connections left in many states.
Bytes life(PluginTarget& target, const std::function<Bytes(TcpSegment)>& datagram, wire::Endpoint local) {
  Bytes transcript;
  const auto note = [&] {
    for (const auto& octets : target.take_output())
      transcript.insert(transcript.end(), octets.begin(), octets.end());
    for (const auto& event : target.take_events()) {
      transcript.push_back(static_cast<std::byte>(event.kind));
      transcript.push_back(static_cast<std::byte>(event.child));
    }
  };
  EXPECT_TRUE(target.call({.kind = Kind::open_passive, .local = local}).ok);
  auto now = clock_epoch;
  for (std::uint16_t i = 0; i < 3; ++i) {
    const wire::Port from{static_cast<std::uint16_t>(5000 + i)};
    EXPECT_TRUE(target.packet_in(datagram({.source = from, .seq = isn, .flags = wire::syn})));
    const auto output = target.take_output();
    if (output.size() != 1) return transcript;
    const auto k = wire::decode(output[0]).packet.tcp()->seq + SeqLen{1};
    const auto say = [&](SeqNum seq, wire::FlagSet flags, std::string_view text) {
      EXPECT_TRUE(target.packet_in(
          datagram({.source = from, .seq = seq, .ack = k, .flags = flags, .text = bytes_of(text)})));
    };
    say(isn + SeqLen{1}, wire::ack, "");
    say(isn + SeqLen{8}, wire::ack, "out of order");
    say(isn + SeqLen{1}, wire::ack, "filling");
    const engine::Handle child = 2U + i;
    EXPECT_TRUE(target.call({.kind = Kind::send, .handle = child, .octets = Bytes(3000)}).ok);
    if (i == 1) {
      EXPECT_TRUE(target.call({.kind = Kind::close, .handle = child}).ok);
    }
    if (i == 2) say(isn + SeqLen{20}, wire::fin | wire::ack, "");
    now += std::chrono::milliseconds{1700};
    EXPECT_TRUE(target.advance(now));
    note();
  }
  return transcript;
}

TEST_P(LwipTest, AThousandResetsGiveTheSameTranscriptAndLeaveNothingBehind) {
  const auto make = [&](const TcpSegment& segment) { return datagram(segment); };
  const auto first = life(*target_, make, local());
  ASSERT_GT(first.size(), 8000U);
  std::size_t settled = 0;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(target_->reset(1, clock_epoch));
    ASSERT_EQ(life(*target_, make, local()), first) << "after reset " << i;
    if (i == 100) settled = ::mallinfo2().uordblks;
  }
  // Under a sanitizer malloc is not glibc's, and its leak check at the end takes the place of this one.
  EXPECT_LE(::mallinfo2().uordblks, settled + 64 * 1024);
}

TEST_P(LwipTest, StoppedAndStartedAgainItBehavesTheSame) {
  const auto make = [&](const TcpSegment& segment) { return datagram(segment); };
  const auto first = life(*target_, make, local());
  target_.reset();
  start(1);
  EXPECT_EQ(life(*target_, make, local()), first);
}

TEST_P(LwipTest, ThereIsOneAtATime) {
  const auto second = PluginTarget::load({.path = TCPJURY_LWIP_PLUGIN});
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, testing::HasSubstr("only one at a time"));
}

}  // namespace
}  // namespace tcpjury::targets
