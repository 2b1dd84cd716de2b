#include "harness/model/isn_rules.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <fmt/format.h>

#include "harness/model/rule.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t pairs_min = 16;
constexpr std::size_t again_min = 4;  ///< pairs of one connection
/// A prediction is right when it misses by less than this, on either side.
constexpr std::uint32_t near = 1U << 22U;
constexpr double near_by_chance = 2.0 * near / 4294967296.0;

Rule cite(std::string_view id, std::string_view event) { return rule(id, event, State::closed); }

bool is_near(std::uint32_t difference) { return difference < near || 0U - difference < near; }

/// The first number of every connection: later ones of the same connection follow its clock.
std::vector<IsnSample> one_of_each(const HostLife& life) {
  std::set<std::string> seen;
  std::vector<IsnSample> first;
  for (const IsnSample& s : life) {
    if (seen.insert(s.connection).second) first.push_back(s);
  }
  return first;
}

struct Guesses {
  std::size_t tried = 0;
  std::size_t right = 0;
  void add(std::uint32_t error) {
    ++tried;
    right += is_near(error) ? 1U : 0U;
  }
  [[nodiscard]] bool too_good() const {
    return binomial_tail(tried, right, near_by_chance) < isn_false_alarm / 4;
  }
};

/// "The next number is the last one", and "the next step is the last step".
void guess(const HostLife& life, Guesses& same, Guesses& linear) {
  const auto first = one_of_each(life);
  for (std::size_t i = 1; i < first.size(); ++i) same.add(first[i].isn - first[i - 1].isn);
  for (std::size_t i = 2; i < first.size(); ++i)
    linear.add((first[i].isn - first[i - 1].isn) - (first[i - 1].isn - first[i - 2].isn));
}

/// True when held, false when broken or not judged.
bool judge_prediction(std::span<const HostLife> lives, Findings& f) {
  Guesses same;
  Guesses linear;
  for (const HostLife& life : lives) guess(life, same, linear);
  if (same.tried < pairs_min) return false;
  f.measured("isn.predicted.same", fmt::format("{} of {}", same.right, same.tried));
  f.measured("isn.predicted.linear", fmt::format("{} of {}", linear.right, linear.tried));
  const Rule unpredictable = cite("RFC9293-MUST-9", "ISN");
  if (same.too_good() || linear.too_good()) {
    const Guesses& best = same.too_good() ? same : linear;
    f.broken({unpredictable,
              fmt::format("the next connection's initial sequence number follows from {}",
                          same.too_good() ? "the last one" : "the last two"),
              {"numbers that nobody outside can compute"},
              {}},
             fmt::format("{} of {} guesses within {}", best.right, best.tried, near));
    return false;
  }
  f.held(unpredictable);
  f.held(cite("RFC6528-3-2", "ISN"));
  return true;
}

struct Advance {
  std::size_t pairs = 0;
  std::size_t backwards = 0;
  std::size_t still = 0;  ///< the same number a second or more later
  std::vector<double> rates = {};
};

/// Consecutive numbers of one connection. A clock of 64 ns wraps after 275 s: farther apart nothing can be
/// said.
void follow_clock(const HostLife& life, Advance& a) {
  std::map<std::string, const IsnSample*> last;
  for (const IsnSample& s : life) {
    const IsnSample* before = std::exchange(last[s.connection], &s);
    if (before == nullptr) continue;
    const Duration apart = s.at - before->at;
    if (apart < 100ms || apart > 60s) continue;
    const std::uint32_t moved = s.isn - before->isn;
    ++a.pairs;
    a.backwards += moved >= (1U << 31U) ? 1U : 0U;
    a.still += moved == 0 && apart >= 1s ? 1U : 0U;
    if (moved < (1U << 31U)) a.rates.push_back(moved / std::chrono::duration<double>(apart).count());
  }
}

bool judge_clock(std::span<const HostLife> lives, Findings& f) {
  Advance a;
  for (const HostLife& life : lives) follow_clock(life, a);
  if (a.pairs < again_min) return false;
  if (!a.rates.empty()) {
    std::nth_element(a.rates.begin(), a.rates.begin() + static_cast<std::ptrdiff_t>(a.rates.size() / 2),
                     a.rates.end());
    f.measured("isn.clock", fmt::format("{:.0f} Hz", a.rates[a.rates.size() / 2]));
  }
  const Rule clock = cite("RFC9293-MUST-8", "ISN");
  // One step back may be a new secret; a number drawn at random goes back every other time.
  const bool random = a.backwards >= 2 && a.backwards * 4 >= a.pairs;
  const bool constant = a.still * 2 > a.pairs;
  if (!random && !constant) {
    f.held(clock);
    f.held(cite("RFC6528-2-1", "ISN"));
    f.held(cite("RFC4987-4-2", "ISN"));  // SYN cookies follow no clock
    return true;
  }
  f.broken({clock,
            random ? "the initial sequence numbers of one connection do not follow a clock"
                   : "the initial sequence number of a connection stays the same",
            {"numbers that advance with time"},
            random ? "numbers drawn at random and SYN cookies do so" : ""},
           fmt::format("{} of {} went back, {} stood still", a.backwards, a.pairs, a.still));
  return false;
}

