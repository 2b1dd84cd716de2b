#include "harness/cli/selftest_random.h"

#include <fmt/format.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <optional>

#include "fuzz/exchange/draw.h"
#include "harness/base/assert.h"
#include "harness/base/random.h"
#include "harness/cli/execute.h"
#include "harness/cli/registry.h"
#include "harness/cli/say.h"
#include "reports/ladder/ladder.h"

namespace tcpjury::cli {
namespace {

using engine::CaseViolation;
using engine::Verdict;
using runner::Exit;

/// So many kinds of accusation are shown in full; the rest are counted.
constexpr std::size_t shown_max = 40;
/// A target that breaks down so often is not worth more time.
constexpr std::uint64_t crashes_max = 200;
/// Every so many sessions one is played twice.
constexpr std::uint64_t twice_every = 8;

/// A target that does not come back is given up after so many seconds of real time; a session takes
/// milliseconds.
constexpr unsigned hang_seconds = 60;

/// What the sessions came to. It lies in memory that survives the process that plays, since a stack may take
/// that process with it; hence nothing but plain numbers.
struct Sum {
  static constexpr std::size_t kinds_max = 512;
  struct Kind {
    std::uint64_t fingerprint = 0;
    std::uint64_t times = 0;
  };
  std::uint64_t next_seed = 0;  ///< of the session under way, or of the next one
  std::uint64_t events = 0;
  std::uint64_t sessions = 0;
  std::uint64_t twice = 0;
  std::uint64_t not_the_same = 0;
  std::uint64_t accused = 0;  ///< sessions
  std::uint64_t known = 0;    ///< sessions with nothing but known deviations
  std::uint64_t undecided = 0;
  std::uint64_t undecided_seed = 0;  ///< of the first of them
  std::uint64_t crashes = 0;
  std::uint64_t hypotheses = 0;
  std::uint64_t hash = 0;
  std::uint64_t kind_count = 0;
  std::array<Kind, kinds_max> kinds = {};
  std::array<bool, 2'048> evaluated = {};  ///< by place in the catalogue

  /// How often this kind has been seen, this time included; the last kinds of a full table share one place.
  std::uint64_t count(const std::string& fingerprint) {
    const std::uint64_t print = hash64(fingerprint);
    for (std::size_t i = 0; i < kind_count; ++i) {
      if (kinds[i].fingerprint == print) return ++kinds[i].times;
    }
    if (kind_count == kinds_max) return ++kinds[kinds_max - 1].times;
    kinds[kind_count++] = {print, 1};
    return 1;
  }
};

/// Memory shared with the processes that play.
class SharedSum {
 public:
  SharedSum()
      : memory_{::mmap(nullptr, sizeof(Sum), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)} {
    TCPJURY_ASSERT(memory_ != MAP_FAILED);
    new (memory_) Sum{};
  }
  SharedSum(const SharedSum&) = delete;
  SharedSum& operator=(const SharedSum&) = delete;
  ~SharedSum() { ::munmap(memory_, sizeof(Sum)); }
  [[nodiscard]] Sum& get() { return *static_cast<Sum*>(memory_); }

 private:
  void* memory_;
};

std::string again(const RandomChoice& choice, std::uint64_t seed) {
  std::string faults;
  for (const std::string& fault : choice.target.faults) faults += fmt::format(" --fault {}", fault);
  if (!choice.avoid.empty()) faults += fmt::format(" --avoid {}", choice.avoid);
  return fmt::format("tcpjury selftest --random 1 --target {}{} --seed {:#x}", choice.target.name, faults,
                     seed);
}

class RandomRun {
 public:
  RandomRun(const RandomChoice& choice, engine::VirtualTarget& target, runner::DeviationFilter known,
            Sum& sum)
      : choice_{choice}, target_{target}, known_{std::move(known)}, sum_{sum} {}

  void run() {
    for (; sum_.events < choice_.events; ++sum_.next_seed) {
      ::alarm(hang_seconds);
      session(sum_.next_seed);
    }
    ::alarm(0);
  }

