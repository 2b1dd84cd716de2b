#include "targets/linux/doctor.h"

#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "harness/base/unique_fd.h"
#include "harness/link/namespace_setup.h"
#include "harness/link/raw_link.h"
#include "harness/link/sysctl.h"
#include "harness/link/system_error.h"
#include "harness/link/tun_link.h"
#include "targets/linux/linux_target.h"

namespace tcpjury::targets::kernel {
namespace {

/// What a check found out, in words.
using Finding = Result<std::string>;
using Check = Finding (*)();

Finding check_network_namespace() {
  const auto entered = link::enter_fresh_network_namespace();
  if (!entered) return tl::unexpected{entered.error()};
  return std::string{entered->user_namespace ? "inside a user namespace" : "as a privileged user"};
}

Finding check_user_namespace() {
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return link::system_failure("cannot make a user namespace", errno,
                                "needed only where tcpjury does not run as root");
  }
  return std::string{"can be made"};
}

Finding check_settings() {
  if (const auto entered = link::enter_fresh_network_namespace(); !entered) {
    return tl::unexpected{entered.error()};
  }
  const auto written = link::write_sysctl("net.ipv4.tcp_syncookies", "0");
  if (!written) return tl::unexpected{written.error()};
  return std::string{"can be changed in the namespace"};
}

template <class LinkKind>
Finding check_link() {
  if (const auto entered = link::enter_fresh_network_namespace(); !entered) {
    return tl::unexpected{entered.error()};
  }
  const auto opened = LinkKind::open(interface_plan());
  if (!opened) return tl::unexpected{opened.error()};
  return std::string{"opened, with addresses and routes"};
}

Finding check_ipv6() {
  if (const auto entered = link::enter_fresh_network_namespace(); !entered) {
    return tl::unexpected{entered.error()};
  }
  if (!link::kernel_has_ipv6()) {
    return fail("the kernel has no IPv6", "scenarios of family v6 will be not-applicable");
  }
  return std::string{"there"};
}

/// The three parts of a check's outcome on their way out of the child, each ended by a zero octet.
std::string pack(const Finding& finding) {
  const auto part = [](std::string_view text) { return std::string{text} + '\0'; };
  if (finding) return part("ok") + part(*finding) + part("");
  return part("no") + part(finding.error().message) + part(finding.error().hint);
}

EnvironmentCheck unpack(std::string name, const std::string& packed) {
  std::array<std::string, 3> parts;
  std::size_t at = 0;
  for (std::string& part : parts) {
    const std::size_t end = packed.find('\0', at);
    if (end == std::string::npos) {
      return {.name = std::move(name), .ok = false, .detail = "the check itself ended without an answer"};
    }
    part = packed.substr(at, end - at);
    at = end + 1;
  }
  return {.name = std::move(name), .ok = parts[0] == "ok", .detail = parts[1], .hint = parts[2]};
}

std::string read_all(int fd) {
  std::string all;
  std::array<char, 1024> buffer{};
  while (true) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return all;
    all.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

// A child, since nobody comes back from a namespace.
EnvironmentCheck run_in_child(std::string name, Check check) {
  std::array<int, 2> ends{};
  if (::pipe(ends.data()) != 0) return {.name = std::move(name), .ok = false, .detail = "cannot make a pipe"};
  UniqueFd read_end{ends[0]};
  UniqueFd write_end{ends[1]};
  const pid_t child = ::fork();
  if (child < 0) return {.name = std::move(name), .ok = false, .detail = "cannot make a process"};
  if (child == 0) {
    const std::string packed = pack(check());
    const bool written = ::write(write_end.get(), packed.data(), packed.size()) >= 0;
    ::_exit(written ? 0 : 1);
  }
  write_end.reset();
  const std::string packed = read_all(read_end.get());
  int status = 0;
  ::waitpid(child, &status, 0);
  return unpack(std::move(name), packed);
}

}  // namespace

std::vector<EnvironmentCheck> examine_environment() {
  return {
      run_in_child("network namespace", check_network_namespace),
      run_in_child("user namespace", check_user_namespace),
      run_in_child("kernel settings", check_settings),
      run_in_child("tun link", check_link<link::TunLink>),
      run_in_child("raw link", check_link<link::RawLink>),
      run_in_child("ipv6", check_ipv6),
  };
}

}  // namespace tcpjury::targets::kernel
