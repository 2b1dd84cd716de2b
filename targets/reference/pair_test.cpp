// Two reference stacks talk over links that lose, repeat and reorder: the text has to come through.
#include <algorithm>
#include <map>

#include "harness/base/random.h"
#include "targets/reference/bench_test.h"

namespace tcpjury::reference {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

struct Weather {
  const char* name;
  std::uint32_t loss = 0;  ///< of 100 datagrams
  std::uint32_t repetition = 0;
  std::uint32_t detour = 0;  ///< of 100 datagrams come 30 ms late
  const char* settings = "";
};

class Pair {
 public:
  explicit Pair(const Weather& weather, std::uint64_t seed)
      : weather_{weather},
        random_{seed},
        left_{weather.settings, seed, wire::IpAddress::v4(10, 0, 0, 1), *wire::IpAddress::parse("fd00::1")},
        right_{weather.settings, seed + 1, wire::IpAddress::v4(10, 0, 1, 1),
               *wire::IpAddress::parse("fd01::1")} {}

  Bench& left() { return left_; }
  Bench& right() { return right_; }

  /// Carries what waits, and moves both clocks on to whatever comes next; false after two hours.
  bool run_a_moment() {
    post(left_, to_right_);
    post(right_, to_left_);
    nanoseconds next = left_.now() + seconds{1};
    for (const std::uint64_t timer : {left_.next_timer(), right_.next_timer()})
      if (timer < static_cast<std::uint64_t>(next.count()))
        next = nanoseconds{static_cast<std::int64_t>(timer)};
    for (const Wire* wire : {&to_left_, &to_right_})
      if (!wire->empty()) next = std::min(next, wire->begin()->first);
    const nanoseconds span = std::max<nanoseconds>(next - left_.now(), nanoseconds{0});
    left_.wait(span);
    right_.wait(span);
    deliver(to_right_, right_, next);
    deliver(to_left_, left_, next);
    return left_.now() < minutes{180};
  }

 private:
  using Wire = std::multimap<nanoseconds, Bytes>;

  void post(Bench& from, Wire& wire) {
    for (Bytes& octets : from.take_octets()) {
      if (random_.below(100) < weather_.loss) continue;
      nanoseconds delay = milliseconds{10};
      if (random_.below(100) < weather_.detour) delay += milliseconds{30};
      if (random_.below(100) < weather_.repetition) wire.emplace(from.now() + delay, octets);
      wire.emplace(from.now() + delay, std::move(octets));
    }
  }

  static void deliver(Wire& wire, Bench& to, nanoseconds until) {
    while (!wire.empty() && wire.begin()->first <= until) {
      to.arrive(wire.begin()->second);
      wire.erase(wire.begin());
    }
  }

  Weather weather_;
  Random random_;
  Bench left_;
  Bench right_;
  Wire to_left_ = {};
  Wire to_right_ = {};
};

std::string long_text(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
  return text;
}

class WeatherTest : public testing::TestWithParam<Weather> {};

TEST_P(WeatherTest, TextComesThroughAndBothEndsClose) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    Pair pair{GetParam(), seed};
    pair.right().listen(80);
    const auto opened = pair.left().open({wire::IpAddress::v4(10, 0, 1, 1), {80}});
    ASSERT_TRUE(opened.ok) << opened.error;
    const std::string text = long_text(300'000);
    std::size_t given = 0;
    std::string got;
    tcpjury_handle child = 0;
    bool closed = false;
    bool left_ended = false;
    while (pair.run_a_moment() && !(left_ended && child != 0)) {
      for (const Happening& happening : pair.right().take_happenings())
        if (happening.kind == TCPJURY_EVENT_ACCEPTED) child = happening.child;
      for (const Happening& happening : pair.left().take_happenings()) {
        ASSERT_NE(happening.kind, TCPJURY_EVENT_RESET) << happening.text;
        ASSERT_NE(happening.kind, TCPJURY_EVENT_ERROR) << happening.text;
        left_ended = left_ended || happening.kind == TCPJURY_EVENT_CLOSED;
      }
      const auto state = pair.left().state(opened.handle);
      if (state == TCPJURY_ESTABLISHED && given < text.size())
        given += pair.left().send(opened.handle, std::string_view{text}.substr(given, 9'000)).count;
      if (given == text.size() && !closed) closed = pair.left().close(opened.handle).ok;
      if (child == 0) continue;
      const auto piece = pair.right().receive(child, 5'000);
      got += piece.text;
      if (piece.peer_closed && pair.right().state(child) == TCPJURY_CLOSE_WAIT) pair.right().close(child);
    }
    ASSERT_EQ(got.size(), text.size()) << "seed " << seed << " time " << pair.left().now().count();
    EXPECT_EQ(got, text);
    EXPECT_EQ(pair.left().state(opened.handle), TCPJURY_CLOSED);
    EXPECT_EQ(pair.right().state(child), TCPJURY_CLOSED);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Links, WeatherTest,
    testing::Values(Weather{.name = "Fair"}, Weather{.name = "Loss", .loss = 5},
                    Weather{.name = "HeavyLoss", .loss = 20}, Weather{.name = "Repetition", .repetition = 20},
                    Weather{.name = "Detours", .detour = 20},
                    Weather{.name = "Everything", .loss = 5, .repetition = 10, .detour = 10},
                    Weather{.name = "Ecn", .loss = 5, .settings = "ecn=on"},
                    Weather{.name = "WithoutNagle", .loss = 5, .settings = "nagle=off"}),
    [](const auto& instance) { return std::string{instance.param.name}; });

}  // namespace
}  // namespace tcpjury::reference
