// Initial sequence numbers over many connections: who is convicted, and who never is.
#include "harness/model/isn_rules.h"

#include <gmock/gmock.h>

#include <functional>

#include <fmt/format.h>

#include "harness/base/random.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

/// What a stack gives connection `c` at time `at`.
using Generator = std::function<std::uint32_t(std::uint32_t c, Duration at)>;

/// One life: 24 connections, a tenth of a second apart, then one of them eight times more, a second apart.
HostLife life_of(const Generator& isn) {
  HostLife life;
  Duration at{};
  for (std::uint32_t c = 0; c < 24; ++c, at += 100ms)
    life.push_back({at, fmt::format("80 {}", 4000 + c), isn(c, at), 80, false});
  for (int again = 0; again < 8; ++again, at += 1s) life.push_back({at, "80 4023", isn(23, at), 80, false});
  return life;
}

std::vector<std::string> broken(const std::vector<HostLife>& lives) {
  Findings f;
  judge_isns(lives, true, f);
  std::vector<std::string> ids;
  for (const Violation& v : f.violations) ids.push_back(v.requirement);
  return ids;
}

std::uint32_t clock_4us(Duration at) { return static_cast<std::uint32_t>(at / 4us); }

/// A keyed function of the connection.
std::uint32_t keyed(std::uint64_t key, std::uint32_t c) {
  Random random{key * 1'000'003U + c};
  return static_cast<std::uint32_t>(random.next());
}

TEST(IsnRules, ClockAndKeyedFunctionIsConforming) {
  for (std::uint64_t key = 1; key <= 200; ++key) {
    const auto isn = [&](std::uint32_t c, Duration at) { return keyed(key, c) + clock_4us(at); };
    EXPECT_THAT(broken({life_of(isn)}), IsEmpty()) << key;
  }
}

TEST(IsnRules, FastClockIsConforming) {
  const auto isn = [](std::uint32_t c, Duration at) {
    return keyed(7, c) + static_cast<std::uint32_t>(at.count() >> 6U);
  };
  EXPECT_THAT(broken({life_of(isn)}), IsEmpty());
}

TEST(IsnRules, ConformingHostHoldsAllFour) {
  const auto isn = [](std::uint32_t c, Duration at) { return keyed(5, c) + clock_4us(at); };
  Findings f;
  judge_isns(std::vector<HostLife>{life_of(isn)}, true, f);
  for (const char* id : {"RFC9293-MUST-8", "RFC9293-MUST-9", "RFC9293-SHLD-1", "RFC6528-3-1", "RFC6528-3-2"})
    EXPECT_EQ(f.evaluations().at(id).held, 1U) << id;
}

TEST(IsnRules, ClockAloneIsPredictable) {
  const auto isn = [](std::uint32_t, Duration at) { return 77U + clock_4us(at); };
  EXPECT_THAT(broken({life_of(isn)}), ElementsAre("RFC9293-MUST-9"));
}

TEST(IsnRules, ConstantIsPredictableAndStandsStill) {
  const auto isn = [](std::uint32_t, Duration) { return 77U; };
  EXPECT_THAT(broken({life_of(isn)}), ElementsAre("RFC9293-MUST-9", "RFC9293-MUST-8"));
}

TEST(IsnRules, LinearInThePortIsPredictable) {
  const auto isn = [](std::uint32_t c, Duration at) { return 100'000'000U * c + clock_4us(at); };
  EXPECT_THAT(broken({life_of(isn)}), ElementsAre("RFC9293-MUST-9"));
}

TEST(IsnRules, CounterPerConnectionIsPredictable) {
  std::uint32_t last = 0;
  const auto isn = [&](std::uint32_t, Duration) { return last += 64'000; };
  EXPECT_THAT(broken({life_of(isn)}), ElementsAre("RFC9293-MUST-9"));
}

TEST(IsnRules, NumbersAtRandomDoNotFollowAClock) {
  Random random{99};
  const auto isn = [&](std::uint32_t, Duration) { return static_cast<std::uint32_t>(random.next()); };
  EXPECT_THAT(broken({life_of(isn)}), ElementsAre("RFC9293-MUST-8"));
}

TEST(IsnRules, SameSecretAfterEveryStartIsNone) {
  const auto isn = [](std::uint32_t c, Duration at) { return keyed(3, c) + clock_4us(at); };
  EXPECT_THAT(broken(std::vector(24, life_of(isn))), Contains("RFC9293-SHLD-1"));
}

TEST(IsnRules, NewSecretAfterEveryStartIsConforming) {
  std::vector<HostLife> lives;
  for (std::uint64_t key = 1; key <= 24; ++key)
    lives.push_back(life_of([&](std::uint32_t c, Duration at) { return keyed(key, c) + clock_4us(at); }));
  EXPECT_THAT(broken(lives), IsEmpty());
}

TEST(IsnRules, FewSamplesSayNothing) {
  Findings f;
  judge_isns(std::vector<HostLife>{{{1s, "a", 1, 80, false}, {2s, "b", 1, 80, false}}}, true, f);
  EXPECT_TRUE(f.evaluations().empty());
}

HostLife opens(const std::function<std::uint16_t(int)>& port) {
  HostLife life;
  for (int i = 0; i < 12; ++i) {
    const std::uint16_t p = port(i);
    life.push_back({i * 100ms, fmt::format("{} {}", p, i), keyed(4, static_cast<std::uint32_t>(i)), p, true});
  }
  return life;
}

TEST(EphemeralPorts, CountingUpIsReported) {
  EXPECT_THAT(broken({opens([](int i) { return static_cast<std::uint16_t>(50'000 + i); })}),
              ElementsAre("RFC5927-4.2-1"));
}

TEST(EphemeralPorts, AtRandomAreConforming) {
  Random random{5};
  EXPECT_THAT(
      broken({opens([&](int) { return static_cast<std::uint16_t>(49'152 + random.next() % 16'384); })}),
      IsEmpty());
}

TEST(BinomialTail, AgreesWithValuesByHand) {
  EXPECT_DOUBLE_EQ(binomial_tail(10, 0, 0.5), 1.0);
  EXPECT_NEAR(binomial_tail(2, 2, 0.5), 0.25, 1e-12);
  EXPECT_NEAR(binomial_tail(10, 9, 0.5), 11.0 / 1024, 1e-12);
}

TEST(Choices, MustBeMadeTheSameWayEveryTime) {
  HostFacts facts;
  facts.choices["RFC9293-3.10.7.4-RST-INWND-ESTAB"] = {{"keeps the connection", 3},
                                                       {"ends the connection", 1}};
  facts.choices["RFC9293-3.10.7.4-RST-INWND-CLOSEWAIT"] = {{"ends the connection", 2}};
  facts.choices["RFC9293-3.10.7.4-SYN-NEW-TIMEWAIT"] = {{"opens anew", 1}, {"keeps the connection", 1}};
  Findings f;
  judge_choices(facts, f);
  ASSERT_EQ(f.violations.size(), 1U);
  EXPECT_EQ(f.violations.front().requirement, "RFC9293-3.10.7.4-RST-INWND-ESTAB");
  EXPECT_EQ(f.evaluations().at("RFC9293-3.10.7.4-RST-INWND-CLOSEWAIT").held, 1U);
}

}  // namespace
}  // namespace tcpjury::model
