// Whatever reaches the judge, in whatever state: it neither breaks nor loses count of its hypotheses.
#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <random>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;

using Step = std::function<void(Exchange&)>;
struct Named {
  std::string name;
  Step take;
};

void advertise(Exchange& x, std::uint32_t seq, std::uint32_t ack, std::string_view flags,
               std::uint16_t window) {
  wire::TcpSegment s = Exchange::segment(seq, ack, flags);
  s.window = window;
  x.out(s);
}

/// What an established connection may have pending.
std::vector<Named> preludes() {
  return {{"Plain", [](Exchange&) {}},
          {"ZeroWindow",
           [](Exchange& x) {
             x.in(1001, 5001, "ACK", "z");
             advertise(x, 5001, 1002, "ACK", 0);
           }},
          {"TextHeld",
           [](Exchange& x) {
             x.in(1003, 5001, "FIN,ACK", "cd");
             x.out(5001, 1001, "ACK");
           }},
          {"AckDelayed", [](Exchange& x) { x.in(1001, 5001, "ACK", "z"); }},
          {"TextOutstanding", [](Exchange& x) {
             x.call(UserCall::Kind::send, "ab");
             x.out(5001, 1001, "ACK,PSH", "ab");
           }}};
}

void close_from_here(Exchange& x) {
  x.call(UserCall::Kind::close);
  const auto next = x.judge().variable(Exchange::tuple(), "snd.nxt").value_or(5001);
  const auto ack = x.judge().variable(Exchange::tuple(), "rcv.nxt").value_or(1002);
  x.out(next, ack, "FIN,ACK");
}
void peer_finishes(Exchange& x, bool acknowledges) {
  const auto next = x.judge().variable(Exchange::tuple(), "snd.nxt").value_or(5001);
  const auto ack = x.judge().variable(Exchange::tuple(), "rcv.nxt").value_or(1001);
  x.in(ack, acknowledges ? next : 5001, "FIN,ACK");
  x.out(next, ack + 1, "ACK");
}
void acknowledge(Exchange& x) {
  const auto next = x.judge().variable(Exchange::tuple(), "snd.nxt").value_or(5001);
  const auto ack = x.judge().variable(Exchange::tuple(), "rcv.nxt").value_or(1001);
  x.in(ack, next, "ACK");
}

std::vector<Named> ends() {
  return {{"Established", [](Exchange&) {}},
          {"FinWait1", close_from_here},
          {"FinWait2",
           [](Exchange& x) {
             close_from_here(x);
             acknowledge(x);
           }},
          {"CloseWait", [](Exchange& x) { peer_finishes(x, true); }},
          {"Closing",
           [](Exchange& x) {
             close_from_here(x);
             peer_finishes(x, false);
           }},
          {"LastAck",
           [](Exchange& x) {
             peer_finishes(x, true);
             close_from_here(x);
           }},
          {"TimeWait", [](Exchange& x) {
             close_from_here(x);
             peer_finishes(x, true);
           }}};
}

std::vector<Named> situations() {
  std::vector<Named> all{{"Closed", [](Exchange&) {}},
                         {"Listen", [](Exchange& x) { x.listen(); }},
                         {"SynAckOwed",
                          [](Exchange& x) {
                            x.listen();
                            x.in(1000, 0, "SYN");
                          }},
                         {"SynOwed", [](Exchange& x) { x.open(); }},
                         {"SynSent",
                          [](Exchange& x) {
                            x.open();
                            x.out(5000, 0, "SYN");
                          }},
                         {"SynReceivedPassive",
                          [](Exchange& x) {
                            x.listen();
                            x.in(1000, 0, "SYN,FIN", "ab");
                            x.out(5000, 1001, "SYN,ACK");
                          }},
                         {"SynReceivedZeroWindow",
                          [](Exchange& x) {
                            x.listen();
                            x.in(1000, 0, "SYN");
                            advertise(x, 5000, 1001, "SYN,ACK", 0);
                          }},
                         {"SynReceivedActive", [](Exchange& x) {
                            x.open();
                            x.out(5000, 0, "SYN");
                            x.in(1000, 0, "SYN");
                            x.out(5000, 1001, "SYN,ACK");
                          }}};
  for (const bool active : {false, true}) {
    for (const Named& prelude : preludes()) {
      for (const Named& end : ends()) {
        all.push_back({(active ? "Active" : "Passive") + prelude.name + end.name,
                       [active, prelude = prelude.take, end = end.take](Exchange& x) {
                         active ? x.established_actively() : x.established();
                         prelude(x);
                         end(x);
                       }});
      }
    }
  }
  return all;
}

/// The sequence numbers of interest lie close together: 1000 to 1005 and the edges of the window.
constexpr std::array<std::uint32_t, 8> sequence_numbers{900,  1000,   1001,           1002,
                                                        1003, 10'500, 1001 + 65'536U, 1001U + (1U << 30U)};
constexpr std::array<std::uint32_t, 7> acknowledgments{0, 5000, 5001, 5002, 5003, 5004, 5001U + (1U << 30U)};
constexpr std::uint8_t every_flag = 0x20;  // FIN, SYN, RST, PSH and ACK

class EverySituation : public testing::TestWithParam<Named> {};

