#include "harness/link/sysctl.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "harness/base/unique_fd.h"
#include "harness/link/system_error.h"

namespace tcpjury::link {
namespace {

// Only the dots between the parts become slashes; none of our interface names has a dot.
std::string path_of(std::string_view name) {
  std::string path = "/proc/sys/";
  path += name;
  std::replace(path.begin() + 10, path.end(), '.', '/');
  return path;
}

}  // namespace

std::optional<std::string> read_sysctl(std::string_view name) {
  const UniqueFd file{::open(path_of(name).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return std::nullopt;
  std::array<char, 512> buffer{};
  const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
  if (got < 0) return std::nullopt;
  std::string text(buffer.data(), static_cast<std::size_t>(got));
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.pop_back();
  std::replace(text.begin(), text.end(), '\t', ' ');
  return text;
}

Result<bool> write_sysctl(std::string_view name, std::string_view value) {
  const UniqueFd file{::open(path_of(name).c_str(), O_WRONLY | O_CLOEXEC)};
  if (!file) {
    if (errno == ENOENT) return false;
    return system_failure("cannot open the kernel setting " + std::string{name}, errno);
  }
  if (::write(file.get(), value.data(), value.size()) < 0) {
    return system_failure("cannot set " + std::string{name} + " to " + std::string{value}, errno);
  }
  return true;
}

}  // namespace tcpjury::link
