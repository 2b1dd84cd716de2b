#include "harness/model/duplicate_reports.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace tcpjury::model {

void DuplicateReports::arrived(const SeqRange& segment, const std::vector<SeqRange>& known, bool certain) {
  certain_ = certain && !known.empty();
  bool first = true;
  for (const SeqRange& part : known) {
    pending_.push_back({part, first, segment});
    // SYN and FIN occupy sequence space; whether they count as duplicate octets is nowhere said.
    pending_.push_back({{part.first, part.end - SeqLen{1}}, first, segment});
    if (part.first == segment.first) pending_.push_back({{part.first + SeqLen{1}, part.end}, first, segment});
    first = false;
  }
  while (pending_.size() > 3 * kept_max) pending_.erase(pending_.begin());
}

void DuplicateReports::unclear() {
  certain_ = false;
  unclear_ = true;
}

void DuplicateReports::reported(const SeqRange& block, bool inside_second, const Emitted& e, State state,
                                SackRules& rules, Findings& f) {
  used_ = true;
  certain_ = false;
  const auto begins = [&](const Pending& p) { return p.range.first == block.first; };
  const auto ends = [&](const Pending& p) { return p.range.end == block.end; };
  const auto exact =
      std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) { return begins(p) && ends(p); });
  // Several duplicates before one acknowledgment may be reported as one.
  const bool merged = std::any_of(pending_.begin(), pending_.end(), begins) &&
                      std::any_of(pending_.begin(), pending_.end(), ends);
  const auto say = [&](SackRule rule, std::string_view event, std::string_view why) {
    rules.broken(rule, state,
                 {event,
                  fmt::format("the first SACK block reports a duplicate of {} octets: {}",
                              (block.end - block.first).octets, why),
                  "the duplicate that arrived last",
                  {}},
                 wire::to_notation(*e.segment), f);
  };
  if (std::exchange(unclear_, false)) {
    // What it reports may be right.
  } else if (exact != pending_.end() || merged) {
    const bool later_part = exact != pending_.end() && !exact->first;
    if (later_part) {
      say(SackRule::first_duplicate, "DSACK", "it is not the first duplicate part of the segment");
    } else {
      rules.held(SackRule::first_duplicate, state, f);
    }
    rules.held(SackRule::duplicate_reported, state, f);
    rules.held(SackRule::duplicate_edges, state, f);
    rules.held(SackRule::duplicate_once, state, f);
    if (inside_second) rules.held(SackRule::duplicate_container, state, f);
  } else if (std::find(told_.begin(), told_.end(), block) != told_.end()) {
    say(SackRule::duplicate_once, "DSACK", "it was reported before");
  } else if (std::any_of(pending_.begin(), pending_.end(),
                         [&](const Pending& p) { return p.segment == block; })) {
    say(SackRule::first_duplicate, "DSACK", "it is the whole segment, which was new in part");
  } else if (std::any_of(pending_.begin(), pending_.end(),
                         [&](const Pending& p) { return touch(p.range, block); })) {
    say(SackRule::duplicate_edges, "DSACK", "its edges are not those of the duplicate octets");
  } else {
    say(SackRule::truthful, "DSACK", "those octets did not arrive twice");
  }
  pending_.clear();
  told_.push_back(block);
  if (told_.size() > kept_max) told_.erase(told_.begin());
}

void DuplicateReports::not_reported(const Emitted& e, State state, SackRules& rules, Findings& f) {
  if (used_ && certain_ && !e.crossed && e.segment->text.empty()) {
    rules.broken(SackRule::duplicate_reported, state,
                 {"DSACK",
                  "a duplicate segment was not reported although others were",
                  "a first SACK block with the duplicate octets",
                  {}},
                 wire::to_notation(*e.segment), f);
  }
  certain_ = false;
  unclear_ = false;
}

}  // namespace tcpjury::model
