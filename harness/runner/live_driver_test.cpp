// Real sessions over a link made of queues: what the driver hands to whom, and when.
#include "harness/runner/live_driver.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include <deque>
#include <functional>
#include <string>

#include "harness/base/unique_fd.h"
#include "harness/runner/live_slots.h"
#include "harness/scenario/load.h"
#include "harness/wire/packet.h"

namespace tcpjury::runner {
namespace {

using engine::AppReply;
using engine::AppRequest;
using engine::Verdict;
using wire::Family;
using wire::IpAddress;

constexpr IpAddress target_address = IpAddress::v4(192, 0, 2, 2);

/// A stack with no listener: every SYN is answered by <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>
/// (RFC 9293 section 3.10.7.1).
Bytes reset_for(BytesView datagram) {
  const wire::Packet packet = wire::decode(datagram).packet;
  const wire::TcpSegment& syn = *packet.tcp();
  wire::TcpSegment reset;
  reset.source = syn.destination;
  reset.destination = syn.source;
  reset.ack = syn.end();
  reset.flags = wire::rst | wire::ack;
  wire::Ipv4Header header;
  header.source = packet.destination();
  header.destination = packet.source();
  return wire::encode({.ip = header, .payload = reset});
}

/// Nothing is readable before the fence when `behind_fence`.
class QueueLink final : public link::Link {
 public:
  std::function<void(QueueLink&, BytesView)> on_send = [](QueueLink& link, BytesView d) {
    link.queue.push_back(reset_for(d));
  };
  std::deque<Bytes> queue;
  bool behind_fence = false;
  bool gone = false;
  std::size_t longest = 1500;
  std::uint64_t lost = 0;
  int fences = 0;

  std::string name() const override { return "queue"; }
  std::size_t longest_datagram() const override { return longest; }
  link::Fence fence() const override { return link::Fence::echo; }
  Result<void> send(BytesView datagram) override {
    if (gone) return fail("the link is gone");
    fenced_ = false;
    on_send(*this, datagram);
    return {};
  }
  Result<void> fence_now() override {
    ++fences;
    fenced_ = true;
    return {};
  }
  Result<std::optional<Bytes>> receive() override {
    if (queue.empty() || (behind_fence && !fenced_)) return std::optional<Bytes>{};
    Bytes first = std::move(queue.front());
    queue.pop_front();
    return std::optional<Bytes>{std::move(first)};
  }
  int native_handle() const override { return never_readable_.get(); }
  std::uint64_t dropped() const override { return lost; }

 private:
  UniqueFd never_readable_{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  bool fenced_ = true;
};

class RecordingControl final : public engine::AppControl {
 public:
  std::vector<AppRequest> calls;
  AppReply call(const AppRequest& request) override {
    calls.push_back(request);
    return {.ok = true, .handle = request.kind == AppRequest::Kind::open_passive ? engine::Handle{7} : 0};
  }
  std::vector<engine::AppEvent> poll_events() override { return {}; }
  int native_handle() const override { return -1; }
};

constexpr const char* refused_syn = R"(
id = "test/refused-syn"
title = "A SYN to a port without a listener is refused"
requirements = ["RFC9293-MUST-2"]
[[step]]
send = { ctl = "SYN", seq = "J" }
[[step]]
expect = { ctl = "RST,ACK", ack = "J+1" }
)";

class LiveDriverTest : public testing::Test {
 protected:
  LiveDriverTest() {
    using enum scenario::Capability;
    traits_.name = "queue";
    traits_.clock = ClockKind::real_time;
    traits_.capabilities = {ipv4, open_passive, open_active, send, receive, close, release, abort};
    traits_.v4 = engine::AddressPlan{target_address, IpAddress::v4(198, 18, 0, 1), 100};
  }

  void add(LiveDriver::CaseNumber number, const char* text) {
    auto loaded = scenario::load_text(text, "test");
    for (const Diagnostic& d : loaded.diagnostics) ADD_FAILURE() << to_string(d);
    for (scenario::Variant& variant : loaded.variants) {
      if (variant.family == Family::v4) variants_.push_back(std::move(variant));
    }
    ASSERT_FALSE(variants_.empty());
    const auto slot = slots_.allocate(Family::v4, 1);
    ASSERT_TRUE(slot);
    driver_.add(number, engine::Session{variants_.back(), {.traits = &traits_, .slot = *slot}, loop_.now()},
                *slot);
  }

  std::map<LiveDriver::CaseNumber, engine::CaseResult> run() {
    std::map<LiveDriver::CaseNumber, engine::CaseResult> results;
    while (driver_.active() > 0) {
      last_turn_ = driver_.turn();
      for (auto& finished : driver_.take_finished()) {
        results.emplace(finished.number, std::move(finished.result));
      }
    }
    return results;
  }

