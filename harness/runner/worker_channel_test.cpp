#include "harness/runner/worker_channel.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <string>
#include <thread>

#include "harness/base/unique_fd.h"

namespace tcpjury::runner {
namespace {

// An event loop makes the sockets it watches non-blocking: a full socket must not look like a runner that is
// gone.
TEST(WorkerChannel, SendsALongMessageThroughANonBlockingSocket) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  UniqueFd worker{ends[0]};
  UniqueFd runner{ends[1]};
  ASSERT_EQ(::fcntl(worker.get(), F_SETFL, O_NONBLOCK), 0);
  const std::string text(8U << 20U, 'x');

  std::size_t received = 0;
  std::thread reader{[&] {
    std::array<char, 4096> chunk{};
    for (ssize_t got = 0; (got = ::recv(runner.get(), chunk.data(), chunk.size(), 0)) > 0;) {
      received += static_cast<std::size_t>(got);
    }
  }};
  WorkerChannel channel{worker.get()};
  EXPECT_TRUE(channel.send(Remark{text}));
  worker.reset();
  reader.join();
  EXPECT_GT(received, text.size());
}

TEST(WorkerChannel, NoticesThatTheRunnerIsGone) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  UniqueFd worker{ends[0]};
  UniqueFd{ends[1]}.reset();
  WorkerChannel channel{worker.get()};
  EXPECT_FALSE(channel.send(Remark{"nobody listens"}));
  EXPECT_FALSE(channel.receive().has_value());
}

}  // namespace
}  // namespace tcpjury::runner
