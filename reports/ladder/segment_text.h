// Datagrams of a transcript in the RFC's notation, with numbers people can follow.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "harness/engine/transcript.h"
#include "harness/wire/packet.h"
#include "harness/wire/seq.h"

namespace tcpjury::reports {

class SegmentText {
 public:
  /// Looks through the transcript for the first SYN of each side of each connection.
  SegmentText(const engine::Transcript& transcript, bool relative);

  /// The datagram of a sent or received event: "<SEQ=0><CTL=SYN>", followed by what is wrong with it on the
  /// wire. Anything but TCP is described in one line.
  [[nodiscard]] std::string text(const engine::TranscriptEvent& event) const;

 private:
  /// One direction of a connection: from, to.
  using Flow = std::pair<wire::Endpoint, wire::Endpoint>;

  std::map<Flow, wire::SeqNum> first_syn_;
};

}  // namespace tcpjury::reports
