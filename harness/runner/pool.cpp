#include "harness/runner/pool.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <iterator>
#include <memory>

#include "harness/base/assert.h"
#include "harness/runner/pool_worker.h"

namespace tcpjury::runner {
namespace {

/// Cases given to a virtual worker ahead of time, so that it never waits for the runner.
constexpr std::size_t jobs_ahead = 8;
constexpr int start_failures_max = 3;
constexpr int tick_milliseconds = 50;
constexpr std::string_view internal_error_mark = "tcpjury: internal error";

class Pool {
 public:
  /// Runs the cases `wanted` of the plan.
  Pool(const Plan& plan, const std::vector<std::size_t>& wanted, const PoolConfig& config,
       const PoolObserver& observer)
      : plan_{plan},
        config_{config},
        observer_{observer},
        pending_{wanted.begin(), wanted.end()},
        wanted_{wanted.size()} {
    TCPJURY_ASSERT(config.workers >= 1);
    outcome_.results.resize(plan.cases.size());
  }

  PoolOutcome run() {
    while (!over()) {
      if (observer_.interrupts() >= 2) break;
      hire();
      assign();
      wait();
      for (auto& worker : workers_) serve(*worker);
      std::erase_if(workers_, [&](const auto& worker) { return is_gone(*worker); });
      observer_.on_tick(done_, wanted_);
    }
    for (auto& worker : workers_) keep_remark(*worker);
    outcome_.partial = !outcome_.refused && done_ < wanted_;
    // Whoever is at work now was interrupted for good; the destructors kill and reap.
    workers_.clear();
    return std::move(outcome_);
  }

 private:
  [[nodiscard]] bool live() const {
    return outcome_.target && outcome_.target->clock == ClockKind::real_time;
  }
  [[nodiscard]] bool can_reset() const { return !outcome_.target || outcome_.target->can_reset; }

  [[nodiscard]] bool under_way() const {
    return std::ranges::any_of(workers_, [](const auto& worker) { return !worker->assigned.empty(); });
  }
  [[nodiscard]] bool over() const {
    if (outcome_.refused || done_ == wanted_) return true;
    return observer_.interrupts() >= 1 && !under_way();
  }

  /// How many cases a worker may hold.
  [[nodiscard]] std::size_t capacity() const {
    if (live()) {
      // Everything at once, but the same share for every worker.
      const std::size_t share = (wanted_ + config_.workers - 1) / config_.workers;
      return config_.sessions == 0 ? share : config_.sessions;
    }
    return can_reset() ? jobs_ahead : 1;
  }

  /// Starts workers while there is work for them. The first one alone: it tells what the target is.
  void hire() {
    const std::size_t wanted = outcome_.target ? config_.workers : 1;
    const auto active = static_cast<std::size_t>(
        std::ranges::count_if(workers_, [](const auto& worker) { return !worker->retired; }));
    const std::size_t needed = std::min(wanted, active + pending_.size());
    for (std::size_t i = active; i < needed && observer_.interrupts() == 0; ++i) {
      auto process = WorkerProcess::start(config_.command);
      if (!process) {
        outcome_.refused = Refused{true, process.error().message, process.error().hint};
        return;
      }
      workers_.push_back(std::make_unique<PoolWorker>(std::move(*process)));
      workers_.back()->post(Hello{config_.target, config_.profile, config_.strict_should,
                                  static_cast<std::uint32_t>(config_.sessions)});
    }
  }

  void assign() {
    if (observer_.interrupts() != 0) return;
    // Round robin, one case at a time, so that a short plan is spread over all workers.
    for (bool given = true; given && !pending_.empty();) {
      given = false;
      for (auto& worker : workers_) {
        if (pending_.empty()) break;
        if (!worker->ready || worker->retired || worker->assigned.size() >= capacity()) continue;
        give(*worker, pending_.front());
        pending_.pop_front();
        given = true;
      }
    }
  }

  void give(PoolWorker& worker, std::size_t index) {
    const PlannedCase& planned = plan_.cases[index];
    const scenario::Variant& variant = plan_.variant_of(planned);
    worker.assigned.push_back(index);
    worker.post(Job{index, variant.file, variant.id(), planned.seed});
  }

  void wait() {
    std::vector<pollfd> descriptors;
    for (auto& worker : workers_) {
      const short events = static_cast<short>(POLLIN | (worker->wants_to_write() ? POLLOUT : 0));
      descriptors.push_back({worker->process().socket(), events, 0});
      descriptors.push_back({worker->process().error_output(), POLLIN, 0});
    }
    // A signal ends the wait early, which is what it is for.
    (void)::poll(descriptors.data(), descriptors.size(), tick_milliseconds);
  }

