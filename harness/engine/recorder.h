// Writes the transcript and keeps it within its limit.
#pragma once

#include <string>
#include <utility>

#include "harness/engine/transcript.h"

namespace tcpjury::engine {

class Recorder {
 public:
  /// Where an event stands, so that a remark can be added when its meaning becomes clear.
  using Place = std::size_t;

  Place add(TranscriptEvent event);
  /// Adds to the note of an event; nothing when that event was dropped.
  void remark(Place place, std::string_view note);
  [[nodiscard]] const Transcript& transcript() const { return transcript_; }
  [[nodiscard]] Transcript take() { return std::move(transcript_); }

 private:
  Transcript transcript_;
  std::size_t dropped_ = 0;
};

}  // namespace tcpjury::engine