  engine::TargetTraits traits_;
  std::deque<scenario::Variant> variants_;
  link::EventLoop loop_{link::Interrupts::leave_alone};
  QueueLink link_;
  RecordingControl control_;
  SlotAllocator slots_{traits_};
  LiveDriver driver_{link_, control_, loop_};
  LiveDriver::Turn last_turn_ = LiveDriver::Turn::progress;
};

TEST_F(LiveDriverTest, APromptAnswerReachesItsSession) {
  add(1, refused_syn);
  const auto results = run();
  EXPECT_EQ(results.at(1).verdict, Verdict::pass) << results.at(1).reason;
  EXPECT_EQ(driver_.remarks().strays, 0U);
}

TEST_F(LiveDriverTest, AnswersThatOnlyTheFenceBringsOutAreWaitedFor) {
  link_.behind_fence = true;
  add(1, refused_syn);
  EXPECT_EQ(run().at(1).verdict, Verdict::pass);
  EXPECT_GE(link_.fences, 1);
}

TEST_F(LiveDriverTest, ManySessionsAreToldApartByTheirAddresses) {
  for (LiveDriver::CaseNumber number = 1; number <= 50; ++number) add(number, refused_syn);
  const auto results = run();
  ASSERT_EQ(results.size(), 50U);
  for (const auto& [number, result] : results) EXPECT_EQ(result.verdict, Verdict::pass) << number;
}

TEST_F(LiveDriverTest, ADatagramForNobodyIsRecordedAndChangesNoVerdict) {
  link_.on_send = [](QueueLink& link, BytesView datagram) {
    Bytes stray = reset_for(datagram);
    stray[16] = std::byte{10};  // to 10.x.x.x
    link.queue.push_back(stray);
    link.queue.push_back(reset_for(datagram));
  };
  add(1, refused_syn);
  EXPECT_EQ(run().at(1).verdict, Verdict::pass);
  EXPECT_GE(driver_.remarks().strays, 1U);
  ASSERT_FALSE(driver_.remarks().first_strays.empty());
  EXPECT_THAT(driver_.remarks().first_strays[0], testing::HasSubstr("10.18.0.1"));
}

TEST_F(LiveDriverTest, ADatagramForASessionThatIsOverIsLate) {
  Bytes late;
  link_.on_send = [&late](QueueLink& link, BytesView datagram) {
    late = reset_for(datagram);
    link.queue.push_back(late);
  };
  add(1, refused_syn);
  (void)run();
  link_.queue.push_back(late);
  add(2, refused_syn);
  EXPECT_EQ(run().at(2).verdict, Verdict::pass);
  EXPECT_EQ(driver_.remarks().late, 1U);
  EXPECT_EQ(driver_.remarks().strays, 0U);
}

TEST_F(LiveDriverTest, ADatagramTooLongForTheLinkStopsItsOwnSessionOnly) {
  link_.longest = 100;
  add(1, R"(
id = "test/too-long"
title = "Text that no Ethernet carries in one piece"
requirements = ["RFC9293-MUST-2"]
[[step]]
send = { ctl = "SYN", seq = "J", data = 61 }
)");
  add(2, refused_syn);
  const auto results = run();
  EXPECT_EQ(results.at(1).verdict, Verdict::inconclusive);
  // 20 octets of IP header, 20 of TCP header, 4 of the MSS option.
  EXPECT_EQ(results.at(1).reason, "a datagram of 105 octets does not fit the link 'queue', which takes 100");
  EXPECT_EQ(results.at(2).verdict, Verdict::pass) << results.at(2).reason;
}

TEST_F(LiveDriverTest, AWaitEndsWithItsDeadline) {
  add(1, R"(
id = "test/wait"
title = "Nothing happens for a while"
requirements = ["RFC9293-MUST-2"]
[[step]]
wait = "5ms"
[[step]]
send = { ctl = "SYN", seq = "J" }
[[step]]
expect = { ctl = "RST,ACK", ack = "J+1" }
)");
  EXPECT_EQ(run().at(1).verdict, Verdict::pass);
}

TEST_F(LiveDriverTest, ALinkThatIsGoneEndsEveryCaseWithAnError) {
  link_.gone = true;
  add(1, refused_syn);
  add(2, refused_syn);
  const auto results = run();
  EXPECT_EQ(last_turn_, LiveDriver::Turn::broken);
  for (const auto& [number, result] : results) {
    EXPECT_EQ(result.verdict, Verdict::error) << number;
    EXPECT_EQ(result.reason, "the link is gone");
  }
  EXPECT_EQ(results.size(), 2U);
}

TEST_F(LiveDriverTest, LostDatagramsMakeTheCasesOfThatTimeInconclusive) {
  link_.on_send = [](QueueLink& link, BytesView datagram) {
    link.lost = 3;
    // A link loses only what it has no room for, so many others arrive.
    for (int i = 0; i < 100; ++i) link.queue.push_back(reset_for(datagram));
  };
  add(1, refused_syn);
  const auto results = run();
  EXPECT_EQ(results.at(1).verdict, Verdict::inconclusive);
  EXPECT_THAT(results.at(1).reason, testing::HasSubstr("the link dropped 3 datagrams"));
  EXPECT_EQ(driver_.remarks().dropped, 3U);
}

TEST_F(LiveDriverTest, StoppingEndsEveryCaseAndAbortsWhatItLeftOpen) {
  add(1, R"(
id = "test/listen"
title = "A listener waits"
requirements = ["RFC9293-MUST-2"]
[[step]]
call = { listen = {} }
[[step]]
wait = "1000s"
)");
  loop_.stop();
  (void)driver_.turn();
  driver_.stop_all(Verdict::inconclusive, "interrupted");
  const auto finished = driver_.take_finished();
  ASSERT_EQ(finished.size(), 1U);
  EXPECT_EQ(finished[0].number, 1U);
  EXPECT_EQ(finished[0].result.verdict, Verdict::inconclusive);
  EXPECT_EQ(driver_.active(), 0U);
  ASSERT_EQ(control_.calls.size(), 2U);
  EXPECT_EQ(control_.calls[0].kind, AppRequest::Kind::open_passive);
  EXPECT_EQ(control_.calls[1].kind, AppRequest::Kind::abort);
  EXPECT_EQ(control_.calls[1].handle, 7U);
}

}  // namespace
}  // namespace tcpjury::runner
