#include "harness/engine/recorder.h"

#include <fmt/format.h>

namespace tcpjury::engine {

Recorder::Place Recorder::add(TranscriptEvent event) {
  if (transcript_.size() < transcript_events_max - 1) {
    transcript_.push_back(std::move(event));
    return transcript_.size() - 1;
  }
  ++dropped_;
  if (transcript_.size() < transcript_events_max) {
    transcript_.push_back({.kind = TranscriptEvent::Kind::mark, .at = event.at, .step = event.step});
  }
  transcript_.back().note = fmt::format("{} more events were not kept", dropped_);
  return transcript_events_max;
}

void Recorder::remark(Place place, std::string_view note) {
  if (place >= transcript_.size()) return;
  std::string& text = transcript_[place].note;
  if (!text.empty()) text += "; ";
  text += note;
}

}  // namespace tcpjury::engine
