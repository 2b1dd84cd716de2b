#include "harness/engine/recorder.h"

#include <gtest/gtest.h>

namespace tcpjury::engine {
namespace {

TEST(Recorder, RemarksAreAddedToTheEvent) {
  Recorder recorder;
  const auto place = recorder.add({.note = "first"});
  recorder.remark(place, "second");
  EXPECT_EQ(recorder.transcript().front().note, "first; second");
}

TEST(Recorder, LastEventSaysHowManyWereDropped) {
  Recorder recorder;
  for (std::size_t i = 0; i < transcript_events_max + 9; ++i) {
    recorder.remark(recorder.add({.note = "event"}), "remark");
  }
  EXPECT_EQ(recorder.transcript().size(), transcript_events_max);
  EXPECT_EQ(recorder.transcript().back().note, "10 more events were not kept");
}

}  // namespace
}  // namespace tcpjury::engine