 private:
  void session(std::uint64_t seed) {
    exchange::DrawnSession drawn = exchange::play_drawn(target_, seed, choice_.lies, choice_.profile);
    ++sum_.sessions;
    sum_.events += drawn.played.events;
    sum_.hypotheses = std::max<std::uint64_t>(sum_.hypotheses, drawn.played.hypotheses);
    sum_.hash = hash64(fmt::format("{:016x}", drawn.played.hash), sum_.hash);
    if (!drawn.played.undecided.empty() && sum_.undecided++ == 0) sum_.undecided_seed = seed;
    note_evaluated(drawn.played.result);
    if ((seed - choice_.seed) % twice_every == 0) compare(seed, drawn.played.hash);
    known_.apply(drawn.played.result);
    if (drawn.played.result.verdict == Verdict::xfail) ++sum_.known;
    accuse(seed, drawn);
  }

  void note_evaluated(const engine::CaseResult& result) {
    const auto catalogue = model::requirement_catalogue();
    for (const auto& one : result.requirements) {
      const model::Requirement* known = model::find_requirement(one.id);
      if (known == nullptr) continue;
      const auto place = static_cast<std::size_t>(known - catalogue.data());
      if (place < sum_.evaluated.size()) sum_.evaluated[place] = true;
    }
  }

  void compare(std::uint64_t seed, std::uint64_t hash) {
    ++sum_.twice;
    if (exchange::play_drawn(target_, seed, choice_.lies, choice_.profile).played.hash == hash) return;
    ++sum_.not_the_same;
    say(fmt::format("seed {:#x} did not give the same octets twice\n", seed));
  }

  void accuse(std::uint64_t seed, const exchange::DrawnSession& drawn) {
    const CaseViolation* accusation = first_accusation(drawn.played.result);
    if (accusation != nullptr || !drawn.played.broken.empty()) ++sum_.accused;
    if (!drawn.played.broken.empty())
      say(fmt::format("\nthe target broke down: {}\n  again: {}\n", drawn.played.broken,
                      again(choice_, seed)));
    if (accusation == nullptr) return;
    if (sum_.count(accusation->fingerprint) == 1 && sum_.kind_count <= shown_max)
      show(seed, drawn, *accusation);
  }

  /// What comes after the first may be its consequence: the model and the target already disagree.
  static const CaseViolation* first_accusation(const engine::CaseResult& result) {
    const auto found = std::ranges::find_if(
        result.violations, [](const CaseViolation& violation) { return violation.deviation.empty(); });
    return found == result.violations.end() ? nullptr : &*found;
  }

  /// True when `exchange` breaks the same rule in the same way before any other.
  bool still(const exchange::Exchange& exchange, const CaseViolation& violation) {
    exchange::Played played = exchange::play(exchange, target_, choice_.profile);
    known_.apply(played.result);
    const CaseViolation* first = first_accusation(played.result);
    return first != nullptr && first->fingerprint == violation.fingerprint;
  }

  void show(std::uint64_t seed, const exchange::DrawnSession& drawn, const CaseViolation& violation) {
    const exchange::Exchange least = exchange::shrunk(
        drawn.exchange, [&](const exchange::Exchange& shorter) { return still(shorter, violation); });
    const exchange::Played played = exchange::play(least, target_, choice_.profile);
    const model::Violation& what = violation.what;
    say(fmt::format("\n{} ({}) in {}, event {}{}\n  {}\n", what.requirement, model::to_string(what.level),
                    model::to_string(what.state), what.event,
                    what.known_practice.empty() ? "" : ", known practice: " + what.known_practice,
                    what.message));
    say(fmt::format("  got   {}\n", what.got));
    for (const std::string& want : what.want) say(fmt::format("  want  {}\n", want));
    say(fmt::format("  session of {} events, shrunk to {}:\n", drawn.exchange.events.size(),
                    least.events.size()));
    for (std::size_t i = 0; i < least.events.size(); ++i)
      say(fmt::format("    {:>3}  {}\n", i + 1, exchange::to_string(least.events[i])));
    say("\n" + reports::ladder(played.result, {.target = target_.traits().name, .first = 60, .last = 60}));
    say(fmt::format("  again: {}\n", again(choice_, seed)));
  }