  void serve(PoolWorker& worker) {
    worker.write_some();
    worker.process().collect_error_output();
    const bool hung_up = worker.read_some();
    for (;;) {
      auto message = worker.next_message();
      if (!message) return nonsense(worker, message.error().message);
      if (!*message) break;
      if (auto complaint = take(worker, **message)) return nonsense(worker, *complaint);
    }
    if (hung_up) return bury(worker, Death::Kind::crash, {});
    if (live()) return;
    if (auto reason = worker.overdue(config_.hang_cpu, config_.wall_limit)) {
      worker.process().kill();
      bury(worker, Death::Kind::hang, *reason);
    }
  }

  /// Acts on a message; says what is wrong with it when it makes no sense now.
  std::optional<std::string> take(PoolWorker& worker, FromWorker& message) {
    if (auto* ready = std::get_if<Ready>(&message)) {
      if (worker.ready) return "the target came up twice";
      worker.ready = *ready;
      if (!outcome_.target) {
        outcome_.target = *ready;
        observer_.on_ready(*ready);
      }
      return std::nullopt;
    }
    if (auto* refused = std::get_if<Refused>(&message)) {
      outcome_.refused = *refused;
      return std::nullopt;
    }
    if (auto* remark = std::get_if<Remark>(&message)) {
      worker.remark = std::move(remark->text);
      return std::nullopt;
    }
    auto& finished = std::get<Finished>(message);
    const auto slot = std::ranges::find(worker.assigned, finished.job);
    if (slot == worker.assigned.end()) return "a result nobody asked for";
    const std::size_t index = *slot;
    worker.assigned.erase(slot);
    conclude(index, std::move(finished.result));
    if (!can_reset()) worker.hang_up();
    return std::nullopt;
  }

  void conclude(std::size_t index, engine::CaseResult result) {
    start_failures_ = 0;
    observer_.on_result(index, result);
    outcome_.results[index] = std::move(result);
    ++done_;
  }

  [[nodiscard]] const scenario::Variant& variant(std::size_t index) const {
    return plan_.variant_of(plan_.cases[index]);
  }

  /// A worker that sends garbage: no verdict about the target can be trusted, and none is given.
  void nonsense(PoolWorker& worker, const std::string& what) {
    worker.process().kill();
    (void)worker.process().reap();
    if (!worker.ready) return start_failed(worker, fmt::format("the worker sent nonsense: {}", what));
    // Cases run in the order in which they were given, and messages keep it: the first without a result
    // answers for it. (The black box may already tell of the next one.)
    for (const std::size_t index : worker.assigned) {
      conclude(index, result_without_judging(variant(index), engine::Verdict::error,
                                             fmt::format("the worker sent nonsense: {}", what)));
      if (!live()) break;
    }
    requeue(worker);
  }

  [[nodiscard]] std::optional<std::size_t> case_under_way(PoolWorker& worker) const {
    const auto job = blackbox_status(worker.process().blackbox()).job;
    if (!job || std::ranges::find(worker.assigned, *job) == worker.assigned.end()) return std::nullopt;
    return static_cast<std::size_t>(*job);
  }

  /// What was assigned and has no result goes back to the front of the queue, in its order.
  void requeue(PoolWorker& worker) {
    for (auto index = worker.assigned.rbegin(); index != worker.assigned.rend(); ++index) {
      if (!outcome_.results[*index]) pending_.push_front(*index);
    }
    worker.assigned.clear();
    keep_remark(worker);
    gone_.push_back(&worker);
  }

  void keep_remark(PoolWorker& worker) {
    if (!worker.remark.empty()) outcome_.remarks.push_back(std::move(worker.remark));
    worker.remark.clear();
  }

