#include "harness/model/fast_open.h"

#include "harness/wire/tcp_options.h"

namespace tcpjury::model {
namespace {

/// The value of the option; nothing where there is none. An empty one asks for a cookie.
std::optional<Bytes> cookie_in(const wire::TcpSegment& segment) {
  const wire::OptionList options = wire::parse_options(segment.options);
  const wire::TcpOption* option = options.find(wire::option_kind::fast_open);
  if (option == nullptr) return std::nullopt;
  return Bytes{option->value.begin(), option->value.end()};
}

std::string shown(const wire::TcpSegment& segment) { return wire::to_notation(segment, {}); }

void held(Findings& f, std::string_view id, State state) { f.held(rule(id, "FAST-OPEN", state)); }

}  // namespace

// ---- what arrives ---------------------------------------------------------------------------------------

bool FastOpen::stimulus(const FourTuple& tuple, const wire::TcpSegment& segment) {
  const auto cookie = cookie_in(segment);
  if (!segment.flags.has(wire::syn)) return true;
  if (segment.flags.has(wire::ack)) {
    const auto attempt = attempts_.find(tuple);
    const bool answers = attempt != attempts_.end() && segment.ack == attempt->second.iss + wire::SeqLen{1} &&
                         !segment.flags.has(wire::rst);
    if (answers) attempt->second.answered = true;
    if (answers && attempt->second.with_option && cookie && !cookie->empty())
      cookies_[tuple.tester.address] = *cookie;
    return true;
  }
  const auto given = given_.find(tuple.tester.address);
  if (!cookie || cookie->empty() || given == given_.end()) return true;
  if (*cookie == given->second) return segment.text.empty();
  if (!segment.text.empty()) forged_.insert_or_assign(tuple, segment);
  return true;
}

void FastOpen::attempt_failed(const FourTuple& tuple) {
  const auto attempt = attempts_.find(tuple);
  if (attempt == attempts_.end()) return;
  if (attempt->second.with_option && !attempt->second.answered) negative_.insert(tuple.tester);
  attempts_.erase(attempt);
}

// ---- what is sent ---------------------------------------------------------------------------------------

void FastOpen::emission(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f) {
  if (!segment.flags.has(wire::syn) || segment.flags.has(wire::rst)) return;
  segment.flags.has(wire::ack) ? syn_ack_sent(tuple, segment, f) : syn_sent(tuple, segment, f);
}

void FastOpen::syn_sent(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f) {
  const auto attempt = attempts_.find(tuple);
  if (attempt == attempts_.end() || attempt->second.iss != segment.seq) return first_syn(tuple, segment, f);
  if (!attempt->second.with_option) return;
  if (cookie_in(segment) || !segment.text.empty()) {  // section 4.2.2: the path may not take it
    f.broken({rule("RFC7413-4.2.2-2", "FAST-OPEN", State::syn_sent),
              "a SYN with Fast Open was repeated as it was",
              {"a SYN without text and without the option"},
              {}},
             shown(segment));
    return;
  }
  held(f, "RFC7413-4.2.2-2", State::syn_sent);
  held(f, "RFC7413-4.2.1-2", State::syn_sent);
}

void FastOpen::first_syn(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f) {
  const auto cookie = cookie_in(segment);
  attempts_[tuple] = {.iss = segment.seq, .with_option = cookie.has_value()};
  const auto broken = [&](std::string_view id, std::string message, std::string want) {
    f.broken({rule(id, "FAST-OPEN", State::syn_sent), std::move(message), {std::move(want)}, {}},
             shown(segment));
  };
  if (negative_.contains(tuple.tester)) {
    if (cookie)
      return broken("RFC7413-4.1.3.1-1", "Fast Open towards a peer that never answered it", "a plain SYN");
    held(f, "RFC7413-4.1.3.1-1", State::syn_sent);
    held(f, "RFC7413-4.1.3.1-2", State::syn_sent);
    return;
  }
  const auto known = cookies_.find(tuple.tester.address);
  if (known == cookies_.end()) {
    if (!cookie) return;  // it may have no Fast Open at all
    if (!cookie->empty() || !segment.text.empty())
      return broken("RFC7413-4.2.1-1", "Fast Open before a cookie was given",
                    "an empty Fast Open option, and no text");
    return held(f, "RFC7413-4.2.1-1", State::syn_sent);
  }
  if (!cookie || cookie->empty())
    return broken("RFC7413-4.1.3-1", "the cookie of the peer is not used", "the option with the cookie");
  if (*cookie != known->second)
    return broken("RFC7413-4.2.2-1", "another cookie than the peer gave", "the cookie it gave");
  held(f, "RFC7413-4.1.3-1", State::syn_sent);
  held(f, "RFC7413-4.2.2-1", State::syn_sent);
}

void FastOpen::syn_ack_sent(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f) {
  const auto cookie = cookie_in(segment);
  if (cookie && !cookie->empty()) given_[tuple.tester.address] = *cookie;
  const auto before = answers_.find(tuple);
  if (before != answers_.end() && before->second) {
    if (cookie || !segment.text.empty()) {
      f.broken({rule("RFC7413-4.2.2-5", "FAST-OPEN", State::syn_received),
                "a SYN,ACK with Fast Open was repeated as it was",
                {"a SYN,ACK without text and without the option"},
                {}},
               shown(segment));
    } else {
      held(f, "RFC7413-4.2.2-5", State::syn_received);
      held(f, "RFC7413-4.2.1-2", State::syn_received);
    }
  }
  answers_[tuple] = cookie.has_value();
  const auto forged = forged_.find(tuple);
  if (forged == forged_.end()) return;
  const wire::SeqNum syn_only = forged->second.seq + wire::SeqLen{1};
  if (segment.ack == syn_only) {
    held(f, "RFC7413-4.2.2-3", State::listen);
  } else if (wire::before(syn_only, segment.ack)) {
    f.broken({rule("RFC7413-4.2.2-3", "FAST-OPEN", State::listen),
              "text of a SYN was taken although its cookie is not the one that was given",
              {"a SYN,ACK that acknowledges the SYN alone"},
              {}},
             shown(segment));
  }
  forged_.erase(forged);
}

}  // namespace tcpjury::model
