#include "harness/link/tun_link.h"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "harness/link/chatter.h"
#include "harness/link/system_error.h"

namespace tcpjury::link {
namespace {

constexpr std::size_t datagram_octets_max = 65'536;
constexpr int send_attempts_max = 1000;

Result<UniqueFd> open_device(ifreq& request) {
  UniqueFd device{::open(TunLink::device_node, O_RDWR | O_NONBLOCK | O_CLOEXEC)};
  if (!device) {
    return system_failure(std::string{"cannot open "} + TunLink::device_node, errno,
                          "load the tun module and allow this user to open the device, or use the raw link");
  }
  request = {};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, "jury%d", IFNAMSIZ - 1);
  if (::ioctl(device.get(), TUNSETIFF, &request) != 0) {
    return system_failure("cannot make a TUN device", errno, "this needs CAP_NET_ADMIN in the namespace");
  }
  // No offload: every segment leaves the kernel whole, with its checksum computed.
  if (::ioctl(device.get(), TUNSETOFFLOAD, 0UL) != 0) {
    return system_failure("cannot turn the offloads of the TUN device off", errno);
  }
  return device;
}

}  // namespace

TunLink::TunLink(UniqueFd device, Netlink netlink, InterfaceIndex interface)
    : device_{std::move(device)},
      netlink_{std::move(netlink)},
      interface_{interface},
      buffer_(datagram_octets_max) {}

Result<std::unique_ptr<TunLink>> TunLink::open(const InterfacePlan& plan) {
  if (auto silent = silence_new_interfaces(); !silent) return tl::unexpected{silent.error()};
  ifreq request{};
  auto device = open_device(request);
  if (!device) return tl::unexpected{device.error()};
  auto netlink = Netlink::open();
  if (!netlink) return tl::unexpected{netlink.error()};
  auto interface = netlink->index_of(request.ifr_name);
  if (!interface) return tl::unexpected{interface.error()};
  if (auto done = configure_interface(*netlink, *interface, plan); !done) {
    return tl::unexpected{done.error()};
  }
  return std::unique_ptr<TunLink>{new TunLink{std::move(*device), std::move(*netlink), *interface}};
}

Result<void> TunLink::send(BytesView datagram) {
  for (int attempt = 0; attempt < send_attempts_max; ++attempt) {
    if (::write(device_.get(), datagram.data(), datagram.size()) >= 0) return {};
    // A version that is neither 4 nor 6 names no protocol to hand the octets to. The kernel throws them away
    // as RFC 1122 section 3.2.1.1 wants a host to; the link is fine.
    if (errno == EINVAL) return {};
    if (errno != EAGAIN && errno != ENOBUFS && errno != EINTR) break;
    pollfd writable{.fd = device_.get(), .events = POLLOUT, .revents = 0};
    ::poll(&writable, 1, 1);
  }
  return system_failure("cannot send on the TUN device", errno);
}

Result<std::optional<Bytes>> TunLink::receive() {
  while (true) {
    const ssize_t got = ::read(device_.get(), buffer_.data(), buffer_.size());
    if (got < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) return std::optional<Bytes>{};
      return system_failure("cannot receive from the TUN device", errno);
    }
    const BytesView datagram{buffer_.data(), static_cast<std::size_t>(got)};
    if (!is_chatter(datagram)) return std::optional<Bytes>{Bytes{datagram.begin(), datagram.end()}};
  }
}

// Only the direction towards us can overflow: write() tells when the kernel did not take a datagram.
std::uint64_t TunLink::dropped() const {
  const auto counters = netlink_.counters(interface_);
  return counters ? counters->tx_dropped : 0;
}

}  // namespace tcpjury::link
