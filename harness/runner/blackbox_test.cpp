#include "harness/runner/blackbox.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "harness/base/random.h"

namespace tcpjury::runner {
namespace {

using engine::TranscriptEvent;

TranscriptEvent event(std::string note, std::size_t octets) {
  TranscriptEvent e;
  e.kind = TranscriptEvent::Kind::received;
  e.at = clock_epoch + std::chrono::milliseconds{5};
  e.step = 7;
  e.conn = "main";
  e.octets = Bytes(octets, std::byte{0xab});
  e.note = std::move(note);
  return e;
}

TEST(BlackBox, GivesBackWhatWasWrittenThroughAnotherMapping) {
  auto runner_side = BlackBoxMemory::create().value();
  auto worker_side = BlackBoxMemory::attach(runner_side.fd()).value();
  BlackBoxWriter writer{worker_side};
  writer.begin_case(41, Duration{123});
  writer.set_step(7);
  writer.append(event("skipped", 40));
  writer.append(event("", 0));

  const BlackBoxStatus status = blackbox_status(runner_side);
  EXPECT_EQ(status.serial, 1U);
  EXPECT_EQ(status.job, 41U);
  EXPECT_EQ(status.step, 7U);
  EXPECT_EQ(status.cpu_at_begin, Duration{123});
  const auto transcript = blackbox_transcript(runner_side);
  ASSERT_EQ(transcript.size(), 2U);
  EXPECT_EQ(transcript[0].note, "skipped");
  EXPECT_EQ(transcript[0].conn, "main");
  EXPECT_EQ(transcript[0].kind, TranscriptEvent::Kind::received);
  EXPECT_EQ(transcript[0].at, clock_epoch + std::chrono::milliseconds{5});
  EXPECT_EQ(transcript[0].octets, Bytes(40, std::byte{0xab}));
  EXPECT_TRUE(transcript[1].octets.empty());
}

TEST(BlackBox, ANewCaseForgetsTheOneBefore) {
  auto memory = BlackBoxMemory::create().value();
  BlackBoxWriter writer{memory};
  writer.begin_case(1, {});
  writer.append(event("old", 10));
  writer.end_case();
  EXPECT_FALSE(blackbox_status(memory).job);
  writer.begin_case(2, {});
  EXPECT_EQ(blackbox_status(memory).job, 2U);
  EXPECT_TRUE(blackbox_transcript(memory).empty());
}

TEST(BlackBox, RewindForgetsWhatWasTentative) {
  auto memory = BlackBoxMemory::create().value();
  BlackBoxWriter writer{memory};
  writer.begin_case(1, {});
  writer.append(event("kept", 1));
  const std::size_t mark = writer.mark();
  writer.append(event("tentative", 1));
  writer.rewind(mark);
  const auto transcript = blackbox_transcript(memory);
  ASSERT_EQ(transcript.size(), 1U);
  EXPECT_EQ(transcript[0].note, "kept");
}

TEST(BlackBox, KeepsTheBeginningWhenItIsFull) {
  auto memory = BlackBoxMemory::create().value();
  BlackBoxWriter writer{memory};
  writer.begin_case(1, {});
  writer.append(event("first", 100));
  for (int i = 0; i < 400; ++i) writer.append(event("more", 65'535));
  const auto transcript = blackbox_transcript(memory);
  ASSERT_GT(transcript.size(), 200U);
  ASSERT_LT(transcript.size(), 401U);
  EXPECT_EQ(transcript.front().note, "first");
  EXPECT_EQ(transcript.back().note, "more");
}

TEST(BlackBox, ABoxWrittenOverByTheStackReadsWithoutHarm) {
  auto memory = BlackBoxMemory::create().value();
  BlackBoxWriter writer{memory};
  Random random{7};
  for (int round = 0; round < 200; ++round) {
    writer.begin_case(1, {});
    for (int i = 0; i < 20; ++i) writer.append(event("note", 60));
    for (int i = 0; i < 50; ++i) {
      memory.records()[random.below(3000)] = static_cast<std::byte>(random.next32());
    }
    memory.header().used = random.next();
    const auto transcript = blackbox_transcript(memory);
    EXPECT_LE(transcript.size(), engine::transcript_events_max);
  }
}

}  // namespace
}  // namespace tcpjury::runner