TEST_P(EverySituation, StandsEverySegment) {
  for (std::uint8_t flags = 0; flags < every_flag; ++flags) {
    for (const std::uint32_t seq : sequence_numbers) {
      for (const std::uint32_t ack : acknowledgments) {
        if ((flags & 0x10U) == 0 && ack != 0) continue;
        for (const std::string_view text : {"", "xyz"}) {
          Exchange x;
          GetParam().take(x);
          wire::TcpSegment s = Exchange::segment(seq, ack, "ACK", text);
          s.flags = wire::FlagSet{flags};
          const std::size_t before = x.broken().size();
          x.in(s);
          ASSERT_EQ(x.broken().size(), before) << "a stimulus is never judged";
          ASSERT_THAT(x.judge().undecided(), IsEmpty());
          x.in(1001, 5001, "FIN,ACK", "wxyz");
          x.out(5001, 1001, "ACK");
          x.wait(2s);
          ASSERT_THAT(x.judge().undecided(), IsEmpty());
        }
      }
    }
  }
}

TEST_P(EverySituation, StandsEveryCall) {
  for (const auto kind :
       {UserCall::Kind::open_passive, UserCall::Kind::open_active, UserCall::Kind::send,
        UserCall::Kind::receive, UserCall::Kind::close, UserCall::Kind::release, UserCall::Kind::abort}) {
    for (const auto again :
         {UserCall::Kind::send, UserCall::Kind::close, UserCall::Kind::release, UserCall::Kind::abort}) {
      Exchange x;
      GetParam().take(x);
      x.call(kind, kind == UserCall::Kind::send ? "text" : "");
      x.call(again);
      x.in(1001, 5001, "ACK", "text");
      x.out(5001, 0, "RST");
      x.wait(2s);
      EXPECT_THAT(x.judge().undecided(), IsEmpty());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Situations, EverySituation, testing::ValuesIn(situations()),
                         [](const auto& situation) { return situation.param.name; });

/// Stimuli and emissions by chance; half of them near enough to the truth that connections live for a while.
class Walk {
 public:
  explicit Walk(std::uint32_t seed) : dice_{seed} {}

  void begin(Exchange& x) {
    const auto all = situations();
    all[below(static_cast<std::uint32_t>(all.size()))].take(x);
  }

  void step(Exchange& x) {
    switch (below(12)) {
      case 0:
        return call(x);
      case 1:
        return x.wait(std::chrono::milliseconds{below(3000)});
      case 2:
        return below(40) == 0 ? x.wait(std::chrono::seconds{below(400)}) : x.fence();
      case 3:
        return notice(x);
      case 4:
      case 5:
      case 6:
      case 7:
        return x.in(segment(near(x, "rcv.nxt", 1001), near(x, "snd.nxt", 5001)));
      default:
        x.out(segment(near(x, "snd.nxt", 5001), near(x, "rcv.nxt", 1001)));
    }
  }

 private:
  std::mt19937 dice_;

  std::uint32_t any() { return static_cast<std::uint32_t>(dice_()); }
  std::uint32_t below(std::uint32_t limit) { return any() % limit; }

  std::uint32_t near(Exchange& x, std::string_view name, std::uint32_t otherwise) {
    const std::uint32_t base = x.judge().variable(Exchange::tuple(), name).value_or(otherwise);
    const std::uint32_t how = below(10);
    if (how < 6) return base;
    if (how < 9) return base + below(9) - 4;
    return any();
  }

  wire::TcpSegment segment(std::uint32_t seq, std::uint32_t ack) {
    constexpr std::array<std::string_view, 8> usual{"ACK", "ACK",     "ACK",     "ACK,PSH",
                                                    "SYN", "SYN,ACK", "FIN,ACK", "RST"};
    constexpr std::array<std::string_view, 6> texts{"", "", "", "a", "abc", "abcdefgh"};
    wire::TcpSegment s = Exchange::segment(seq, ack, usual[below(8)], texts[below(6)]);
    if (below(8) == 0) s.flags = wire::FlagSet{static_cast<std::uint8_t>(below(64))};
    if (below(4) == 0) s.window = static_cast<std::uint16_t>(below(4));
    if (below(3) == 0)
      s.options = wire::encode_options({.timestamps = wire::Timestamps{below(50), below(50)}});
    if (below(200) == 0) s.checksum = 1;
    return s;
  }

  void call(Exchange& x) {
    constexpr std::array kinds{UserCall::Kind::send,    UserCall::Kind::send,  UserCall::Kind::receive,
                               UserCall::Kind::close,   UserCall::Kind::abort, UserCall::Kind::open_passive,
                               UserCall::Kind::release, UserCall::Kind::close};
    const auto kind = kinds[below(kinds.size())];
    x.call(kind, kind == UserCall::Kind::send ? "some" : kind == UserCall::Kind::receive ? "a" : "");
  }

  void notice(Exchange& x) {
    constexpr std::array kinds{UserNotice::Kind::opened, UserNotice::Kind::accepted,
                               UserNotice::Kind::readable, UserNotice::Kind::peer_closed,
                               UserNotice::Kind::closed};
    x.judge().notice(exactly(clock_epoch), {kinds[below(kinds.size())], Exchange::tuple()});
  }
};

class RandomWalk : public testing::TestWithParam<std::uint32_t> {};

TEST_P(RandomWalk, NeverBreaksTheJudge) {
  constexpr int events = 30'000;
  constexpr int events_a_life = 60;
  Walk walk{GetParam()};
  int lives = 0;
  int undecided = 0;
  for (int done = 0; done < events; ++lives) {
    Exchange x;
    walk.begin(x);
    for (int i = 0; i < events_a_life && done < events; ++i, ++done) {
      walk.step(x);
      if (x.states().empty()) break;
    }
    if (!x.judge().undecided().empty()) ++undecided;
  }
  EXPECT_LT(undecided * 100, lives) << "of " << lives << " lives " << undecided << " had too many hypotheses";
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomWalk, testing::Range(1U, 9U));

}  // namespace
}  // namespace tcpjury::model
