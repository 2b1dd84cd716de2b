#include "harness/model/emission.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/assert.h"

namespace tcpjury::model {
namespace {

std::string shown(std::optional<SeqNum> base, SeqNum n) {
  return fmt::format("{}", base ? (n - *base).octets : n.raw);
}

std::string wanted_reset(const Tcb& t, const Obligation& o) {
  const auto base = t.iss;
  switch (o.reset.kind) {
    case ResetNumbers::Kind::from_ack:
      return fmt::format("<SEQ={}><CTL=RST>", shown(base, o.reset.seq));
    case ResetNumbers::Kind::no_ack:
      return fmt::format("<SEQ=0><ACK={}><CTL=RST,ACK>", o.reset.ack.raw);
    case ResetNumbers::Kind::abort:
      return fmt::format("<SEQ={}><CTL=RST>", shown(base, t.snd_nxt));
    case ResetNumbers::Kind::either:
      return "<CTL=RST>";
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace

std::vector<std::string> wanted(const Tcb& t) {
  std::vector<std::string> list;
  const auto irs = t.state == State::closed ? std::nullopt : std::optional{t.irs};
  for (const Obligation& o : t.owes) {
    const std::string ack = shown(irs, o.ack_at_least);
    if ((o.forms & form_syn) != 0) list.emplace_back("<SEQ=ISS><CTL=SYN>");
    if ((o.forms & form_syn_ack) != 0)
      list.push_back(fmt::format("<SEQ={}><ACK={}><CTL=SYN,ACK>", t.iss ? "0" : "ISS", ack));
    if ((o.forms & form_fin) != 0) {
      list.push_back(
          fmt::format("<SEQ={}><ACK={}><CTL=FIN,ACK>", shown(t.iss, t.snd_nxt), shown(irs, t.rcv_nxt_least)));
    }
    if ((o.forms & form_text) != 0)
      list.push_back(fmt::format("<SEQ={}><CTL=ACK> with text", shown(t.iss, t.snd_nxt)));
    if ((o.forms & form_reset) != 0) list.push_back(wanted_reset(t, o));
    if ((o.forms & form_ack) != 0)
      list.push_back(fmt::format("<SEQ={}><ACK={}><CTL=ACK>", shown(t.iss, t.snd_nxt), ack));
  }
  if (list.empty()) list.emplace_back("no segment");
  return list;
}

Rule to_blame(const Tcb& t, std::string_view general) {
  if (t.time_wait_over) return rule("RFC9293-3.10.8-TIME-WAIT-TIMEWAIT", "TIME-WAIT", State::time_wait);
  if (!t.owes.empty()) return t.owes.back().rule;
  return to_blame_silence(t, general);
}

Rule to_blame_silence(const Tcb& t, std::string_view general) {
  if (!t.silent.empty()) return t.silent.back();
  if (!t.owes.empty()) return t.owes.back().rule;
  return rule(general, "UNPROVOKED", t.state);
}

void discharge(Tcb& t, Forms forms, SeqNum ack, std::vector<Rule>& held) {
  std::erase_if(t.owes, [&](const Obligation& o) {
    const Forms common = static_cast<Forms>(o.forms & forms);
    if (common == 0) return false;
    const bool needs_ack = (common & (form_ack | form_syn_ack)) != 0;
    if (needs_ack && wire::before(ack, o.ack_at_least)) return false;
    held.push_back(o.rule);
    return true;
  });
}

Duration next_expiry(const RetransmissionTimer& timer, const Context& c) {
  // A maximum of the RTO is allowed, not demanded (RFC 6298 section 2.5): intervals may double for ever. One
  // slow round trip R makes SRTT + 4*RTTVAR of 3R, and a fast one after it makes RTTVAR larger still: 4R
  // bounds it.
  const Duration backed_off = timer.longest * 5 / 2;
  const Duration estimated = timer.slowest * 4;
  return std::max<Duration>(std::max(backed_off, estimated) + c.timing->slack,
                            c.timing->first_retransmission);
}

void sent_first_time(Tcb& t, TimeSpan at, const Context& c) {
  const Duration longest = t.timer.longest;
  const Duration slowest = t.timer.slowest;
  t.timer = {};
  t.timer.longest = longest;
  t.timer.slowest = slowest;
  t.timer.running = true;
  t.timer.first = t.timer.last = at;
  t.timer.due = at.latest + next_expiry(t.timer, c);
}

namespace {

using Seconds = std::chrono::duration<double>;

/// Each expiry doubles the RTO (RFC 6298 section 5.5), up to a cap of 60 s or more (section 2.5).
void check_backoff(Accepted& a, ElapsedBounds now, bool is_syn, const Context& c) {
  const RetransmissionTimer& before = a.next.timer;
  // The first repetition of text may be a tail loss probe, which leaves the RTO as it is (RFC 8985 section
  // 7).
  const std::uint32_t expiries_before = is_syn ? 1 : 2;
  const bool known = before.interval.most > Duration::zero();
  if (before.count < expiries_before || !before.undisturbed || !known) return;
  const Duration tolerance = c.timing->slack;
  constexpr std::chrono::seconds least_maximum{60};
  if (now.most + tolerance >= least_maximum) return;  // a maximum of the RTO may be in force
  // An interval that shrinks is not only not doubled: the segment went out before its RTO was over.
  const bool shrunk = now.most + tolerance < before.interval.least * 3 / 4;
  const Rule rto = rule(shrunk ? "RFC6298-5-1" : "RFC6298-5.5-1", "BACKOFF", a.next.state);
  if (now.most + tolerance < before.interval.least * 3 / 2) {
    a.findings.push_back(
        {rto,
         fmt::format("the retransmission timer was not doubled: {:.2f} s after an interval of {:.2f} s",
                     Seconds{now.most}.count(), Seconds{before.interval.least}.count()),
         {fmt::format("at least {:.2f} s", Seconds{before.interval.least * 3 / 2}.count())},
         {}});
  } else {
    a.held.push_back(rto);
  }
}

/// The first expiry tells the initial RTO: at least one second (RFC 6298 sections 2.1 and 2.4, both SHOULD).
void check_first_interval(Accepted& a, ElapsedBounds now, bool is_syn, const Context& c) {
  // On a real clock a starved tester provokes retransmissions that a rested one never sees: measured, not
  // judged.
  if (!c.timing->exact) return;
  if (a.next.timer.count != 0 || !a.next.timer.undisturbed) return;
  // What is on its way alone may be sent again as a tail loss probe (RFC 8985 section 7).
  const std::uint32_t out = (a.next.snd_nxt - a.next.snd_una).octets;
  if (!is_syn && a.next.options.sack() && out <= a.next.options.peer_mss.value_or(c.default_mss)) return;
  const Rule least = rule(is_syn ? "RFC6298-2.1-1" : "RFC6298-2.4-1", "RTO", a.next.state);
  // No timer has run at all: whatever the RTO is, less than one of it has passed.
  if (is_syn && now.most == Duration::zero()) {
    a.findings.push_back(
        {rule("RFC6298-5-1", "RTO", a.next.state), "sent twice at once", {"not before one RTO"}, {}});
  } else if (now.most < std::chrono::milliseconds{900}) {
    a.findings.push_back({least,
                          fmt::format("retransmitted after {:.3f} s", Seconds{now.most}.count()),
                          {"not before 1 s"},
                          "shorter minimum timers are in wide use"});
  } else {
    a.held.push_back(least);
  }
}

}  // namespace

void sent_again(Accepted& a, TimeSpan at, const Context& c) {
  Tcb& t = a.next;
  const bool is_syn = t.state == State::syn_sent || t.state == State::syn_received;
  const ElapsedBounds now = elapsed(t.timer.last, at);
  const bool probing = !is_syn && t.snd_wnd == 0;  // the probe timer has rules of its own (SHLD-29, SHLD-30)
  if (!probing) {
    check_first_interval(a, now, is_syn, c);
    check_backoff(a, now, is_syn, c);
  }
  a.held.push_back(row_or("RFC6298-5.4-1", "3.10.8", "RETRANSMISSION", t.state, t.origin));
  constexpr std::uint32_t intervals_measured = 32;
  if (t.timer.undisturbed && t.timer.count < intervals_measured) {
    a.measured.emplace_back(
        fmt::format("{}.interval.{}", is_syn ? "syn-retransmission" : "retransmission", t.timer.count + 1),
        fmt::format("{:.3f} s", Seconds{now.least}.count()));
  }
  // Only a timer that ran undisturbed says how long its interval is.
  t.timer.interval = t.timer.undisturbed && !probing ? now : ElapsedBounds{};
  t.timer.last = at;
  t.timer.undisturbed = true;
  ++t.timer.count;
  t.timer.longest = std::max(t.timer.longest, now.most);
  t.timer.due = at.latest + next_expiry(t.timer, c);
}

Match match_emission(const Tcb& tcb, const Emitted& emitted, const Context& context) {
  if (emitted.has(wire::rst)) return match_reset(tcb, emitted, context);
  if (emitted.has(wire::syn)) return match_syn(tcb, emitted, context);
  return match_text(tcb, emitted, context);
}

}  // namespace tcpjury::model
