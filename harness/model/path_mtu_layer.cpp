#include "harness/model/path_mtu_layer.h"

#include <fmt/format.h>

#include "harness/model/icmp_arrives.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t minimum_v4 = 68;  ///< RFC 1191 section 3
constexpr std::uint32_t minimum_v6 = 1280;
constexpr Duration no_increase = 5min;
/// RFC 1191 section 7.1: 1492 follows 1500; elsewhere the steps are larger.
constexpr std::uint32_t next_plateau_below = 8;

std::uint32_t datagram_size(const Emitted& e) {
  const bool v4 = e.frame->packet.family() == wire::Family::v4;
  constexpr std::uint32_t tcp_header = 20;
  return (v4 ? 20U : 40U) + tcp_header + static_cast<std::uint32_t>(e.segment->options.size()) +
         static_cast<std::uint32_t>(e.segment->text.size());
}

/// As large as `mtu` lets it be, less options and rounding: not short for want of text or window.
bool fills(std::uint32_t size, std::uint32_t mtu) {
  constexpr std::uint32_t rounding = 64;
  return size <= mtu && size + rounding > mtu;
}

std::string octets(std::uint32_t n) { return fmt::format("a datagram of {} octets", n); }
std::string at_most(std::uint32_t n) { return fmt::format("datagrams of at most {} octets", n); }

}  // namespace

void PathMtuLayer::icmp(TimeSpan at, const wire::Decoded& frame, const wire::Decoded& quoted,
                        const View& view, Findings& /*f*/) {
  const auto error = read_icmp_error(frame, quoted);
  if (!error || error->kind != IcmpClass::too_big) return;
  const InFlight where = in_flight(view.before.front(), error->quoted);
  const bool agreed = std::all_of(view.before.begin(), view.before.end(),
                                  [&](const Tcb& t) { return in_flight(t, error->quoted) == where; });
  told_.reset();
  obeyed_ = 0;
  if (!agreed || where == InFlight::perhaps || largest_ == 0) return;
  v6_ = error->tuple.target.address.family == wire::Family::v6;
  TooBig t{};
  t.mtu = error->mtu;
  t.before = largest_;
  t.at = at;
  t.in_flight = where == InFlight::yes;
  t.unknown_mtu = !v6_ && t.mtu == 0;
  t.below_minimum = !t.unknown_mtu && t.mtu < (v6_ ? minimum_v6 : minimum_v4);
  t.raises = !t.unknown_mtu && t.mtu >= estimate_.value_or(t.before);
  // The datagram it complains of would have fit: it tells nothing. Without an MTU a host may count down from
  // the one it assumes (RFC 1191 section 5), so that only a datagram as large as that one must shrink.
  const bool idle_complaint = t.unknown_mtu ? error->size + next_plateau_below <= view.context.mtu ||
                                                  t.before + next_plateau_below <= view.context.mtu
                                            : error->size <= t.mtu;
  if (idle_complaint && !t.raises && !t.below_minimum) return;
  told_ = t;
}

void PathMtuLayer::arrival(const Arrival& /*a*/, const View& /*view*/, Findings& /*f*/) {
  if (told_) told_->disturbed = true;
}

/// RFC 1191 section 6.4: what does not lower the estimate is no reason to send anything again.
void PathMtuLayer::not_lowered(const Emitted& e, bool again, State state, Findings& f) {
  TooBig& t = *told_;
  if (!t.raises || !t.in_flight || t.repeat_judged || t.disturbed || !estimate_) return;
  t.repeat_judged = true;
  const ElapsedBounds since = elapsed(t.at, e.at);
  if (again && since.most < at_once) {
    report_.broken(rule("RFC1191-6.4-2", "MTU", state),
                   "a Packet Too Big that lowers nothing caused a retransmission", {"no segment"},
                   "text again", f);
  } else if (since.least >= at_once) {
    report_.held("RFC1191-6.4-2", state, f);
  }
}

void PathMtuLayer::emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
  const auto* v4 = std::get_if<wire::Ipv4Header>(&e.frame->packet.ip);
  v6_ = v4 == nullptr;
  const bool forbids = v6_ || v4->dont_fragment;
  if (e.has(wire::syn)) {
    forbids_fragments_ = forbids;
    return;
  }
  if (e.segment->text.empty() || e.has(wire::rst)) return;
  // On a real clock nobody knows which datagrams had left before the message was looked at.
  if (!view.context.timing->exact) return;
  const std::uint32_t size = datagram_size(e);
  const State state = view.after.front().state;
  const Tcb* t = agreed_sender(view.after);
  if (forbids && forbids_fragments_) report_.held("RFC4821-8-1", state, f);
  if (t != nullptr && v6_ && t->options.peer_mss &&
      e.segment->text.size() + e.segment->options.size() <= *t->options.peer_mss)
    report_.held("RFC8201-5.4-1", state, f);
  const bool again = what == EmissionClass::retransmission;
  const bool more = t != nullptr && t->iss && wire::before(e.segment->end(), t->stream_end());
  if (told_ && !v6_) not_lowered(e, again, state, f);
  if (told_ && forbids_fragments_) after_too_big(size, forbids, again, more, e, view, f);
  repeated_text_ = repeated_text_ || again;
  largest_ = std::max(largest_, size);
}

