#include "harness/runner/worker_live.h"

#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <deque>

#include "harness/engine/live_map.h"
#include "harness/link/event_loop.h"
#include "harness/runner/live_driver.h"
#include "harness/runner/live_slots.h"
#include "harness/runner/pool.h"

namespace tcpjury::runner {
namespace {

/// How many tester addresses the steps speak of.
std::size_t peers_of(const scenario::Steps& steps) {
  std::size_t peers = 1;
  for (const scenario::Step& step : steps) {
    peers = std::max(peers, engine::peer_of(step.conn));
    if (const auto* loop = std::get_if<scenario::RepeatStep>(&step.what)) {
      peers = std::max(peers, peers_of(loop->body));
    } else if (const auto* choice = std::get_if<scenario::AnyOfStep>(&step.what)) {
      for (const auto& alternative : choice->alternatives)
        peers = std::max(peers, peers_of(alternative.then));
    }
  }
  return peers;
}

std::string text_of(const LinkRemarks& remarks) {
  return fmt::format(
      "{} datagrams belonged to no case ({} of them to cases that were over), {} were lost by the "
      "link{}{}",
      remarks.strays + remarks.late, remarks.late, remarks.dropped,
      remarks.first_strays.empty() ? "" : "; first: ", fmt::join(remarks.first_strays, ", "));
}

class LiveWorker {
 public:
  LiveWorker(WorkerChannel& channel, const Hello& hello, LiveTarget& target, WorkerCases& cases)
      : channel_{channel},
        hello_{hello},
        traits_{target.traits()},
        cases_{cases},
        slots_{traits_},
        driver_{target.link(), target.control(), loop_} {}

  int serve() {
    if (const auto watched = loop_.watch(channel_.fd()); !watched) return 1;
    for (;;) {
      bool gone = false;
      while (auto message = channel_.receive_now(gone)) {
        auto* job = std::get_if<Job>(&*message);
        if (job == nullptr) return 1;
        waiting_.push_back(std::move(*job));
      }
      if (gone || !start_waiting()) return 0;
      const auto turn = driver_.turn();
      if (!report()) return 0;
      if (turn == LiveDriver::Turn::broken) return 1;
    }
  }

 private:
  /// Starts what there is room for. False when the runner is gone.
  bool start_waiting() {
    while (!waiting_.empty()) {
      const auto started = start(waiting_.front());
      if (started == Start::runner_gone) return false;
      if (started == Start::no_room) return true;
      waiting_.pop_front();
    }
    return true;
  }

  enum class Start : std::uint8_t { done, no_room, runner_gone };

  Start answer(const Job& job, engine::CaseResult result) {
    return channel_.send(Finished{job.job, std::move(result)}) ? Start::done : Start::runner_gone;
  }

  Start start(const Job& job) {
    const auto variant = cases_.find(job.file, job.case_id);
    if (!variant) return answer(job, unknown_case(job, variant.error()));
    auto slot = slot_for(**variant);
    // Ports come back when a session ends; with none under way there is nothing to wait for.
    if (!slot && driver_.active() != 0) return Start::no_room;
    if (!slot)
      return answer(job, result_without_judging(**variant, engine::Verdict::error, slot.error().message));
    engine::Session session{**variant,
                            {.traits = &traits_,
                             .profile = hello_.profile,
                             .seed = job.seed,
                             .slot = *slot,
                             .strict_should = hello_.strict_should},
                            loop_.now()};
    driver_.add(job.job, std::move(session), std::move(*slot));
    return Start::done;
  }

  /// A case of a family the target lacks gets an empty slot: the session itself says that it does not apply.
  Result<engine::Slot> slot_for(const scenario::Variant& variant) {
    const bool has_family =
        variant.family == wire::Family::v4 ? traits_.v4.has_value() : traits_.v6.has_value();
    if (!has_family) return engine::Slot{};
    return slots_.allocate(variant.family, static_cast<std::uint32_t>(peers_of(variant.steps)));
  }

  bool report() {
    auto finished = driver_.take_finished();
    if (finished.empty()) return true;
    const LinkRemarks& remarks = driver_.remarks();
    const std::uint64_t oddities = remarks.strays + remarks.late + remarks.dropped;
    if (oddities != told_) {
      told_ = oddities;
      // Before the results: the runner stops listening after the last one.
      if (!channel_.send(Remark{text_of(remarks)})) return false;
    }
    for (LiveDriver::Finished& one : finished) {
      slots_.release(one.slot);
      one.result.host.life = std::to_string(::getpid());  // every worker has a clock of its own
      if (!channel_.send(Finished{one.number, std::move(one.result)})) return false;
    }
    return true;
  }

  WorkerChannel& channel_;
  const Hello& hello_;
  const engine::TargetTraits& traits_;
  WorkerCases& cases_;
  std::deque<Job> waiting_ = {};
  SlotAllocator slots_;
  link::EventLoop loop_{link::Interrupts::leave_alone};
  LiveDriver driver_;
  std::uint64_t told_ = 0;
};

}  // namespace

int serve_live(WorkerChannel& channel, const Hello& hello, LiveTarget& target, WorkerCases& cases) {
  return LiveWorker{channel, hello, target, cases}.serve();
}

}  // namespace tcpjury::runner
