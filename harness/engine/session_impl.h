// The insides of a session, shared by the files session*.cpp and by nothing else.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/engine/fill.h"
#include "harness/engine/handles.h"
#include "harness/engine/live_map.h"
#include "harness/engine/match.h"
#include "harness/engine/outcome.h"
#include "harness/engine/program.h"
#include "harness/engine/recorder.h"
#include "harness/engine/session.h"
#include "harness/model/judge.h"

namespace tcpjury::engine {

/// A scenario may name so many connections; the rest of the slot's ports are for probes.
inline constexpr std::size_t ports_for_labels = Slot::ports_per_slot / 2;

/// A segment of the target that no step has asked about yet.
struct Arrived {
  TimeSpan at;
  wire::Decoded frame;
  model::EmissionClass was;
  TesterSide before;  ///< the tester's variables just before it came
  Recorder::Place place;
};

/// What belongs to one connection of the scenario beside its numbers.
struct Mailbox {
  std::deque<Arrived> segments = {};
  std::deque<AppEvent> events = {};
  std::optional<wire::Packet> last_segment = {};  ///< from the target; what an ICMP error quotes
  std::vector<model::State> states = {};          ///< as last written to the transcript
  std::uint32_t target_text = 0;                  ///< octets of the target's stream accepted so far
};

/// How far the current step is.
struct StepProgress {
  bool entered = false;
  TimePoint since = clock_epoch;
  TimePoint deadline = never;
  bool generous = false;  ///< nobody asked for this deadline, so pending obligations may move it
  std::size_t violations = 0;
  std::size_t segments_sent = 0;
  bool wants_status = false;
  std::optional<model::State> status = {};
  std::vector<std::string> events_seen = {};
};

enum class Phase : std::uint8_t { running, cleaning, finished };

struct Session::Impl {
  Impl(const scenario::Variant& v, SessionConfig c, TimePoint start);

  // ---- reports (session.cpp) ----
  void frame(TimeSpan at, BytesView datagram);
  void notice(TimeSpan at, const AppEvent& event);
  void quiet(TimePoint until);
  void sent(TimeSpan at);
  void replied(TimeSpan at, const AppReply& reply);
  [[nodiscard]] TimePoint deadline() const;

  // ---- actions (session_actions.cpp) ----
  std::optional<Action> next(TimePoint at);
  std::optional<Action> send_action(const scenario::Step& step, const scenario::SendStep& send);
  std::optional<Action> icmp_action(const scenario::Step& step, const scenario::IcmpStep& icmp);
  std::optional<Action> call_action(const scenario::Step& step, const scenario::Call& call);
  std::optional<Action> status_action(const scenario::Step& step);
  std::optional<Action> datagram_action(Filled filled, const std::string& label);
  /// The handle a call is made on; nothing while it has to wait for one, or the case has ended for lack of
  /// it.
  std::optional<Handle> handle_for(const scenario::Step& step, const scenario::Call& call);
  void take_reply(TimeSpan at, const std::string& label, const AppRequest& request, const AppReply& reply);

  // ---- steps (session_steps.cpp) ----
  /// Executes steps as far as that needs neither an action nor more time.
  void pump();
  void enter(const scenario::Step& step);
  bool run(const scenario::Step& step);
  struct Choice {
    const scenario::SegmentPattern* pattern;
    const scenario::Steps* then;
  };
  bool run_choices(const scenario::Step& step, const std::vector<Choice>& choices);
  bool run_nothing(const scenario::Step& step, const scenario::ExpectNothingStep& nothing);
  bool run_event(const scenario::Step& step, const scenario::ExpectEventStep& expected);
  bool run_repeat(const scenario::Step& step, const scenario::RepeatStep& repeat);
  bool run_state(const scenario::Step& step, const scenario::ExpectStateStep& expected);
  void start_probe(const scenario::Step& step, model::State state);
  [[nodiscard]] bool time_is_up();
  [[nodiscard]] bool is_settled() const;
  void step_held(const scenario::Step& step);
  void discard_mail(const std::string& label);

  // ---- verdicts (session_verdict.cpp) ----
  void collect_violations();
  /// The step's own expectation failed.
  struct Mismatch {
    std::string fields;  ///< names only, "ack,seq"
    std::string got;
    std::vector<std::string> want;
    std::string message;
  };
  /// True when the case goes on all the same: the model has already said what was wrong.
  bool mismatch(const scenario::Step& step, const Mismatch& what);
  void unknown_name(const scenario::Step& step, const Error& error);
  void conclude(Verdict verdict, std::string reason);
  void end();
  void mark(std::string note, std::string_view label = {});
  void note_states(const std::string& label);
  CaseResult result();

  // ---- cleaning (session_cleanup.cpp) ----
  void start_cleaning();
  std::optional<Action> cleaning_action();

  [[nodiscard]] Duration length(const scenario::SymbolicDuration& d) const;
  [[nodiscard]] std::uint32_t step_number() const;
  [[nodiscard]] Strictness strictness() const;
  Mailbox& mail(const std::string& label) { return mailboxes[label]; }

  const scenario::Variant& variant;
  scenario::Steps walk;  ///< into the state the variant starts in
  SessionConfig config;
  TimePoint started;
  TimePoint now;             ///< the latest moment heard of
  TimePoint reported_until;  ///< everything the target said before this is known
  model::Judge judge;
  std::optional<LiveMap> map;  ///< absent when the case is not applicable
  std::optional<Program> program;
  Recorder recorder;
  Outcome outcome;
  std::string missing;
  Handles handles;
  std::map<std::string, Mailbox> mailboxes;
  StepProgress progress;
  std::set<wire::IpAddress> other_peers;  ///< addresses it claimed to send from, or had the target OPEN to
  std::size_t violations_seen = 0;
  std::size_t steps_done = 0;
  std::uint32_t last_step = 0;
  Phase phase = Phase::running;

  /// Datagrams of one segment that are under way: only when the last is out has the target got it.
  struct Outgoing {
    std::string label;
    Filled filled;
    std::size_t next = 0;
  };
  std::optional<Outgoing> outgoing;
  struct Asked {
    std::string label;
    AppRequest request;
  };
  std::optional<Asked> asked;
  bool in_flight = false;
  std::deque<Action> cleaning;
  bool probing = false;
  std::uint32_t probes = 0;
};

}  // namespace tcpjury::engine
