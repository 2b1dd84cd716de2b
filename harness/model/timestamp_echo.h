// Which TSval the target may echo: TS.Recent by the rules of RFC 7323 section 4.3, as far as a tester can
// know it.
#pragma once

#include <vector>

#include "harness/model/layer.h"
#include "harness/model/timestamp_rules.h"

namespace tcpjury::model {

class TimestampEcho {
 public:
  void arrival(const Arrival& a, const View& v);
  /// A segment with ACK and the option, on a connection that may use it.
  void emission(const Emitted& e, std::uint32_t tsecr, const View& v, TimestampRules& rules, Findings& f);

  /// The rule a target breaks that drops the last text for its timestamp, when that one was unusual.
  [[nodiscard]] std::optional<TsRule> doubt() const { return doubt_; }
  /// The last reset was older than TS.Recent, or had no timestamp.
  [[nodiscard]] bool old_reset() const { return old_reset_; }
  /// For the next connection: whether the last one was reset shows in what comes then.
  [[nodiscard]] TimestampEcho renewed() const {
    TimestampEcho next{};
    next.old_reset_ = old_reset_;
    return next;
  }

 private:
  /// More candidates than this: nothing is known until an echo pins the value.
  static constexpr std::size_t candidates_max = 8;
  enum class Fate : std::uint8_t { taken, ignored, unclear };
  enum class Kind : std::uint8_t { none, in_order, ahead, fills_gap, bare };
  struct Last {
    std::uint32_t tsval = 0;
    Kind kind = Kind::none;
  };

  std::vector<std::uint32_t> recent_ = {};   ///< what TS.Recent may be; empty: not known
  std::vector<std::uint32_t> pending_ = {};  ///< all that arrived since the last emission
  std::optional<std::uint32_t> reset_ = {};  ///< TSval of a reset that the connection survived
  std::optional<std::uint32_t> echoed_ = {};
  Last last_ = {};
  std::optional<TsRule> doubt_ = {};
  SeqNum doubtful_end_ = {};  ///< of that text
  bool old_reset_ = false;
  bool wrapped_ = false;  ///< a TSval that is newer but numerically smaller arrived

  [[nodiscard]] Fate fate(const Arrival& a, std::uint32_t tsval, const View& v) const;
  void add(std::uint32_t tsval);
  void note(const Arrival& a, std::uint32_t tsval, const View& v);
  [[nodiscard]] bool pending(std::uint32_t tsval) const;
  void accuse(const Emitted& e, std::uint32_t tsecr, State state, TimestampRules& rules, Findings& f) const;
  void approve(std::uint32_t tsecr, State state, TimestampRules& rules, Findings& f) const;
};

}  // namespace tcpjury::model