  const RandomChoice& choice_;
  engine::VirtualTarget& target_;
  runner::DeviationFilter known_;
  Sum& sum_;
};

std::string summary(const Sum& sum, const RandomChoice& choice) {
  return fmt::format(
      "\n{} events in {} sessions with {}, seed {:#x}\n"
      "  accused       {} sessions, {} kinds of accusation\n"
      "  known         {} sessions showed nothing but known deviations\n"
      "  broken down   {} times\n"
      "  undecided     {} sessions{}\n"
      "  hypotheses    at most {} at once\n"
      "  evaluated     {} requirements\n"
      "  transcript    {:016x}; {} sessions played twice, {} not the same\n",
      sum.events, sum.sessions, choice.target.name, choice.seed, sum.accused, sum.kind_count, sum.known,
      sum.crashes, sum.undecided,
      sum.undecided == 0 ? "" : fmt::format(", the first has --seed {:#x}", sum.undecided_seed),
      sum.hypotheses, std::ranges::count(sum.evaluated, true), sum.hash, sum.twice, sum.not_the_same);
}

/// Plays in the process that calls; returns its exit code.
int play_here(const RandomChoice& choice, const ChosenTarget& chosen,
              std::vector<runner::Deviation> deviations, Sum& sum) {
  const auto target = open_target(chosen.spec);
  if (!target) return complain(target.error().error, Exit::target);
  if (!target->in_process || !target->can_reset)
    return complain({fmt::format("{} cannot be reset", chosen.name), {}}, Exit::target);
  runner::DeviationFilter known{std::move(deviations), target->in_process->traits().version};
  RandomRun{choice, *target->in_process, std::move(known), sum}.run();
  return code(Exit::ok);
}

/// Forks before any stack is loaded, so that no stack's memory is copied. Nothing when the process died of a
/// signal; then the session under way was its last.
std::optional<int> play_apart(const RandomChoice& choice, const ChosenTarget& chosen,
                              const std::vector<runner::Deviation>& deviations, Sum& sum) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  TCPJURY_ASSERT(child >= 0);
  if (child == 0) {
    const int exit = play_here(choice, chosen, deviations, sum);
    std::fflush(nullptr);
    ::_exit(exit);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  const int signal = WTERMSIG(status);
  ++sum.crashes;
  say(fmt::format("\n{}: the target {}\n  again: {}\n", signal == SIGALRM ? "TARGET-HANG" : "TARGET-CRASH",
                  signal == SIGALRM ? fmt::format("did not come back within {} s", hang_seconds)
                                    : fmt::format("ended its process: {}", ::strsignal(signal)),
                  again(choice, sum.next_seed)));
  ++sum.next_seed;
  return std::nullopt;
}

}  // namespace

int random_selftest(const RandomChoice& choice) {
  const auto chosen = choose_target(choice.target);
  if (!chosen) return complain(chosen.error(), Exit::usage);
  if (chosen->live) {
    return complain({fmt::format("{} runs on the machine's clock", chosen->name),
                     "random exchanges need a target in the process, such as lwip"},
                    Exit::usage);
  }
  Diagnostics diagnostics;
  const auto deviations = read_deviations(*chosen, diagnostics);
  if (!diagnostics.empty()) return complain(diagnostics);
  SharedSum shared;
  Sum& sum = shared.get();
  sum.next_seed = choice.seed;
  while (sum.crashes < crashes_max) {
    const auto exit = play_apart(choice, *chosen, deviations, sum);
    if (exit && *exit != code(Exit::ok)) return *exit;
    if (exit) break;
  }
  say(summary(sum, choice));
  if (sum.not_the_same != 0) return code(Exit::internal);
  return code(sum.accused + sum.crashes == 0 ? Exit::ok : Exit::failed);
}

}  // namespace tcpjury::cli
