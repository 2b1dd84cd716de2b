#include "harness/link/event_loop.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "harness/base/unique_fd.h"

namespace tcpjury::link {
namespace {

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

Pipe make_pipe() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  return {UniqueFd{ends[0]}, UniqueFd{ends[1]}};
}

void put_octet(const Pipe& pipe) { EXPECT_EQ(::write(pipe.write_end.get(), "x", 1), 1); }
void take_octet(const Pipe& pipe) {
  char octet = 0;
  EXPECT_EQ(::read(pipe.read_end.get(), &octet, 1), 1);
}

TEST(EventLoop, ClockStartsAtTheEpochOrLaterAndNeverGoesBack) {
  EventLoop loop{Interrupts::leave_alone};
  const TimePoint first = loop.now();
  EXPECT_GE(first, clock_epoch);
  EXPECT_GE(loop.now(), first);
}

TEST(EventLoop, WakesForADescriptorThatIsAlreadyReadable) {
  EventLoop loop{Interrupts::leave_alone};
  const Pipe pipe = make_pipe();
  put_octet(pipe);
  ASSERT_TRUE(loop.watch(pipe.read_end.get()));
  EXPECT_EQ(loop.run_until(never), Wake::readable);
  // Nobody has read it: still readable.
  EXPECT_EQ(loop.run_until(never), Wake::readable);
  loop.unwatch(pipe.read_end.get());
}

TEST(EventLoop, WakesAtADeadlineAndNotBefore) {
  EventLoop loop{Interrupts::leave_alone};
  const Pipe pipe = make_pipe();
  ASSERT_TRUE(loop.watch(pipe.read_end.get()));
  const TimePoint deadline = loop.now() + std::chrono::milliseconds{5};
  EXPECT_EQ(loop.run_until(deadline), Wake::deadline);
  EXPECT_GE(loop.now(), deadline);
}

TEST(EventLoop, WakesAtOnceForADeadlineInThePast) {
  EventLoop loop{Interrupts::leave_alone};
  EXPECT_EQ(loop.run_until(loop.now()), Wake::deadline);
  EXPECT_EQ(loop.run_until(clock_epoch - std::chrono::hours{1}), Wake::deadline);
}

TEST(EventLoop, AnOldDeadlineDoesNotEndALaterWait) {
  EventLoop loop{Interrupts::leave_alone};
  const Pipe pipe = make_pipe();
  put_octet(pipe);
  ASSERT_TRUE(loop.watch(pipe.read_end.get()));
  EXPECT_EQ(loop.run_until(loop.now() + std::chrono::milliseconds{2}), Wake::readable);
  take_octet(pipe);
  const TimePoint later = loop.now() + std::chrono::milliseconds{10};
  EXPECT_EQ(loop.run_until(later), Wake::deadline);
  EXPECT_GE(loop.now(), later);
}

TEST(EventLoop, AnUnwatchedDescriptorIsSilentAndCanBeWatchedAgain) {
  EventLoop loop{Interrupts::leave_alone};
  const Pipe pipe = make_pipe();
  ASSERT_TRUE(loop.watch(pipe.read_end.get()));
  EXPECT_EQ(loop.run_until(loop.now()), Wake::deadline);
  loop.unwatch(pipe.read_end.get());
  put_octet(pipe);
  EXPECT_EQ(loop.run_until(loop.now()), Wake::deadline);
  ASSERT_TRUE(loop.watch(pipe.read_end.get()));
  EXPECT_EQ(loop.run_until(never), Wake::readable);
}

TEST(EventLoop, StopEndsTheNextWaitOnce) {
  EventLoop loop{Interrupts::leave_alone};
  loop.stop();
  EXPECT_EQ(loop.run_until(never), Wake::stopped);
  EXPECT_EQ(loop.run_until(loop.now()), Wake::deadline);
}

TEST(EventLoop, ASignalIsAFlagThatStays) {
  EventLoop loop{Interrupts::watch};
  EXPECT_FALSE(loop.interrupted());
  ASSERT_EQ(std::raise(SIGTERM), 0);
  EXPECT_EQ(loop.run_until(never), Wake::interrupted);
  EXPECT_EQ(loop.run_until(never), Wake::interrupted);
  EXPECT_TRUE(loop.interrupted());
}

}  // namespace
}  // namespace tcpjury::link
