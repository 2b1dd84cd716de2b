#include "harness/runner/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tcpjury::runner {
namespace {

constexpr std::size_t error_text_max = 16'384;

tl::unexpected<Error> system_failure(std::string_view what) {
  return fail(fmt::format("cannot {}: {}", what, std::strerror(errno)));
}

/// A copy that does not stand in the way of the descriptors a worker is born with.
UniqueFd out_of_the_way(int fd) { return UniqueFd{::fcntl(fd, F_DUPFD_CLOEXEC, 10)}; }

/// posix_spawn's plan of descriptors, freed in the end.
class FileActions {
 public:
  FileActions() { posix_spawn_file_actions_init(&actions_); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { posix_spawn_file_actions_destroy(&actions_); }
  void open_null(int as) { posix_spawn_file_actions_addopen(&actions_, as, "/dev/null", O_RDONLY, 0); }
  void give(int fd, int as) { posix_spawn_file_actions_adddup2(&actions_, fd, as); }
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

WorkerProcess::WorkerProcess(pid_t pid, UniqueFd socket, UniqueFd error_output, BlackBoxMemory blackbox)
    : pid_{pid},
      socket_{std::move(socket)},
      stderr_{std::move(error_output)},
      blackbox_{std::move(blackbox)} {}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept
    : pid_{std::exchange(other.pid_, -1)},
      socket_{std::move(other.socket_)},
      stderr_{std::move(other.stderr_)},
      blackbox_{std::move(other.blackbox_)},
      error_text_{std::move(other.error_text_)} {}

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
  std::swap(pid_, other.pid_);
  std::swap(socket_, other.socket_);
  std::swap(stderr_, other.stderr_);
  std::swap(blackbox_, other.blackbox_);
  std::swap(error_text_, other.error_text_);
  return *this;
}

WorkerProcess::~WorkerProcess() {
  if (pid_ < 0) return;
  kill();
  (void)reap();
}

Result<WorkerProcess> WorkerProcess::start(const WorkerCommand& command) {
  auto blackbox = BlackBoxMemory::create();
  if (!blackbox) return tl::unexpected<Error>{blackbox.error()};
  std::array<int, 2> pair{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
    return system_failure("make a socket pair");
  }
  UniqueFd ours{pair[0]};
  const UniqueFd theirs{pair[1]};
  if (::pipe2(pair.data(), O_CLOEXEC) != 0) return system_failure("make a pipe");
  UniqueFd error_in{pair[0]};
  const UniqueFd error_out{pair[1]};
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  ::fcntl(error_in.get(), F_SETFL, O_NONBLOCK);

  const UniqueFd socket_copy = out_of_the_way(theirs.get());
  const UniqueFd box_copy = out_of_the_way(blackbox->fd());
  const UniqueFd error_copy = out_of_the_way(error_out.get());
  if (!socket_copy || !box_copy || !error_copy) return system_failure("copy a descriptor");
  FileActions actions;
  actions.open_null(STDIN_FILENO);
  // What a stack prints belongs to the finding, not between our own lines.
  actions.give(error_copy.get(), STDOUT_FILENO);
  actions.give(error_copy.get(), STDERR_FILENO);
  actions.give(socket_copy.get(), worker_socket_fd);
  actions.give(box_copy.get(), worker_blackbox_fd);

  std::vector<std::string> words{command.program};
  words.insert(words.end(), command.arguments.begin(), command.arguments.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t pid = -1;
  const int error =
      ::posix_spawn(&pid, command.program.c_str(), actions.get(), nullptr, argv.data(), environ);
  if (error != 0) {
    return fail(fmt::format("cannot execute the worker '{}': {}", command.program, std::strerror(error)));
  }
  return WorkerProcess{pid, std::move(ours), std::move(error_in), std::move(*blackbox)};
}

void WorkerProcess::collect_error_output() {
  std::array<char, 4096> chunk{};
  while (stderr_) {
    const ssize_t got = ::read(stderr_.get(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return;
    if (got == 0) {
      stderr_.reset();
      return;
    }
    error_text_.append(chunk.data(), static_cast<std::size_t>(got));
    if (error_text_.size() > error_text_max) error_text_.erase(0, error_text_.size() - error_text_max);
  }
}

std::optional<Duration> WorkerProcess::cpu_time() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) return std::nullopt;
  return std::chrono::seconds{used.tv_sec} + std::chrono::nanoseconds{used.tv_nsec};
}

void WorkerProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

std::string WorkerProcess::reap() {
  if (pid_ < 0) return "gone";
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  collect_error_output();
  if (WIFSIGNALED(status)) {
    const char* name = ::sigabbrev_np(WTERMSIG(status));
    return name == nullptr ? fmt::format("signal {}", WTERMSIG(status)) : fmt::format("SIG{}", name);
  }
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

}  // namespace tcpjury::runner