/// A secret that is the same after every start is none. Only lives whose seeds differ are compared.
void judge_restarts(std::span<const HostLife> lives, Findings& f) {
  Guesses same;
  const IsnSample* last = nullptr;
  for (const HostLife& life : lives) {
    if (life.empty()) continue;
    if (last != nullptr) same.add(life.front().isn - last->isn);
    last = &life.front();
  }
  if (same.tried < pairs_min) return;
  f.measured("isn.predicted.restart", fmt::format("{} of {}", same.right, same.tried));
  const Rule secret = cite("RFC9293-SHLD-1", "ISN-RESTART");
  if (same.too_good()) {
    f.broken({secret,
              "after a restart the initial sequence numbers are the same again",
              {"a secret that differs from start to start"},
              {}},
             fmt::format("{} of {} guesses within {}", same.right, same.tried, near));
  }
}

/// Ports of its own choice that count up by one or two.
void judge_ports(std::span<const HostLife> lives, Findings& f) {
  std::size_t tried = 0;
  std::size_t right = 0;
  for (const HostLife& life : lives) {
    const IsnSample* last = nullptr;
    for (const IsnSample& s : life) {
      if (!s.active) continue;
      if (last != nullptr && last->connection != s.connection) {
        const auto step = static_cast<std::uint16_t>(s.port - last->port);
        ++tried;
        right += step <= 2 ? 1U : 0U;
      }
      last = &s;
    }
  }
  constexpr std::size_t ports_min = 6;
  constexpr double by_chance = 3.0 / 16384.0;  // the smallest range in use, 49152 to 65535
  if (tried < ports_min) return;
  f.measured("port.predicted", fmt::format("{} of {}", right, tried));
  const Rule ports = cite("RFC5927-4.2-1", "PORT");
  if (binomial_tail(tried, right, by_chance) < isn_false_alarm) {
    f.broken({ports, "the target's ports count up", {"ports that cannot be guessed"}, {}},
             fmt::format("{} of {} are the last one, or one or two more", right, tried));
  } else {
    f.held(ports);
  }
}

}  // namespace

double binomial_tail(std::size_t trials, std::size_t hits, double p) {
  double sum = 0;
  const auto n = static_cast<double>(trials);
  for (std::size_t i = hits; i <= trials; ++i) {
    const auto k = static_cast<double>(i);
    const double log_term = std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                            k * std::log(p) + (n - k) * std::log1p(-p);
    const double term = std::exp(log_term);
    sum += term;
    if (i > hits && term < sum * 1e-12) break;
  }
  return std::min(sum, 1.0);
}

void judge_isns(std::span<const HostLife> lives, bool restarted, Findings& f) {
  const bool unpredictable = judge_prediction(lives, f);
  const bool clocked = judge_clock(lives, f);
  if (restarted) judge_restarts(lives, f);
  judge_ports(lives, f);
  if (!unpredictable || !clocked) return;
  f.held(cite("RFC9293-SHLD-1", "ISN"));
  f.held(cite("RFC6528-3-1", "ISN"));
}

namespace {

/// Elsewhere the choice may rest on time and timestamps (RFC 1337, RFC 6191): told, not judged.
bool bound_to_one(std::string_view row) {
  const bool optional = row.find("-RST-INWND-") != row.npos || row.find("-SYN-INWND-") != row.npos;
  return optional && !row.ends_with("-TIMEWAIT");
}

}  // namespace

void judge_choices(const HostFacts& facts, Findings& f) {
  for (const auto& [id, done] : facts.choices) {
    const Rule row = cite(id, "CHOICE");
    std::string list;
    for (const auto& [choice, times] : done)
      list += fmt::format("{}{} ({} times)", list.empty() ? "" : ", ", choice, times);
    f.measured("choice." + id, list);
    if (!bound_to_one(id)) continue;
    if (done.size() > 1) {
      f.broken({row, "the target did not do the same every time", {"one of the permitted conducts"}, {}},
               list);
    } else {
      f.held(row);
    }
  }
}

}  // namespace tcpjury::model