void PathMtuLayer::after_too_big(std::uint32_t size, bool forbids, bool again, bool more, const Emitted& e,
                                 const View& view, Findings& f) {
  TooBig& t = *told_;
  if (t.below_minimum || t.raises || !t.in_flight) return not_to_be_heeded(size, more, e, view, f);
  const bool fits = t.unknown_mtu ? size < t.before : size <= t.mtu;
  if (!forbids) {  // routers may fragment it: that heeds the message, too (RFC 1191 section 3)
    t.heeded = true;
    report_.held("RFC1191-3-2", view.after.front().state, f);
    if (t.unknown_mtu) report_.held("RFC1191-3-5", view.after.front().state, f);
  } else if (!fits) {
    too_large(size, again, e, view, f);
  } else if (t.unknown_mtu ? again : fills(size, t.mtu) && (more || again)) {
    heeded(view, f);
  }
}

void PathMtuLayer::heeded(const View& view, Findings& f) {
  TooBig& t = *told_;
  const State state = view.after.front().state;
  if (!t.heeded) ++heeded_;
  t.heeded = true;
  if (!t.unknown_mtu) estimate_ = t.mtu;
  if (v6_) {
    for (const std::string_view id : {"RFC8201-4-2", "RFC8201-4-3", "RFC8201-5.4-2"})
      report_.held(id, state, f);
    return;
  }
  for (const std::string_view id : {"RFC1191-3-1", "RFC1191-3-2", "RFC1191-3-4", "RFC1191-6.4-1"})
    report_.held(id, state, f);
  if (t.unknown_mtu) report_.held("RFC1191-3-5", state, f);
  if (heeded_ > 1) report_.held("RFC1191-3-3", state, f);
}

void PathMtuLayer::too_large(std::uint32_t size, bool again, const Emitted& e, const View& view,
                             Findings& f) {
  TooBig& t = *told_;
  const State state = view.after.front().state;
  if (t.heeded) {
    if (elapsed(t.at, e.at).most >= no_increase) return grown(again, state, f);
    report_.broken(rule(v6_ ? "RFC8201-4-3" : "RFC1191-3-4", "MTU", state),
                   "larger datagrams were tried within five minutes of a Packet Too Big", {at_most(t.mtu)},
                   octets(size), f);
    return;
  }
  if (!again || ++t.repeated < patience) return;
  const std::string_view id = v6_ ? "RFC8201-4-2" : t.unknown_mtu ? "RFC1191-3-5" : "RFC1191-3-1";
  report_.broken(rule(id, "MTU", state), "a Packet Too Big did not lower the size of datagrams",
                 {t.unknown_mtu ? "smaller datagrams, or ones that may be fragmented" : at_most(t.mtu)},
                 octets(size), f);
}

/// An old estimate was given up: larger datagrams carry new text, and nothing is sent again for it.
void PathMtuLayer::grown(bool again, State state, Findings& f) {
  if (again) return;
  if (v6_) return;
  report_.held("RFC1191-6.3-1", state, f);
  report_.held("RFC1191-6.3-2", state, f);
}

/// A size below the minimum, above what was sent, or about a datagram never sent must leave things as they
/// are.
void PathMtuLayer::not_to_be_heeded(std::uint32_t size, bool more, const Emitted& e, const View& view,
                                    Findings& f) {
  const TooBig& t = *told_;
  const State state = view.after.front().state;
  if (t.raises) {
    if (estimate_ && size > *estimate_) {
      report_.broken(rule(v6_ ? "RFC8201-4-3" : "RFC1191-3-7", "MTU", state),
                     "a Packet Too Big raised the size of datagrams", {at_most(*estimate_)}, octets(size), f);
    } else if (more) {
      if (estimate_) report_.held(v6_ ? "RFC8201-4-3" : "RFC1191-3-7", state, f);
      report_.held("RFC5927-7.2-1", state, f);
    }
    return;
  }
  // Short because there is no more, or because of a loss; a loss makes no datagrams of less than any path
  // has.
  if (!more || (repeated_text_ && !t.below_minimum)) return;
  // Once it may be the window that is short; the third time it is the message that was believed.
  obeyed_ = fills(size, t.mtu) ? obeyed_ + 1 : 0;
  const bool believed = obeyed_ >= patience && elapsed(t.at, e.at).least > Duration{0};
  if (t.below_minimum) {
    const std::uint32_t minimum = v6_ ? minimum_v6 : minimum_v4;
    const std::string_view id = v6_ ? "RFC8201-4-1" : "RFC1191-3-6";
    if (size >= std::min(minimum, t.before)) return report_.held(id, state, f);
    if (!believed) return;
    report_.broken(rule(id, "MTU", state), "the size of datagrams fell below the least MTU there is",
                   {fmt::format("datagrams of {} octets and more", minimum)}, octets(size), f);
    return;
  }
  if (size == t.before) return report_.held(v6_ ? "RFC8201-4-4" : "RFC5927-4.1-1", state, f);
  if (believed) {
    report_.broken(rule(v6_ ? "RFC8201-4-4" : "RFC5927-4.1-1", "MTU", state),
                   "a Packet Too Big about a datagram that was never sent lowered the size of datagrams",
                   {octets(t.before)}, octets(size), f);
  }
}

}  // namespace tcpjury::model
