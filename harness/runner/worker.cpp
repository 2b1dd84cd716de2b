#include "harness/runner/worker.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <time.h>

#include "harness/engine/session.h"
#include "harness/engine/virtual_driver.h"
#include "harness/runner/blackbox.h"
#include "harness/runner/pool.h"
#include "harness/runner/whole_link.h"
#include "harness/runner/witness.h"
#include "harness/runner/worker_cases.h"
#include "harness/runner/worker_channel.h"
#include "harness/runner/worker_live.h"
#include "harness/runner/worker_process.h"

namespace tcpjury::runner {
namespace {

Duration cpu_time_of_this_process() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

class VirtualWorker {
 public:
  VirtualWorker(const Hello& hello, const OpenedTarget& target, BlackBoxMemory& box, WorkerCases& cases)
      : hello_{hello},
        can_reset_{target.can_reset},
        box_{box},
        target_{*target.in_process, box_},
        cases_{cases} {}

  engine::CaseResult run(const Job& job) {
    const auto variant = cases_.find(job.file, job.case_id);
    if (!variant) return unknown_case(job, variant.error());
    box_.begin_case(job.job, cpu_time_of_this_process());
    engine::CaseResult result = run(**variant, job.seed);
    box_.end_case();
    return result;
  }

 private:
  engine::CaseResult run(const scenario::Variant& variant, std::uint64_t seed) {
    // What cannot be reset has just been started: this is the only case of its process.
    if (const auto up = can_reset_ ? target_.reset(seed, clock_epoch) : Result<void>{}; !up) {
      return result_without_judging(variant, engine::Verdict::error,
                                    fmt::format("the target cannot be reset: {}", up.error().message));
    }
    const engine::TargetTraits& traits = target_.traits();
    engine::Session session{variant,
                            {.traits = &traits,
                             .profile = hello_.profile,
                             .seed = seed,
                             .slot = whole_link(traits, variant.family),
                             .strict_should = hello_.strict_should},
                            clock_epoch};
    target_.watch(&session);
    engine::run_virtual(session, target_);
    target_.watch(nullptr);
    return session.take_result();
  }

  const Hello& hello_;
  bool can_reset_;
  BlackBoxWriter box_;
  WitnessedTarget target_;
  WorkerCases& cases_;
};

int serve_virtual(WorkerChannel& channel, VirtualWorker& worker) {
  while (const auto message = channel.receive()) {
    const auto* job = std::get_if<Job>(&*message);
    if (job == nullptr) return 1;
    if (!channel.send(Finished{job->job, worker.run(*job)})) return 0;
  }
  return 0;
}

}  // namespace

int worker_main(const TargetOpener& open, const CaseLoader& load) {
  // A worker never outlives its runner, and the runner alone decides what Ctrl-C means.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::signal(SIGINT, SIG_IGN);
  auto box = BlackBoxMemory::attach(worker_blackbox_fd);
  if (!box) return 1;
  WorkerChannel channel{worker_socket_fd};
  const auto first = channel.receive();
  const auto* hello = first ? std::get_if<Hello>(&*first) : nullptr;
  if (hello == nullptr) return 1;

  auto target = open(hello->target);
  if (!target) {
    const OpenFailure& failure = target.error();
    channel.send(Refused{failure.environment, failure.error.message, failure.error.hint});
    return 0;
  }
  WorkerCases cases{load};
  const engine::TargetTraits& traits = target->live ? target->live->traits() : target->in_process->traits();
  if (!channel.send(
          Ready{traits.name, traits.version, traits.clock, target->can_reset, traits.environment})) {
    return 0;
  }
  if (target->live) return serve_live(channel, *hello, *target->live, cases);
  VirtualWorker worker{*hello, *target, *box, cases};
  return serve_virtual(channel, worker);
}

}  // namespace tcpjury::runner
