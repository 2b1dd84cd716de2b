// A target that is watched: before control goes into foreign code, everything recorded so far is in the
// black box, and so is what the stack is about to be given.
#pragma once

#include "harness/engine/session.h"
#include "harness/engine/target_port.h"
#include "harness/runner/blackbox.h"

namespace tcpjury::runner {

class WitnessedTarget final : public engine::VirtualTarget {
 public:
  /// Both must outlive this object.
  WitnessedTarget(engine::VirtualTarget& target, BlackBoxWriter& box) : target_{target}, box_{box} {}
  /// From now on the calls belong to this session; null when it is over.
  void watch(const engine::Session* session);

  [[nodiscard]] const engine::TargetTraits& traits() const override { return target_.traits(); }
  Result<void> reset(std::uint64_t seed, TimePoint now) override;
  Result<void> packet_in(BytesView datagram) override;
  Result<void> advance(TimePoint now) override;
  [[nodiscard]] TimePoint next_timer() override { return target_.next_timer(); }
  engine::AppReply call(const engine::AppRequest& request) override;
  std::vector<Bytes> take_output() override { return target_.take_output(); }
  std::vector<engine::AppEvent> take_events() override { return target_.take_events(); }

 private:
  void record_news();
  /// A session goes on to its next step as soon as a datagram is out; what the target does with it is still
  /// the doing of the step that sent it.
  void blame_step_of_last_datagram();
  [[nodiscard]] engine::TranscriptEvent tentative(engine::TranscriptEvent::Kind kind) const;

  engine::VirtualTarget& target_;
  BlackBoxWriter& box_;
  const engine::Session* session_ = nullptr;
  std::size_t recorded_ = 0;
  TimePoint now_ = clock_epoch;
};

}  // namespace tcpjury::runner
