#include "harness/link/offload.h"

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

#include "harness/base/unique_fd.h"
#include "harness/link/system_error.h"

namespace tcpjury::link {
namespace {

struct Offload {
  std::uint32_t command;
  const char* name;
};

// The segmentation offloads come first: some drivers refuse to lose the checksum while they stand.
constexpr std::array<Offload, 4> offloads{{
    {ETHTOOL_SGRO, "receive coalescing"},
    {ETHTOOL_SGSO, "generic segmentation"},
    {ETHTOOL_STSO, "TCP segmentation"},
    {ETHTOOL_STXCSUM, "transmit checksum"},
}};

}  // namespace

Result<void> disable_offloads(const std::string& interface) {
  const UniqueFd socket{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (!socket) return system_failure("cannot open a socket", errno);
  for (const Offload& offload : offloads) {
    ethtool_value value{.cmd = offload.command, .data = 0};
    ifreq request{};
    std::strncpy(request.ifr_name, interface.c_str(), IFNAMSIZ - 1);
    request.ifr_data = &value;
    if (::ioctl(socket.get(), SIOCETHTOOL, &request) != 0) {
      return system_failure(
          std::string{"cannot turn off the offload of "} + offload.name + " on " + interface, errno);
    }
  }
  return {};
}

}  // namespace tcpjury::link
