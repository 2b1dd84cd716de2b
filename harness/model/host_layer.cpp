#include "harness/model/host_layer.h"

#include <algorithm>

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

bool exists(const Tcb& t) { return t.state != State::closed && t.state != State::listen; }

bool unnumbered(const Tcb& t) {
  return !t.iss && (t.state == State::syn_sent || t.state == State::syn_received);
}

/// Rows with several prescribed outcomes, of which a stack has to keep to one.
bool leaves_a_choice(const Rule& r) {
  return r.event == "RST-INWND" || r.event == "SYN-INWND" || r.event == "SYN-NEW" ||
         (r.event == "RST-EXACT" && r.state == State::time_wait);
}

/// Nothing where a hypothesis places the number outside the window: then it is another row's turn.
std::optional<Rule> choice_among(std::span<const Tcb> after) {
  std::optional<Rule> choice;
  bool outside = false;
  const auto look_at = [&](const Rule& r) {
    if (!choice && leaves_a_choice(r)) choice = r;
    outside = outside || r.event == "RST-OUT" || r.event == "SYN-OUT";
  };
  for (const Tcb& t : after) {
    for (const Rule& r : t.silent) look_at(r);
    for (const Obligation& o : t.owes) look_at(o.rule);
  }
  return outside ? std::nullopt : choice;
}

}  // namespace

void HostLayer::chose(std::string_view choice, Findings& findings) {
  if (choosing_) ++findings.host.choices[std::string{choosing_->requirement->id}][std::string{choice}];
  choosing_.reset();
}

void HostLayer::arrival(const Arrival& arrival, const View& view, Findings& /*findings*/) {
  if (std::none_of(view.before.begin(), view.before.end(), exists)) return;  // the answer will tell
  if (!arrival.has(wire::rst) && !arrival.has(wire::syn)) return;
  choosing_.reset();
  const bool certain = std::all_of(view.before.begin(), view.before.end(), [&](const Tcb& t) {
    return t.state == view.before.front().state && t.window_known;
  });
  if (certain) choosing_ = choice_among(view.after);
}

void HostLayer::emission(const Emitted& emitted, EmissionClass /*what*/, const View& view,
                         Findings& findings) {
  const bool new_number =
      emitted.has(wire::syn) && std::all_of(view.before.begin(), view.before.end(), unnumbered);
  if (new_number && findings.host.isns.size() < HostFacts::samples_max) {
    findings.host.isns.push_back(
        {emitted.at.earliest - clock_epoch,
         fmt::format("{} {}", to_string(view.tuple.target), to_string(view.tuple.tester)),
         emitted.segment->seq.raw, view.tuple.target.port.number, !emitted.has(wire::ack)});
  }
  if (!choosing_) return;
  const std::span<const Tcb> known = emitted.has(wire::rst) ? view.after : view.before;
  const bool new_attempt = choosing_->event != "SYN-NEW" && emitted.has(wire::syn);
  if (new_attempt || std::none_of(known.begin(), known.end(), exists))
    return chose("ends the connection", findings);
  if (emitted.has(wire::syn)) return chose("opens anew", findings);
  const bool lives = std::all_of(view.after.begin(), view.after.end(), exists);
  if (lives && !emitted.has(wire::rst)) chose("keeps the connection", findings);
}

}  // namespace tcpjury::model
