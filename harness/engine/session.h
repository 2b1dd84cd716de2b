// One case being executed: sans-I/O. Time, datagrams, replies and events go in, actions come out.
//
// A driver owns the clock and the descriptors and does this:
//
//   while (!session.finished()) {
//     while (auto action = session.next(now)) {         // one action at a time
//       perform it; session.sent(span) or session.replied(span, reply);
//       report everything the target said at once with frame()/notice();
//       session.quiet(now);                             // on an ordered link: the fence
//     }
//     wait until min(session.deadline(), the target's next timer); report what came; session.quiet(now);
//   }
//
// next() returns nothing while the session waits. A session never has two stimuli under way: it sends the
// next one only when the model owes no prompt answer any more (Judge::settled()), unless the scenario says
// so.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "harness/base/time.h"
#include "harness/engine/result.h"
#include "harness/engine/target_port.h"
#include "harness/model/profile.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::engine {

/// What is this session's own on the link: nobody else uses these while it lives.
struct Slot {
  std::vector<wire::IpAddress> tester_addresses =
      {};                             ///< at least one; connections of one peer share the first
  wire::Port target_port = {};        ///< where the target listens; the scenario's other listeners follow it
  wire::Port tester_port_first = {};  ///< the session uses this one and the following 255
  static constexpr std::uint16_t ports_per_slot = 256;
};

struct SessionConfig {
  const TargetTraits* traits = nullptr;  ///< must outlive the session
  model::Profile profile = model::Profile::rfc9293;
  std::uint64_t seed = 1;  ///< of this case: ISNs and text derive from it
  Slot slot = {};
  bool strict_should = false;  ///< a broken SHOULD fails instead of warning
};

/// Put a datagram on the link.
struct SendDatagram {
  Bytes datagram;
};
/// Make a user call.
struct MakeCall {
  AppRequest request;
};
using Action = std::variant<SendDatagram, MakeCall>;

class Session {
 public:
  /// `variant` and everything in `config` must outlive the session.
  Session(const scenario::Variant& variant, SessionConfig config, TimePoint now);
  ~Session();
  Session(Session&&) noexcept;
  Session& operator=(Session&&) noexcept;

  /// The next thing to do now, or nothing while it waits (or is finished).
  [[nodiscard]] std::optional<Action> next(TimePoint now);
  /// The datagram of the last action was put on the link.
  void sent(TimeSpan at);
  /// The call of the last action was answered.
  void replied(TimeSpan at, const AppReply& reply);
  /// A datagram came from the target that belongs to this session (owns()).
  void frame(TimeSpan at, BytesView datagram);
  void notice(TimeSpan at, const AppEvent& event);
  /// Everything the target emitted before `now` has been reported.
  void quiet(TimePoint now);

  /// When quiet() must be called at the latest; `never` only when finished.
  [[nodiscard]] TimePoint deadline() const;
  [[nodiscard]] bool finished() const;
  /// True when the datagram is of a connection or tester address/port of this session.
  [[nodiscard]] bool owns(BytesView datagram) const;
  /// True when an event of this handle is this session's.
  [[nodiscard]] bool owns(Handle handle) const;
  /// Ends the case now with `verdict` and `reason` (target died, interrupted, wall limit). Nothing recorded
  /// is lost.
  void stop(Verdict verdict, std::string reason);

  /// The step being executed, for progress lines and for what a dying worker leaves behind.
  [[nodiscard]] std::uint32_t current_step() const;
  /// Everything recorded so far; grows only.
  [[nodiscard]] const Transcript& transcript() const;
  /// The outcome; only once finished().
  [[nodiscard]] CaseResult take_result();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tcpjury::engine
