#include "reports/common/writer.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>

#include "harness/base/unique_fd.h"
#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

constexpr int attempts_max = 100;  // names tried for the file beside the report

tl::unexpected<Error> cannot_write(const std::string& path, int error) {
  std::string hint;
  if (error == ENOENT || error == ENOTDIR) hint = "make the folder first, or give another path";
  if (error == EACCES || error == EPERM || error == EROFS) hint = "choose a folder that you may write to";
  if (error == EISDIR) hint = "give the name of a file, not of a folder";
  return fail(fmt::format("cannot write the report {}: {}", printable(path), std::strerror(error)),
              std::move(hint));
}

/// Zero, or the errno that stopped it.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = ::write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return 0;
}

Result<void> write_in_place(std::string_view report, const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!fd) return cannot_write(path, errno);
  if (const int error = write_all(fd.get(), report); error != 0) return cannot_write(path, error);
  return {};
}

/// Where the name really leads, so that a symbolic link stays one.
std::string resolved(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> real{::realpath(path.c_str(), nullptr), &std::free};
  return real ? std::string{real.get()} : path;
}

struct Beside {
  UniqueFd fd = {};
  std::string name = {};
};
Result<Beside> open_beside(const std::string& path, mode_t mode) {
  for (int attempt = 0; attempt < attempts_max; ++attempt) {
    std::string name = fmt::format("{}.{}-{}.tmp", path, ::getpid(), attempt);
    UniqueFd fd{::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (fd) return Beside{std::move(fd), std::move(name)};
    if (errno != EEXIST) return cannot_write(path, errno);
  }
  return cannot_write(path, EEXIST);
}

Result<void> replace_file(std::string_view report, const std::string& path, std::optional<mode_t> mode) {
  auto beside = open_beside(path, mode.value_or(0666));
  if (!beside) return tl::unexpected<Error>{beside.error()};
  int error = write_all(beside->fd.get(), report);
  if (error == 0 && mode && ::fchmod(beside->fd.get(), *mode) != 0) error = errno;
  if (error == 0 && ::close(beside->fd.release()) != 0) error = errno;
  if (error == 0 && std::rename(beside->name.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  ::unlink(beside->name.c_str());
  return cannot_write(path, error);
}

}  // namespace

Result<void> write_report(std::string_view report, const std::string& path) {
  if (path.empty()) return fail("a report needs a path", "give a file name, or - for standard output");
  if (path == "-") {
    if (const int error = write_all(STDOUT_FILENO, report); error != 0) return cannot_write(path, error);
    return {};
  }
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return replace_file(report, path, std::nullopt);
  if (S_ISDIR(found.st_mode)) return cannot_write(path, EISDIR);
  if (!S_ISREG(found.st_mode)) return write_in_place(report, path);
  return replace_file(report, resolved(path), found.st_mode & 07777U);
}

}  // namespace tcpjury::reports
