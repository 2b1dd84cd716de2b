#include "harness/model/sack_layer.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/model/agreement.h"
#include "harness/model/layer_support.h"
#include "harness/model/timestamp_rules.h"

namespace tcpjury::model {
namespace {

constexpr std::size_t block_octets = 8;
constexpr Duration kept_for_sure = std::chrono::seconds{5};

/// Text of the stream that every receiver must take for valid, whatever it then does with it.
bool plain_text(const Arrival& a, const View& v) {
  const SeqNum seq = a.segment->seq;
  const bool plain = a.has(wire::ack) && !a.segment->flags.any(wire::syn | wire::rst | wire::urg) &&
                     !a.segment->text.empty() && a.options.defect == wire::OptionDefect::none;
  return plain && all_agree(v.before, [&](const Tcb& t) {
           return takes_text(t) && passes_paws(a, t) && t.window_known && wire::before(t.irs, seq) &&
                  wire::at_or_before(a.segment->end(), t.rcv_edge) &&
                  wire::at_or_before(t.snd_una, a.segment->ack) &&
                  wire::at_or_before(a.segment->ack, t.snd_nxt);
         });
}

/// New text beyond a gap.
bool surely_ahead(const Arrival& a, const View& v) {
  return plain_text(a, v) &&
         all_agree(v.before, [&](const Tcb& t) { return wire::before(t.rcv_nxt_most, a.segment->seq); });
}

/// How many blocks fit beside the other options.
std::size_t room_for_blocks(const wire::OptionList& options) {
  std::size_t others = 2;
  for (const wire::TcpOption& o : options.options) {
    if (o.length && o.kind != wire::option_kind::sack) others += *o.length;
  }
  return others >= wire::tcp_options_max ? 0 : (wire::tcp_options_max - others) / block_octets;
}

}  // namespace

void SackLayer::arrival(const Arrival& a, const View& v, Findings& /*f*/) {
  if (a.has(wire::rst)) return;
  const SeqRange segment{a.segment->seq, a.segment->end()};
  if (empty_range(segment)) return;
  const bool opening = !all_agree(v.before, [](const Tcb& t) { return synchronized(t.state); });
  if (opening) {
    if (!a.has(wire::syn) || !a.segment->text.empty()) duplicates_.unclear();
    arrived_.add(segment);
    return;
  }
  if (a.has(wire::syn)) {  // challenged: whether its octets count for anything is nowhere said
    duplicates_.unclear();
    arrived_.add(segment);
    other_arrivals_ = syn_octets_ = true;
    return;
  }
  if (syn_octets_) duplicates_.unclear();
  const SeqNum acked = v.before.front().rcv_nxt_least;
  const bool wholly_old =
      all_agree(v.before, [&](const Tcb& t) { return wire::at_or_before(segment.end, t.rcv_nxt_least); });
  std::vector<SeqRange> known;
  if (wire::before(segment.first, acked)) known.push_back({segment.first, wire::earlier(segment.end, acked)});
  for (const SeqRange& part : arrived_.overlaps(segment)) {
    if (known.empty() || !within(part, known.front())) known.push_back(part);
  }
  if (known.empty() || plain_text(a, v)) {
    duplicates_.arrived(segment, known, wholly_old || known_.covers(segment));
  } else {
    duplicates_.unclear();
  }
  if (surely_ahead(a, v) && !arrived_.covers(segment) && triggers_.size() < triggers_max) {
    triggers_.push_back({segment.first, segment.first + a.text_length()});
  } else {
    other_arrivals_ = true;
  }
  arrived_.add(segment);
}

void SackLayer::emission(const Emitted& e, EmissionClass /*what*/, const View& v, Findings& f) {
  if (e.segment->flags.any(wire::syn | wire::rst)) return;
  if (!all_agree(v.after, [](const Tcb& t) { return t.options.peer_sack && synchronized(t.state); })) return;
  std::vector<SeqRange> blocks;
  for (const wire::SackBlock& b : e.options.sack_blocks()) blocks.push_back({b.left, b.right});
  const SeqNum ack = e.segment->ack;
  known_.forget_before(ack);
  // What was reported may be discarded all the same (RFC 2018 section 8), and is where the gap stays for
  // long.
  if (reported_ && elapsed(*reported_, e.at).least > kept_for_sure) {
    known_.clear();
    recent_.clear();
  }
  if (blocks.empty()) {
    without_option(e, v, f);
  } else {
    if (!generates_) f.measured("sack.generated", "yes");
    generates_ = true;
    reported_ = e.at;
    judge_blocks(e, blocks, v, f);
  }
  arrived_.forget_before(ack);
  triggers_.clear();
  other_arrivals_ = false;
}

void SackLayer::judge_blocks(const Emitted& e, std::span<const SeqRange> blocks, const View& v, Findings& f) {
  const State state = v.before.front().state;
  const SeqNum ack = e.segment->ack;
  const bool inside_second = blocks.size() > 1 && within(blocks[0], blocks[1]);
  const bool duplicate = !empty_range(blocks[0]) && (wire::at_or_before(blocks[0].end, ack) || inside_second);
  const auto plain = blocks.subspan(duplicate ? 1 : 0);
  if (duplicate) {
    duplicates_.reported(blocks[0], inside_second, e, state, rules_, f);
    f.measured("sack.duplicates", "reported");
  } else {
    duplicates_.not_reported(e, state, rules_, f);
  }
  bool sound = true;
  for (const SeqRange& block : plain) {
    const auto lie = untrue(block, ack);
    if (!lie) continue;
    sound = false;
    rules_.broken(SackRule::truthful, state,
                  {"SACK-BLOCK", *lie, "blocks of text that arrived beyond SEG.ACK", {}},
                  wire::to_notation(*e.segment), f);
  }
  for (std::size_t i = 0; sound && i < plain.size(); ++i) {
    for (std::size_t j = i + 1; j < plain.size(); ++j) {
      if (!touch(plain[i], plain[j])) continue;
      sound = false;
      rules_.broken(SackRule::truthful, state,
                    {"SACK-BLOCK", "two SACK blocks overlap or lie side by side", "isolated blocks", {}},
                    wire::to_notation(*e.segment), f);
    }
  }
  if (!sound || plain.empty()) return;
  rules_.held(SackRule::truthful, state, f);
  if (known_.size() > 0) {
    rules_.held(SackRule::every_ack, state, f);
    rules_.held(SackRule::consistent, state, f);
  }
  first_block(e, plain, v, f);
  enough_blocks(e, plain, blocks.size(), state, f);
  remember(plain, ack);
}

std::optional<std::string> SackLayer::untrue(const SeqRange& block, SeqNum ack) const {
  if (empty_range(block)) return "a SACK block that ends before it begins";
  if (wire::at_or_before(block.first, ack)) return "a SACK block that begins at or below SEG.ACK";
  if (!arrived_.full() && !arrived_.covers(block)) {
    return fmt::format("a SACK block of {} octets, {} beyond SEG.ACK, that did not all arrive",
                       (block.end - block.first).octets, (block.first - ack).octets);
  }
  return std::nullopt;
}

/// Section 4: the first block contains the segment which triggered the acknowledgment, even where the
/// receiver discards it (section 8).
void SackLayer::first_block(const Emitted& e, std::span<const SeqRange> blocks, const View& v, Findings& f) {
  const auto before = common(v.before, [](const Tcb& t) { return t.last_ack; });
  const bool answers = !e.crossed && e.segment->text.empty() && before == e.segment->ack &&
                       !triggers_.empty() && !other_arrivals_;
  if (!answers) return;
  const State state = v.before.front().state;
  const bool contained = std::any_of(triggers_.begin(), triggers_.end(),
                                     [&](const SeqRange& t) { return within(t, blocks.front()); });
  if (contained) {
    rules_.held(SackRule::first_block, state, f);
    rules_.held(SackRule::each_segment, state, f);
  } else if (stops_short(blocks.front())) {
    rules_.broken(SackRule::truthful, state,
                  {"SACK-BLOCK",
                   "the right edge of the first SACK block is not the number behind its last octet",
                   "blocks [left, right) of all that is contiguous",
                   {}},
                  wire::to_notation(*e.segment), f);
  } else {
    rules_.broken(SackRule::first_block, state,
                  {"SACK-FIRST",
                   "the first SACK block does not contain the segment that is answered",
                   "the block with the newest text first",
                   {}},
                  wire::to_notation(*e.segment), f);
  }
}

/// The block is that of the segment that is answered, but for the last octet.
bool SackLayer::stops_short(const SeqRange& block) const {
  return std::any_of(triggers_.begin(), triggers_.end(), [&](const SeqRange& t) {
    return wire::at_or_before(block.first, t.first) && block.end + SeqLen{1} == t.end;
  });
}

/// Section 4: as many blocks as possible, filled up with those reported most recently.
void SackLayer::enough_blocks(const Emitted& e, std::span<const SeqRange> blocks, std::size_t all,
                              State state, Findings& f) {
  const std::size_t room = room_for_blocks(e.options);
  RangeSet held = known_;
  held.add(blocks.front());
  if (all < std::min(held.size(), room)) {
    rules_.broken(SackRule::all_blocks, state,
                  {"SACK-FEW",
                   fmt::format("{} SACK blocks where {} are known to be held", all, held.size()),
                   fmt::format("{} blocks", std::min(held.size(), room)),
                   {}},
                  wire::to_notation(*e.segment), f);
    return;
  }
  if (held.size() > 1) rules_.held(SackRule::all_blocks, state, f);
  std::size_t wanted = blocks.size() - 1;
  for (const SeqRange& r : recent_) {
    if (wanted == 0) break;
    if (wire::at_or_before(r.first, e.segment->ack) || within(r, blocks.front())) continue;
    const bool repeated =
        std::any_of(blocks.begin(), blocks.end(), [&](const SeqRange& b) { return within(r, b); });
    if (!repeated) {
      rules_.broken(SackRule::repeats, state,
                    {"SACK-RECENT",
                     "a block reported lately gave way to an older one",
                     "the most recently reported blocks",
                     {}},
                    wire::to_notation(*e.segment), f);
      return;
    }
    --wanted;
  }
  if (blocks.size() > 1) rules_.held(SackRule::repeats, state, f);
}

/// "SACK options SHOULD be included in all ACKs which do not ACK the highest sequence number in the data
/// receiver's queue", once the receiver generates any.
void SackLayer::without_option(const Emitted& e, const View& v, Findings& f) {
  const State state = v.before.front().state;
  duplicates_.not_reported(e, state, rules_, f);
  const SeqNum ack = e.segment->ack;
  const bool relevant = generates_ && !e.crossed && room_for_blocks(e.options) > 0 &&
                        all_agree(v.after, [](const Tcb& t) { return takes_text(t); });
  if (!relevant) return;
  const bool holds = std::any_of(known_.ranges().begin(), known_.ranges().end(),
                                 [&](const SeqRange& r) { return wire::before(ack, r.first); });
  if (!holds) return;
  rules_.broken(SackRule::every_ack, state,
                {"SACK-MISSING",
                 "an acknowledgment without SACK although text beyond a gap is held",
                 "a SACK option",
                 {}},
                wire::to_notation(*e.segment), f);
}

void SackLayer::remember(std::span<const SeqRange> blocks, SeqNum ack) {
  known_.clear();  // a receiver that remembers a few blocks only forgets the oldest for good
  for (const SeqRange& b : blocks) known_.add(b);
  std::erase_if(recent_, [&](const SeqRange& r) {
    return within(r, blocks.front()) || wire::at_or_before(r.end, ack);
  });
  recent_.insert(recent_.begin(), blocks.front());
  if (recent_.size() > recent_max) recent_.pop_back();
}

}  // namespace tcpjury::model
