#include "harness/model/ecn_layer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "harness/model/agreement.h"
#include "harness/model/layer_support.h"

namespace tcpjury::model {
namespace {

std::uint8_t ecn_of(const wire::Decoded& frame) {
  constexpr std::uint8_t mask = 0x03;
  if (const auto* v4 = std::get_if<wire::Ipv4Header>(&frame.packet.ip)) return v4->tos & mask;
  return std::get<wire::Ipv6Header>(frame.packet.ip).traffic_class & mask;
}

bool setup_form(const wire::TcpSegment& s) {
  if (s.flags.has(wire::ack)) return s.flags.has(wire::ece) && !s.flags.has(wire::cwr);
  return s.flags.has(wire::ece | wire::cwr);
}

}  // namespace

// ---- arrivals ---------------------------------------------------------------------------------------------

void EcnLayer::arrival(const Arrival& a, const View& v, Findings& f) {
  if (a.has(wire::rst)) return;
  if (a.has(wire::syn)) return syn_arrives(a, v);
  if (a.options.defect != wire::OptionDefect::none) echo_ = Echo::unclear;
  judge_reduction(a, v, f);
  ack_arrives(a, v);
  text_arrives(a, v);
}

void EcnLayer::syn_arrives(const Arrival& a, const View& v) {
  const bool setup = setup_form(*a.segment);
  const bool opens = all_agree(
      v.before, [](const Tcb& t) { return !synchronized(t.state) && t.state != State::syn_received; });
  if (a.segment->reserved != 0) accurate_ = true;
  if (!opens) {
    later_setup_ = setup;
    return;
  }
  const bool opened = std::any_of(v.after.begin(), v.after.end(), [&](const Tcb& t) {
    return t.irs == a.segment->seq && t.state != State::closed && t.state != State::syn_sent;
  });
  if (!opened)
    return;  // refused, with an ACK that no listener takes for example: it belongs to no connection
  (setup ? peer_.setup : peer_.refused) = true;
  if (!setup) peer_reflected_ = a.segment->flags.any(wire::ece | wire::cwr);
}

/// Section 6.1.3: CE on text in the window starts the echo, CWR on such text ends it.
void EcnLayer::text_arrives(const Arrival& a, const View& v) {
  const bool marked = ecn_of(*a.frame) == ecn_field::ce;
  const bool cwr = a.has(wire::cwr);
  if (a.segment->text.empty()) {
    if ((marked || cwr) && echo_ != Echo::on) echo_ = Echo::unclear;
    if (cwr) echo_ = Echo::unclear;
    return;
  }
  const SeqNum end = a.segment->seq + a.text_length();
  const auto inside = [&](const Tcb& t) {
    return takes_text(t) && t.window_known && wire::at_or_before(t.rcv_nxt_most, a.segment->seq) &&
           wire::at_or_before(end, t.rcv_edge) && wire::before(t.rcv_nxt_most, end);
  };
  const bool sound = a.has(wire::ack) && all_agree(v.before, [&](const Tcb& t) {
                       return wire::at_or_before(t.snd_una, a.segment->ack) &&
                              wire::at_or_before(a.segment->ack, t.snd_nxt) &&
                              (!t.options.timestamps() || a.options.timestamps());
                     });
  if (sound && all_agree(v.before, inside)) {
    if (cwr) echo_ = marked ? Echo::on : Echo::unclear;
    if (marked) echo_ = Echo::on;
    if (!marked && !cwr && echo_ == Echo::unclear && cwr_seen_) echo_ = Echo::off;
    cwr_seen_ = cwr && !marked;
    plain_after_ce_ = !marked && ce_since_;
    ce_since_ = ce_since_ || marked;
    return;
  }
  if (cwr) echo_ = Echo::unclear;
  if (!marked || echo_ != Echo::off) return;
  if (all_agree(v.before, [&](const Tcb& t) { return wire::at_or_before(end, t.rcv_nxt_least); })) {
    ce_outside_ = true;
  } else if (sound && all_agree(v.before, [&](const Tcb& t) {
               return takes_text(t) && t.window_known && t.rcv_certain() && t.rcv_edge == t.rcv_nxt_least &&
                      a.segment->seq == t.rcv_nxt_least && a.text_length() == SeqLen{1};
             })) {
    ce_probe_ = true;
  } else {
    echo_ = Echo::unclear;
  }
}

/// Section 6.1.2: an ACK with ECE is a congestion indication, once for a window of data.
void EcnLayer::ack_arrives(const Arrival& a, const View& v) {
  if (!a.has(wire::ack)) return;
  const auto una = common(v.before, [](const Tcb& t) { return t.snd_una; });
  const auto nxt = common(v.before, [](const Tcb& t) { return t.snd_nxt; });
  if (a.has(wire::ece)) reduced_ = true;
  if (!una || !nxt) return;
  const SeqNum ack = a.segment->ack;
  if (ack == *una && *una != *nxt && a.segment->text.empty()) reduced_ = true;  // duplicate ACKs
  const bool advances = wire::before(*una, ack) && wire::at_or_before(ack, *nxt);
  if (!a.has(wire::ece) || !advances || !negotiated()) return;
  const bool text = all_agree(v.before, [](const Tcb& t) { return synchronized(t.state) && !t.fin_sent; });
  const bool fresh = !recovery_ || wire::before(*recovery_, ack);
  if (!text || !fresh) return;
  cwr_owed_ = true;
  recovery_ = nxt;
  const bool by_congestion_alone = all_agree(v.before, [&](const Tcb& t) {
    const SeqLen spare{2U * (t.options.peer_mss ? *t.options.peer_mss : v.context.default_mss)};
    return wire::before(t.snd_nxt, t.stream_end()) &&
           wire::at_or_before(t.snd_nxt + spare, t.snd_una + SeqLen{t.snd_wnd});
  });
  if (by_congestion_alone && ack == *nxt) flight_ = (*nxt - *una).octets;
}

/// Section 6.1.2: ECE is treated as a loss, so what goes out after it is less than the window it was about.
/// Nine tenths and a segment leave room for every reduction in use (a half, 0.7, 0.85).
void EcnLayer::judge_reduction(const Arrival& a, const View& v, Findings& f) {
  constexpr std::uint32_t segments_min = 8;
  const auto flight = std::exchange(flight_, std::nullopt);
  if (!flight || a.options.defect != wire::OptionDefect::none) return;
  const Tcb& t = v.before.front();
  const auto sent = common(v.before, [](const Tcb& o) { return (o.snd_nxt - o.snd_una).octets; });
  const std::uint32_t mss = t.options.peer_mss ? *t.options.peer_mss : v.context.default_mss;
  if (!sent || *sent == 0 || *flight < segments_min * mss) return;
  if (*sent > *flight / 10 * 9 + mss) {
    const std::string got = fmt::format("{} octets after {}", *sent, *flight);
    rules_.broken(EcnRule::halves, t.state,
                  {"ECE-IGNORED",
                   "the window of text did not shrink after ECE",
                   fmt::format("clearly less than {} octets", *flight),
                   {}},
                  got, f);
    return;
  }
  rules_.held(EcnRule::halves, t.state, f);
  rules_.held(EcnRule::no_growth, t.state, f);
  rules_.held(EcnRule::as_one_loss, t.state, f);
}

// ---- emissions --------------------------------------------------------------------------------------------

void EcnLayer::emission(const Emitted& e, EmissionClass what, const View& v, Findings& f) {
  if (e.has(wire::rst)) return;
  const State state = v.before.front().state;
  const std::uint8_t field = ecn_of(*e.frame);
  if (e.has(wire::syn)) return syn_emitted(e, field, state, f);
  const bool goes_on = all_agree(v.after, [](const Tcb& t) {  // TIME-WAIT forgets what was negotiated
    return t.state != State::time_wait && !(t.state == State::fin_wait_2 && t.released);
  });
  if (goes_on) judge_echo(e, state, f);
  if (what == EmissionClass::retransmission) reduced_ = true;
  // One octet of new text is a probe only where the window is closed for every hypothesis.
  const bool perhaps_no_probe = !all_agree(v.before, [](const Tcb& t) { return t.snd_wnd == 0; });
  if (what == EmissionClass::probe && perhaps_no_probe) return;
  if (!e.segment->text.empty()) {
    text_emitted(e, field, what, state, f);
    if (what != EmissionClass::retransmission && what != EmissionClass::probe)
      new_text_emitted(e, field, v, f);
    return;
  }
  if (e.has(wire::fin)) return;
  if (field != ecn_field::not_ect) {
    rules_.broken(EcnRule::pure_ack, state,
                  {"ECT-ACK", "a pure acknowledgment with an ECT codepoint", "not-ECT", {}},
                  wire::to_notation(*e.segment), f);
  } else if (negotiated()) {
    rules_.held(EcnRule::pure_ack, state, f);
  }
}

void EcnLayer::syn_emitted(const Emitted& e, std::uint8_t field, State state, Findings& f) {
  const auto say = [&](EcnRule rule, std::string_view event, std::string message, std::string want) {
    rules_.broken(rule, state, {event, std::move(message), std::move(want), {}},
                  wire::to_notation(*e.segment), f);
  };
  if (field != ecn_field::not_ect) {
    say(EcnRule::syn_without_ect, "ECT-SYN", "a SYN with an ECT codepoint", "not-ECT");
  } else {
    rules_.held(EcnRule::syn_without_ect, state, f);
  }
  if (e.segment->reserved != 0 || accurate_) return;  // the third flag belongs to RFC 9768
  const bool setup = setup_form(*e.segment);
  (setup ? own_.setup : own_.refused) = true;
  const bool answers = e.has(wire::ack);
  if (later_setup_ && answers) (*later_setup_ ? peer_.setup : peer_.refused) = true;
  later_setup_.reset();
  if (!setup) {
    if (e.segment->flags.any(wire::ece | wire::cwr)) {
      say(EcnRule::refusal_is_clear, "ECN-SETUP", "ECE and CWR say neither yes nor no to ECN", "both clear");
    } else if (peer_.setup || !answers) {
      rules_.held(EcnRule::refusal_is_clear, state, f);
    }
    if (answers && !peer_.setup) rules_.held(EcnRule::setup_answer, state, f);
    return;
  }
  f.measured(answers ? "ecn.accepts" : "ecn.offers", "yes");
  if (answers && !peer_.setup)
    say(EcnRule::setup_answer, "ECN-SETUP", "an ECN-setup SYN,ACK without an ECN-setup SYN",
        "ECE and CWR clear");
}

void EcnLayer::text_emitted(const Emitted& e, std::uint8_t field, EmissionClass what, State state,
                            Findings& f) {
  const bool ect = field != ecn_field::not_ect;
  const auto check = [&](EcnRule rule, bool good, std::string_view event, std::string_view message) {
    if (good) {
      rules_.held(rule, state, f);
    } else {
      rules_.broken(rule, state, {event, std::string{message}, "not-ECT, CWR clear", {}},
                    wire::to_notation(*e.segment), f);
    }
  };
  if (accurate_) return;
  if (!own_.setup || !peer_.setup || own_.refused) {
    check(EcnRule::ect_needs_setup, !ect, "ECT",
          "text with an ECT codepoint although ECN was not negotiated");
    if (peer_reflected_)
      check(EcnRule::odd_refusal, !ect, "ECT", "flags that are no ECN-setup taken for one");
    return;
  }
  if (peer_.refused) {
    check(EcnRule::ect_after_refusal, !ect, "ECT", "text with an ECT codepoint after a SYN that refused ECN");
    return;
  }
  if (what == EmissionClass::retransmission) {
    check(EcnRule::retransmission, !ect, "ECT-RETRANSMISSION", "a retransmission with an ECT codepoint");
    check(EcnRule::cwr_on_retransmission, !e.has(wire::cwr), "CWR", "a retransmission with CWR");
  } else if (what == EmissionClass::probe) {
    check(EcnRule::probe, !ect && !e.has(wire::cwr), "ECT-PROBE", "a window probe with ECT or CWR");
  }
}

void EcnLayer::new_text_emitted(const Emitted& e, std::uint8_t field, const View& v, Findings& f) {
  if (!negotiated() || accurate_ || e.crossed) return;
  const State state = v.before.front().state;
  const bool cwr = e.has(wire::cwr);
  const auto say = [&](EcnRule rule, std::string_view event, std::string_view message,
                       std::string_view want) {
    rules_.broken(rule, state, {event, std::string{message}, std::string{want}, {}},
                  wire::to_notation(*e.segment), f);
  };
  if (field == ecn_field::ect_0) {
    rules_.held(EcnRule::ect_0, state, f);
    f.measured("ecn.marks", "ECT(0)");
  } else if (field != ecn_field::not_ect) {
    say(EcnRule::ect_0, "ECT", "new text is not marked with ECT(0)", "ECT(0)");
  }
  if (cwr_owed_ && !cwr) {
    say(EcnRule::cwr_on_first_new, "CWR", "the first new text after ECE is without CWR", "CWR");
  } else if (cwr_owed_) {
    rules_.held(EcnRule::cwr_on_first_new, state, f);
    rules_.held(EcnRule::cwr_correct, state, f);
  } else if (cwr && cwr_sent_ && !reduced_) {
    say(EcnRule::cwr_once, "CWR", "CWR again although nothing reduced the congestion window since", "no CWR");
  } else if (cwr && !reduced_ && !ever_reduced_) {
    say(EcnRule::cwr_correct, "CWR", "CWR although nothing reduced the congestion window", "no CWR");
  } else if (!cwr && cwr_sent_) {
    rules_.held(EcnRule::cwr_once, state, f);
  }
  ever_reduced_ = ever_reduced_ || reduced_;
  cwr_owed_ = reduced_ = false;
  cwr_sent_ = cwr;
}

/// Section 6.1.3: "continues to set the ECN-Echo flag in all the ACK packets it sends until it receives a CWR
/// packet".
void EcnLayer::judge_echo(const Emitted& e, State state, Findings& f) {
  const bool echoes = e.has(wire::ece);
  const bool decidable = negotiated() && !accurate_ && !e.crossed && e.has(wire::ack);
  const auto say = [&](EcnRule rule, std::string_view message, std::string_view want) {
    rules_.broken(rule, state, {"ECE", std::string{message}, std::string{want}, {}},
                  wire::to_notation(*e.segment), f);
  };
  if (decidable && echo_ == Echo::on) {
    const EcnRule rule = plain_after_ce_ ? EcnRule::delayed_echo : EcnRule::echo;
    if (echoes) {
      rules_.held(rule, state, f);
      rules_.held(EcnRule::processes_ce, state, f);
    } else {
      say(rule, "no ECE although CE arrived and no CWR since", "ECE");
    }
  } else if (decidable && echo_ == Echo::off) {
    if (echoes && !ce_probe_) {
      say(ce_outside_ ? EcnRule::outside_window : EcnRule::echo,
          ce_outside_ ? "ECE for text outside the window" : "ECE although no CE arrived since the last CWR",
          "no ECE");
    } else if (ce_outside_) {
      rules_.held(EcnRule::outside_window, state, f);
    }
  }
  if (decidable && ce_probe_) {
    if (echoes) {
      rules_.held(EcnRule::marked_probe, state, f);
    } else {
      say(EcnRule::marked_probe, "no ECE in the answer to a window probe with CE", "ECE");
    }
  }
  if (ce_probe_) echo_ = Echo::unclear;
  ce_since_ = plain_after_ce_ = ce_outside_ = ce_probe_ = false;
}

}  // namespace tcpjury::model
