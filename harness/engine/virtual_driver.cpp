#include "harness/engine/virtual_driver.h"

#include <fmt/format.h>

#include <algorithm>

namespace tcpjury::engine {
namespace {

class VirtualDriver {
 public:
  VirtualDriver(Session& session, VirtualTarget& target, VirtualLimits limits)
      : session_{session}, target_{target}, limits_{limits} {}

  void run() {
    for (std::uint64_t round = 0; !session_.finished(); ++round) {
      if (round >= limits_.rounds) {
        session_.stop(Verdict::error, fmt::format("no end after {} turns of the driver", limits_.rounds));
        return;
      }
      act();
      if (!session_.finished()) pass_time();
    }
  }

 private:
  void act() {
    while (auto action = session_.next(now_)) {
      if (const auto* send = std::get_if<SendDatagram>(&*action)) {
        // The model must know the cause before it sees the effect.
        session_.sent(exactly(now_));
        survived(target_.packet_in(send->datagram));
      } else if (const auto* call = std::get_if<MakeCall>(&*action)) {
        session_.replied(exactly(now_), target_.call(call->request));
      }
      report();
      if (session_.finished()) return;
    }
  }

  void pass_time() {
    const TimePoint due = std::min(session_.deadline(), target_.next_timer());
    if (due == never) {
      session_.stop(Verdict::error, "neither the target nor the case waits for anything");
      return;
    }
    // A deadline of this very moment has been dealt with; the clock must go on.
    now_ = std::max(due, now_ + Duration{1});
    if (now_ - clock_epoch > limits_.time) {
      session_.stop(Verdict::error,
                    fmt::format("no end after {} hours of virtual time",
                                std::chrono::duration_cast<std::chrono::hours>(limits_.time).count()));
      return;
    }
    survived(target_.advance(now_));
    report();
  }

  void survived(const Result<void>& result) {
    if (!result) session_.stop(Verdict::fail, fmt::format("the target failed: {}", result.error().message));
  }

  void report() {
    for (const Bytes& datagram : target_.take_output()) {
      if (session_.owns(datagram)) session_.frame(exactly(now_), datagram);
    }
    for (const AppEvent& event : target_.take_events()) {
      if (session_.owns(event.handle)) session_.notice(exactly(now_), event);
    }
    session_.quiet(now_);
  }

  Session& session_;
  VirtualTarget& target_;
  VirtualLimits limits_;
  TimePoint now_ = clock_epoch;
};

}  // namespace

CaseResult run_virtual(const scenario::Variant& variant, const SessionConfig& config, VirtualTarget& target,
                       VirtualLimits limits) {
  const Result<void> ready = target.reset(config.seed, clock_epoch);
  Session session{variant, config, clock_epoch};
  if (ready) {
    run_virtual(session, target, limits);
  } else {
    session.stop(Verdict::error, fmt::format("the target could not be reset: {}", ready.error().message));
  }
  return session.take_result();
}

void run_virtual(Session& session, VirtualTarget& target, VirtualLimits limits) {
  VirtualDriver{session, target, limits}.run();
}

}  // namespace tcpjury::engine
