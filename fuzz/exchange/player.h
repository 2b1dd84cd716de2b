// Plays an exchange on a target in the process, in virtual time, under the model.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/exchange/event.h"
#include "harness/engine/outcome.h"
#include "harness/engine/recorder.h"
#include "harness/engine/target_port.h"
#include "harness/engine/tester_side.h"
#include "harness/model/judge.h"

namespace tcpjury::exchange {

struct Setup {
  wire::Family family = wire::Family::v4;
  std::uint64_t seed = 1;
  model::Profile profile = model::Profile::rfc9293;
};

/// What an exchange came to.
struct Played {
  engine::CaseResult result;   ///< with the transcript; the steps are the events, from 1
  std::size_t events = 0;      ///< played before it was over
  std::size_t hypotheses = 0;  ///< the most the model ever held about one connection
  std::string undecided = {};  ///< why the model gave up; empty when it did not
  std::string broken = {};     ///< what the target did that no target may (its ABI, its link)
  std::uint64_t hash = 0;      ///< of everything that crossed the boundary of the target, with times
};

/// One exchange under way. An event is played to its end: the next one comes only when the model owes no
/// prompt answer any more, so that cause and effect stay clear.
class Player {
 public:
  /// Resets `target`, which must outlive the player and offer the family.
  Player(engine::VirtualTarget& target, const Setup& setup);

  void play(const Event& event);
  /// True after an accusation that ends the judging of a connection, when the model cannot decide, or when
  /// the target broke down: what follows would prove nothing.
  [[nodiscard]] bool over() const { return over_; }
  [[nodiscard]] Played take();

  // ---- what a generator may look at ----------------------------------------------------------------------

  /// As the model believes; empty when the flow is not judged any more.
  [[nodiscard]] std::vector<model::State> states(Flow flow) const;
  [[nodiscard]] std::uint32_t resolve(Flow flow, const Number& number) const;
  [[nodiscard]] bool has_handle(Flow flow) const { return flows_[flow].handle.has_value(); }
  [[nodiscard]] bool listening() const { return listener_.has_value(); }
  /// Nothing was ever sent or called on it.
  [[nodiscard]] bool untouched(Flow flow) const { return !flows_[flow].touched; }
  [[nodiscard]] const engine::TesterSide& side(Flow flow) const { return flows_[flow].side; }
  [[nodiscard]] const engine::TargetTraits& traits() const { return target_.traits(); }
  /// The last datagram the tester sent on the flow; empty before the first.
  [[nodiscard]] const Bytes& last_sent(Flow flow) const { return flows_[flow].last_sent; }

 private:
  struct Channel {
    model::FourTuple tuple = {};
    engine::TesterSide side = {};
    std::optional<engine::Handle> handle = {};
    bool touched = false;
    bool target_opens = false;
    std::uint32_t target_text = 0;  ///< octets of the target's stream accepted so far
    std::optional<wire::Packet> last_received = {};
    Bytes last_sent = {};
    std::vector<model::State> states_noted = {};
  };

  void perform(const Advance& advance);
  void perform(const Call& call);
  void perform(const Segment& segment);
  void perform(const Raw& raw);
  void perform(const Icmp& icmp);

  [[nodiscard]] wire::TcpSegment filled(const Segment& segment) const;
  [[nodiscard]] Bytes options_of(const Segment& segment) const;
  void put(const Bytes& datagram, const std::optional<Flow>& flow,
           const std::optional<wire::TcpSegment>& honest);
  void make(const engine::AppRequest& request, model::UserCall::Kind kind, Flow flow, bool of_listener);

  void report();
  void frame(const Bytes& datagram);
  void notice(const engine::AppEvent& event);
  void step_time(TimePoint until);
  void settle();
  void survived(const Result<void>& result);
  void break_down(std::string why);
  void look();  ///< at the judge: states, violations, hypotheses
  [[nodiscard]] Channel* channel_at(const wire::Endpoint& tester);
  [[nodiscard]] std::string label(const Channel& channel) const;
  [[nodiscard]] std::uint32_t fresh_iss(Flow flow) const;
  void record(engine::TranscriptEvent event);

  engine::VirtualTarget& target_;
  Setup setup_;
  TimePoint now_ = clock_epoch;
  model::Judge judge_;
  std::array<Channel, flows_max> flows_ = {};
  std::optional<engine::Handle> listener_ = {};
  wire::Endpoint local_ = {};
  engine::Recorder recorder_ = {};
  engine::Outcome outcome_ = {};
  std::size_t violations_seen_ = 0;
  std::uint64_t hash_;
  std::uint64_t turns_ = 0;
  Played played_ = {};
  bool over_ = false;
};

/// Plays all of `exchange`, or until it is over.
[[nodiscard]] Played play(const Exchange& exchange, engine::VirtualTarget& target,
                          model::Profile profile = model::Profile::rfc9293);

}  // namespace tcpjury::exchange
