#include "harness/link/namespace_setup.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "harness/base/unique_fd.h"
#include "harness/link/netlink.h"
#include "harness/link/system_error.h"

namespace tcpjury::link {
namespace {

Result<void> write_file(const char* path, const std::string& text) {
  const UniqueFd file{::open(path, O_WRONLY | O_CLOEXEC)};
  if (!file) return system_failure(std::string{"cannot open "} + path, errno);
  if (::write(file.get(), text.data(), text.size()) < 0) {
    return system_failure(std::string{"cannot write "} + path, errno);
  }
  return {};
}

// The caller becomes root of the new user namespace, and nobody else exists in it. "deny" comes first: the
// kernel lets an unprivileged process map its group only after it gave up setgroups().
Result<void> map_identity(uid_t user, gid_t group) {
  if (auto denied = write_file("/proc/self/setgroups", "deny"); !denied) return denied;
  if (auto mapped = write_file("/proc/self/uid_map", "0 " + std::to_string(user) + " 1"); !mapped) {
    return mapped;
  }
  return write_file("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
}

std::string hint_for_user_namespace(int error_number) {
  if (error_number == EINVAL) return "the process must have a single thread when it enters the namespace";
  if (error_number == ENOSPC) return "raise user.max_user_namespaces (it is 0 or exhausted)";
  return "run as root, or allow unprivileged user namespaces "
         "(kernel.unprivileged_userns_clone=1, kernel.apparmor_restrict_unprivileged_userns=0)";
}

Result<EnteredNamespace> unshare_network() {
  if (::unshare(CLONE_NEWNET) == 0) return EnteredNamespace{};
  if (errno != EPERM) return system_failure("cannot make a network namespace", errno);
  const uid_t user = ::geteuid();
  const gid_t group = ::getegid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) {
    return system_failure("cannot make a user and network namespace", errno, hint_for_user_namespace(errno));
  }
  if (auto mapped = map_identity(user, group); !mapped) return tl::unexpected{mapped.error()};
  return EnteredNamespace{.user_namespace = true};
}

}  // namespace

Result<EnteredNamespace> enter_fresh_network_namespace() {
  auto entered = unshare_network();
  if (!entered) return entered;
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected{netlink.error()};
  auto loopback = netlink->index_of("lo");
  if (!loopback) return tl::unexpected{loopback.error()};
  if (auto up = netlink->set_up(*loopback); !up) return tl::unexpected{up.error()};
  return entered;
}

}  // namespace tcpjury::link