  /// A worker has ended, expectedly or not.
  void bury(PoolWorker& worker, Death::Kind kind, std::string cause) {
    const std::string ending = worker.process().reap();
    if (cause.empty()) cause = ending;
    const std::string& written = worker.process().error_text();
    if (written.find(internal_error_mark) != std::string::npos) outcome_.internal_error = true;
    if (outcome_.refused || (worker.retired && worker.assigned.empty())) return requeue(worker);
    if (!worker.ready) return start_failed(worker, cause);
    if (live()) {
      for (const std::size_t index : worker.assigned) {
        conclude(index, result_without_judging(variant(index), engine::Verdict::error,
                                               fmt::format("the worker died: {}", cause)));
      }
      return requeue(worker);
    }
    const auto guilty = case_under_way(worker);
    if (!guilty) return start_failed(worker, cause);
    if (outcome_.internal_error) {
      conclude(*guilty, result_without_judging(variant(*guilty), engine::Verdict::error,
                                               fmt::format("a bug of tcpjury: {}", written)));
      return requeue(worker);
    }
    const BlackBoxStatus status = blackbox_status(worker.process().blackbox());
    conclude(*guilty, result_of_death(variant(*guilty),
                                      {.kind = kind,
                                       .cause = std::move(cause),
                                       .step = status.step,
                                       .transcript = blackbox_transcript(worker.process().blackbox()),
                                       .error_text = written,
                                       .clock = worker.ready->clock}));
    requeue(worker);
  }

  /// Died outside of any case. Once may be chance; three times in a row the target does not work.
  void start_failed(PoolWorker& worker, const std::string& cause) {
    if (++start_failures_ >= start_failures_max) {
      std::string hint = worker.process().error_text();
      outcome_.refused = Refused{false, fmt::format("the target does not come up: {}", cause),
                                 hint.empty() ? hint : "it wrote: " + hint};
    }
    requeue(worker);
  }

  [[nodiscard]] bool is_gone(const PoolWorker& worker) { return std::erase(gone_, &worker) != 0; }

  const Plan& plan_;
  const PoolConfig& config_;
  const PoolObserver& observer_;
  PoolOutcome outcome_ = {};
  std::deque<std::size_t> pending_;
  std::size_t wanted_;
  std::vector<std::unique_ptr<PoolWorker>> workers_ = {};
  std::vector<const PoolWorker*> gone_ = {};
  std::size_t done_ = 0;
  int start_failures_ = 0;
};

/// Runs one group of cases after another, and keeps what the first tells of the target.
class Groups {
 public:
  Groups(const Plan& plan, const PoolConfig& config, const PoolObserver& observer)
      : plan_{plan}, config_{config}, observer_{observer} {
    whole_.results.resize(plan.cases.size());
  }

  PoolOutcome run() {
    for (const auto& [settings, cases] : settings_groups(plan_, config_.target_name)) {
      if (whole_.refused || whole_.partial) break;
      join(settings, cases, run(settings, cases));
    }
    const auto missing = std::ranges::count_if(whole_.results, [](const auto& r) { return !r.has_value(); });
    whole_.partial = !whole_.refused && missing != 0;
    return std::move(whole_);
  }

 private:
  PoolOutcome run(const Settings& settings, const std::vector<std::size_t>& cases) {
    PoolConfig config = config_;
    if (!settings.empty()) config.target = config_.with_settings(config_.target, settings);
    PoolObserver observer = observer_;
    if (whole_.target) observer.on_ready = [](const Ready&) {};
    observer.on_tick = [this](std::size_t done, std::size_t) {
      observer_.on_tick(done_ + done, plan_.cases.size());
    };
    return Pool{plan_, cases, config, observer}.run();
  }

  void join(const Settings& settings, const std::vector<std::size_t>& cases, PoolOutcome part) {
    if (!whole_.target) whole_.target = part.target;
    whole_.internal_error = whole_.internal_error || part.internal_error;
    std::ranges::move(part.remarks, std::back_inserter(whole_.remarks));
    if (part.refused && settings.empty()) whole_.refused = part.refused;
    for (const std::size_t index : cases) {
      if (part.refused && !settings.empty() && !part.results[index]) {
        part.results[index] = result_without_judging(
            plan_.variant_of(plan_.cases[index]), engine::Verdict::not_applicable,
            fmt::format("the target does not offer the settings asked for: {}", part.refused->message));
        observer_.on_result(index, *part.results[index]);
      }
      if (part.results[index]) ++done_;
      whole_.results[index] = std::move(part.results[index]);
    }
    whole_.partial = part.partial;
  }

  const Plan& plan_;
  const PoolConfig& config_;
  const PoolObserver& observer_;
  PoolOutcome whole_ = {};
  std::size_t done_ = 0;
};

}  // namespace

PoolOutcome run_plan(const Plan& plan, const PoolConfig& config, const PoolObserver& observer) {
  return Groups{plan, config, observer}.run();
}

}  // namespace tcpjury::runner
