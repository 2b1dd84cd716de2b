// The judge: watches the boundary of one target and says what is permitted next.
//
// It does no I/O and reads no clock. Everything that crosses the boundary is reported to it in the order it
// happened; after each report it holds the set of hypotheses about the target that explain all of it, with
// the permissions, obligations and prohibitions that follow. An observation that leaves the set empty is a
// violation. See README.md of this folder.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/base/time.h"
#include "harness/model/host_facts.h"
#include "harness/model/profile.h"
#include "harness/model/state.h"
#include "harness/model/user_option.h"
#include "harness/model/violation.h"
#include "harness/wire/address.h"
#include "harness/wire/packet.h"
#include "harness/wire/seq.h"

namespace tcpjury::model {

/// A connection as both ends name it.
struct FourTuple {
  wire::Endpoint target = {};
  wire::Endpoint tester = {};
  friend auto operator<=>(const FourTuple&, const FourTuple&) = default;
};

/// What the judge must be told about the target, because no segment says it.
struct TargetFacts {
  ClockKind clock = ClockKind::virtual_time;
  std::optional<Duration> msl =
      {};  ///< what the target claims; without it TIME-WAIT's length is measured, not judged
  Duration clock_resolution{};  ///< timers may be late by this much
  std::uint32_t mtu = 1500;
};

/// A user call that was made and answered (RFC 9293 section 3.9.1), as one report.
struct UserCall {
  enum class Kind : std::uint8_t {
    open_passive,
    open_active,
    send,
    receive,
    close,
    release,
    abort,
    set
  } kind;
  FourTuple connection = {};  ///< open_passive: only target.port counts; open_active: tester endpoint,
                              ///< target.port 0 when unknown
  bool ok = true;             ///< false: the stack refused the call
  Bytes octets = {};          ///< send: what the stack accepted; receive: what it delivered
  bool peer_closed = false;   ///< receive: the end of the peer's text was reached
  bool urgent = false;        ///< send: with the URGENT flag; receive: more urgent data remains to be read
  UserOption option = UserOption::nagle;    ///< set
  std::uint64_t value = 0;                  ///< set
  std::vector<wire::IpAddress> route = {};  ///< open_active: routers of a loose source route
};

/// What the target told its user.
struct UserNotice {
  enum class Kind : std::uint8_t {
    opened,
    accepted,
    readable,
    peer_closed,
    reset,
    error,
    closed,
    urgent,
    soft_error
  } kind;
  FourTuple connection = {};
};

class Judge {
 public:
  Judge(Profile profile, TargetFacts facts);
  ~Judge();
  Judge(Judge&&) noexcept;
  Judge& operator=(Judge&&) noexcept;

  // ---- reports, in the order things happened -------------------------------------------------------

  /// Octets were put on the link towards the target. Never judged, however illegal.
  void stimulus(TimeSpan at, const wire::Decoded& frame);
  void call(TimeSpan at, const UserCall& call);
  void notice(TimeSpan at, const UserNotice& notice);
  /// Octets came from the target. Says what they were.
  EmissionClass emission(TimeSpan at, const wire::Decoded& frame);
  /// Everything the target emitted before `now` has been reported. Obligations due before it have expired.
  void quiet_until(TimePoint now);

  // ---- questions ----------------------------------------------------------------------------------

  /// True when no hypothesis owes a prompt answer: the next stimulus may be sent without confusing cause and
  /// effect.
  [[nodiscard]] bool settled() const;
  /// The next moment at which quiet_until() may change anything; never when nothing is pending.
  [[nodiscard]] TimePoint next_deadline() const;
  /// The states the target may be in, without repetition, in the RFC's order. Empty when judging that
  /// connection has been suspended (after a violation, or a stimulus the model cannot interpret).
  [[nodiscard]] std::vector<State> states(const FourTuple& connection) const;
  /// A variable of the target's TCB ("snd.una", "snd.nxt", "snd.wnd", "rcv.nxt", "rcv.wnd", "iss", "irs"):
  /// nothing when hypotheses differ or it is not known yet.
  [[nodiscard]] std::optional<std::uint32_t> variable(const FourTuple& connection,
                                                      std::string_view name) const;
  /// The connection that an active OPEN towards `tester` turned out to be, once its SYN has been seen.
  [[nodiscard]] std::optional<FourTuple> opened_towards(const wire::Endpoint& tester) const;

  /// How many hypotheses are held about the connection with the most.
  [[nodiscard]] std::size_t hypotheses() const;

  /// Violations in the order they were found; grows only.
  [[nodiscard]] const std::vector<Violation>& violations() const;
  /// Why judging stopped without a violation ("more than 256 hypotheses", ...); empty when it did not.
  [[nodiscard]] const std::string& undecided() const;
  /// Requirements that were evaluated, by id.
  [[nodiscard]] const std::map<std::string, Evaluation, std::less<>>& evaluations() const;
  /// Measured values ("syn.rto.1": "1.000s", "timewait": "60.1s"), for the report.
  [[nodiscard]] const std::map<std::string, std::string, std::less<>>& features() const;
  /// What is judged over all sessions of a run.
  [[nodiscard]] const HostFacts& host_facts() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tcpjury::model
