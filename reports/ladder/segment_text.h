// Datagrams of a transcript in the RFC's notation, with numbers people can follow.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "harness/engine/result.h"
#include "harness/engine/transcript.h"
#include "harness/wire/packet.h"
#include "harness/wire/seq.h"

namespace tcpjury::reports {

/// relative: each side's numbers count from the SEQ of its first SYN on that connection, so that both start
/// at 0. A side that never sent a SYN keeps the numbers of the wire.
enum class Numbers : std::uint8_t { relative, absolute };

class SegmentText {
 public:
  /// Looks through the transcript for the first SYN of each side of each connection.
  SegmentText(const engine::Transcript& transcript, Numbers numbers);

  /// The datagram of a sent or received event: "<SEQ=0><CTL=SYN>", followed by what is wrong with it on the
  /// wire. Anything but TCP is described in one line.
  [[nodiscard]] std::string text(const engine::TranscriptEvent& event) const;

  /// `notation` as if it stood in the segment of `event` or would have come in its place: numbers of the
  /// wire in SEQ and ACK become relative, everything else stays.
  [[nodiscard]] std::string renumbered(std::string_view notation, const engine::TranscriptEvent& event) const;

 private:
  /// One direction of a connection: from, to.
  using Flow = std::pair<wire::Endpoint, wire::Endpoint>;
  [[nodiscard]] wire::NotationBase base(const Flow& flow) const;

  std::map<Flow, wire::SeqNum> first_syn_;
};

/// True when the event is the segment from the target that broke the rule.
[[nodiscard]] bool is_culprit(const engine::TranscriptEvent& event, const engine::CaseViolation& violation);

/// The violation with the numbers of the ladder, so that both can be read side by side.
[[nodiscard]] model::Violation renumbered(const engine::CaseViolation& violation,
                                          const engine::Transcript& transcript);

}  // namespace tcpjury::reports
