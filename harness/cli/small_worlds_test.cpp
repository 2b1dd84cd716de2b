// Small worlds, enumerated completely: every set of control bits, in every state, at every edge of the
// window, from both sides. A stack that does what RFC 9293 says must never be accused.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>

#include "fuzz/exchange/player.h"
#include "fuzz/exchange/walks.h"
#include "reports/ladder/ladder.h"
#include "targets/plugin/plugin_target.h"

namespace tcpjury::cli {
namespace {

using exchange::Advance;
using exchange::Base;
using exchange::Event;
using exchange::Number;
using exchange::Played;
using exchange::Player;
using exchange::Segment;
using exchange::walk_to;
using model::Origin;
using model::State;
using namespace std::chrono_literals;

std::unique_ptr<targets::PluginTarget> reference() {
  const std::filesystem::path bin = std::filesystem::path{TCPJURY_PROGRAM}.parent_path();
  auto target = targets::PluginTarget::load({.path = bin / "../targets/tcpjury_target_reference.so"});
  if (target) return std::move(*target);
  ADD_FAILURE() << target.error().message;
  return nullptr;
}

constexpr State states[] = {State::closed,      State::listen,     State::syn_sent,   State::syn_received,
                            State::established, State::fin_wait_1, State::fin_wait_2, State::close_wait,
                            State::closing,     State::last_ack,   State::time_wait};

TEST(Walks, LeadIntoTheirStates) {
  const auto target = reference();
  ASSERT_NE(target, nullptr);
  for (const Origin role : {Origin::passive, Origin::active}) {
    for (const State state : states) {
      Player player{*target, {}};
      for (const Event& event : walk_to(state, role)) player.play(event);
      EXPECT_THAT(player.states(0), testing::ElementsAre(state)) << model::to_string(state);
      EXPECT_FALSE(player.over());
    }
  }
}

constexpr Number positions[] = {{Base::rcv_nxt, -1},         {Base::rcv_nxt, 0},  {Base::rcv_nxt, 100},
                                {Base::rcv_edge, -1},        {Base::rcv_edge, 0}, {Base::rcv_edge, 1},
                                {Base::rcv_nxt, 0x4000'0000}};
constexpr Number acknowledgments[] = {{Base::snd_nxt, 0}, {Base::snd_nxt, 1}, {Base::snd_una, -1}};
constexpr std::uint16_t lengths[] = {0, 1};
constexpr std::uint8_t flag_sets = 64;  // without ECE and CWR, which belong to a later RFC

/// What is left of accusations: how often, and the first example of each kind.
class Accusations {
 public:
  void note(const Played& played, const std::string& world) {
    for (const engine::CaseViolation& violation : played.result.violations) {
      if (kinds_[violation.fingerprint]++ != 0) continue;
      examples_ += fmt::format("\n{} in {}, event {}: {}\n  {}\n{}", violation.what.requirement,
                               model::to_string(violation.what.state), violation.what.event,
                               violation.what.message, world, reports::ladder(played.result));
    }
    if (!played.broken.empty()) examples_ += fmt::format("\n{}: {}", world, played.broken);
  }
  [[nodiscard]] const std::string& examples() const { return examples_; }

 private:
  std::map<std::string, std::size_t> kinds_ = {};
  std::string examples_ = {};
};

void play_world(engine::VirtualTarget& target, State state, Origin role, const Segment& segment,
                Accusations& accusations) {
  Player player{target, {}};
  for (const Event& event : walk_to(state, role)) player.play(event);
  player.play(segment);
  player.play(Advance{10min});
  const Played played = player.take();
  if (played.result.violations.empty() && played.broken.empty()) return;
  accusations.note(played, fmt::format("{} {}: {}", model::to_string(state),
                                       role == Origin::passive ? "passive" : "active",
                                       exchange::to_string(Event{segment})));
}

/// One test a state, so that they run beside each other.
class SmallWorlds : public testing::TestWithParam<State> {};

TEST_P(SmallWorlds, NobodyIsAccusedWhoDoesWhatTheRfcSays) {
  const auto target = reference();
  ASSERT_NE(target, nullptr);
  Accusations accusations;
  for (const Origin role : {Origin::passive, Origin::active}) {
    for (std::uint8_t bits = 0; bits < flag_sets; ++bits) {
      for (const Number& seq : positions) {
        for (const Number& ack : acknowledgments) {
          for (const std::uint16_t length : lengths) {
            const Segment segment{.flags = wire::FlagSet{bits}, .seq = seq, .ack = ack, .length = length};
            if (!segment.flags.has(wire::ack) && ack != acknowledgments[0]) continue;
            play_world(*target, GetParam(), role, segment, accusations);
          }
        }
      }
    }
  }
  EXPECT_EQ(accusations.examples(), "");
}

INSTANTIATE_TEST_SUITE_P(States, SmallWorlds, testing::ValuesIn(states), [](const auto& one) {
  std::string name{model::to_string(one.param)};
  std::erase(name, '-');  // which a name of GoogleTest cannot hold
  return name;
});

}  // namespace
}  // namespace tcpjury::cli
