#include "harness/cli/explain_texts.h"

#include <array>
#include <utility>

#include "harness/base/assert.h"

namespace tcpjury::cli {
namespace {

constexpr std::array<ExitText, 12> exits{{
    {0,
     "Everything that was judged passed (warnings, expected failures and cases that do not apply included)."},
    {1, "A case failed, or passed although deviations.toml says that it always fails."},
    {2, "The command line is wrong; the message says where."},
    {3, "A scenario file or deviations.toml has a mistake; nothing was run."},
    {4, "No case is selected. --no-tests=pass makes that no error."},
    {5, "Nothing was decided: every case that applies is inconclusive."},
    {6, "Something got worse between two runs (diff), or too few requirements were evaluated (coverage)."},
    {10, "This machine cannot run it, or cases could not be judged for a reason outside the target."},
    {11, "The target did not start."},
    {70, "A bug of tcpjury. Please report it with what it printed."},
    {77, "A fuzzer found something."},
    {130, "Interrupted; what had run is stored and marked as partial."},
}};

constexpr std::string_view filter_page =
    R"(filter: an expression that selects cases, for `run --filter` and `list scenarios --filter`.

  id(X)      the id of the case: "topic/name[family=v4,...]"
  tag(X)     one of its tags
  req(X)     a requirement it lists
  state(X)   the state it is about: an axis state=..., a step that expects it, or a requirement of event
             processing that names it
  family(X)  v4 or v6
  tier(X)    fast, slow or rare
  word       the same as id(word)
  not, and, or, ( )    not binds closest, then and, then or

X may hold * (any characters) and ? (one); then the whole name must match. Without them id() and req() match
any part of a name, the others the whole name. Capitals do not matter, and _ is the same as -.

  tcpjury run --filter 'tag(smoke) and not state(time_wait)'
  tcpjury run --filter 'req(RFC9293-MUST-2) or handshake'
)";

constexpr std::array<std::pair<std::string_view, std::string_view>, 15> others{{
    {"TARGET-CRASH",
     "The target ended its process (a signal, exit() or abort()) while a case was under way. No RFC says "
     "that a "
     "stack must survive, so this id stands where a violation names its requirement; its level is MUST. The "
     "transcript ends with what the target was doing."},
    {"TARGET-HANG",
     "The target did not return to the harness: one case used more CPU time than --hang-cpu allows. No RFC "
     "says "
     "that a stack must return, so this id stands where a violation names its requirement; its level is "
     "MUST."},
    {"D001",
     "deviations.toml is a list of [[deviation]] tables; something else stands in it, or it cannot be read."},
    {"D002", "An entry of deviations.toml has a field that does not exist."},
    {"D003",
     "An entry of deviations.toml lacks a field. It needs id, requirement, state, event, pattern, reason and "
     "source: an entry never matches on a requirement alone."},
    {"D004", "A field of deviations.toml has the wrong type or is empty."},
    {"D005", "Two entries of deviations.toml have the same id."},
    {"D006",
     "An entry of deviations.toml matches any state and any event: that would hide every way to break its "
     "requirement."},
    {"D007", "'always = true' promises that a scenario never passes, so the entry must name it."},
    {"D008", "A pattern between slashes is a regular expression (ECMAScript); this one is malformed."},
    {"R001",
     "A file of exceptions (exceptions.toml, kill_matrix.toml) is a list of tables of one name; something "
     "else "
     "stands in it, or it cannot be read."},
    {"R002", "An entry of a file of exceptions has a field that does not exist."},
    {"R003",
     "An entry of a file of exceptions lacks a field, or one is not a text or is empty: no exception without "
     "a reason."},
    {"R004", "An entry of a file of exceptions names a requirement or a fault that does not exist."},
    {"R005", "Two entries of exceptions.toml are about the same requirement."},
}};

}  // namespace

std::span<const ExitText> exit_texts() { return exits; }

std::string_view verdict_text(engine::Verdict verdict) {
  switch (verdict) {
    using enum engine::Verdict;
    case pass:
      return "Every step went as the scenario says and the model saw no rule broken.";
    case warn:
      return "A SHOULD was broken, no MUST. --strict should turns it into a fail.";
    case fail:
      return "A MUST was broken. The violation names the rule, what came and what would have been permitted.";
    case xfail:
      return "Failed exactly as an entry of the target's deviations.toml expects.";
    case xpass:
      return "Passed although deviations.toml says that it always fails. Counts as a failure: the entry is "
             "out of date.";
    case inconclusive:
      return "Could not be decided; the reason says which observation was lacking. Never a guess.";
    case not_applicable:
      return "The target lacks a capability that the scenario needs; `missing` names it.";
    case error:
      return "The environment or the target's adapter failed; nothing was judged.";
  }
  TCPJURY_UNREACHABLE();
}

std::string_view state_text(model::State state) {
  switch (state) {
    using enum model::State;
    case closed:
      return "No connection at all.";
    case listen:
      return "Waiting for a connection request from any remote TCP peer.";
    case syn_sent:
      return "A SYN was sent; waiting for a matching one.";
    case syn_received:
      return "SYNs were received and sent; waiting for the acknowledgment of ours.";
    case established:
      return "The connection is open; text is delivered to the user.";
    case fin_wait_1:
      return "A FIN was sent; waiting for its acknowledgment or the peer's FIN.";
    case fin_wait_2:
      return "Our FIN is acknowledged; waiting for the peer's.";
    case close_wait:
      return "The peer's FIN was received; waiting for the local user's CLOSE.";
    case closing:
      return "Both FINs were sent and received; waiting for the acknowledgment of ours.";
    case last_ack:
      return "The peer closed first, then we did; waiting for the acknowledgment of our FIN.";
    case time_wait:
      return "Waiting long enough (2 MSL) for old segments to vanish and for the peer to have our last "
             "acknowledgment.";
  }
  TCPJURY_UNREACHABLE();
}

std::string_view filter_text() { return filter_page; }

std::optional<std::string_view> other_text(std::string_view id) {
  for (const auto& [name, text] : others) {
    if (name == id) return text;
  }
  return std::nullopt;
}

}  // namespace tcpjury::cli
