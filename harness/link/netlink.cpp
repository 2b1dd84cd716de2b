#include "harness/link/netlink.h"

#include <libmnl/libmnl.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "harness/link/system_error.h"

namespace tcpjury::link {
namespace {

constexpr std::size_t message_octets_max = 8192;
using MessageBuffer = std::array<char, message_octets_max>;

std::uint8_t kernel_family(wire::Family family) {
  return family == wire::Family::v4 ? std::uint8_t{AF_INET} : std::uint8_t{AF_INET6};
}

template <class Header>
Header* extra_header(nlmsghdr* message) {
  return static_cast<Header*>(mnl_nlmsg_put_extra_header(message, sizeof(Header)));
}

void put_address(nlmsghdr* message, std::uint16_t attribute, const wire::IpAddress& address) {
  mnl_attr_put(message, attribute, address.size(), address.octets.data());
}

ifinfomsg* link_header(nlmsghdr* message, InterfaceIndex interface) {
  auto* header = extra_header<ifinfomsg>(message);
  header->ifi_family = AF_UNSPEC;
  header->ifi_index = static_cast<int>(interface);
  return header;
}

template <class Read>
int forward_message(const nlmsghdr* message, void* read) {
  (*static_cast<Read*>(read))(message);
  return MNL_CB_OK;
}

// The payload is aligned to four octets only, and older kernels send a shorter structure.
int read_counters(const nlattr* attribute, void* into) {
  if (mnl_attr_get_type(attribute) != IFLA_STATS64) return MNL_CB_OK;
  rtnl_link_stats64 stats{};
  const std::size_t octets = std::min<std::size_t>(sizeof stats, mnl_attr_get_payload_len(attribute));
  std::memcpy(&stats, mnl_attr_get_payload(attribute), octets);
  *static_cast<InterfaceCounters*>(into) = {.rx_dropped = stats.rx_dropped, .tx_dropped = stats.tx_dropped};
  return MNL_CB_STOP;
}

}  // namespace

void Netlink::Closer::operator()(mnl_socket* socket) const { mnl_socket_close(socket); }

Result<Netlink> Netlink::open() {
  Netlink netlink{mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC)};
  if (!netlink.socket_) return system_failure("cannot open a netlink socket", errno);
  if (mnl_socket_bind(netlink.socket_.get(), 0, MNL_SOCKET_AUTOPID) < 0) {
    return system_failure("cannot bind a netlink socket", errno);
  }
  return netlink;
}

template <class Fill, class Read>
Result<void> Netlink::transact(const std::string& what, std::uint16_t type, std::uint16_t flags, Fill fill,
                               Read read) {
  alignas(nlmsghdr) MessageBuffer buffer{};
  nlmsghdr* message = mnl_nlmsg_put_header(buffer.data());
  message->nlmsg_type = type;
  message->nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
  message->nlmsg_seq = ++sequence_;
  fill(message);
  if (mnl_socket_sendto(socket_.get(), message, message->nlmsg_len) < 0) return system_failure(what, errno);
  const unsigned port = mnl_socket_get_portid(socket_.get());
  int state = MNL_CB_OK;
  while (state > MNL_CB_STOP) {
    const ssize_t got = mnl_socket_recvfrom(socket_.get(), buffer.data(), buffer.size());
    if (got < 0) return system_failure(what, errno);
    state = mnl_cb_run(buffer.data(), static_cast<std::size_t>(got), sequence_, port, forward_message<Read>,
                       &read);
  }
  if (state < 0) return system_failure(what, errno);
  return {};
}

template <class Fill>
Result<void> Netlink::request(const std::string& what, std::uint16_t type, std::uint16_t flags, Fill fill) {
  return transact(what, type, flags, fill, [](const nlmsghdr*) {});
}

Result<InterfaceIndex> Netlink::index_of(const std::string& name) {
  InterfaceIndex index = 0;
  auto asked = transact(
      "cannot find the network interface " + name, RTM_GETLINK, 0,
      [&](nlmsghdr* message) {
        link_header(message, 0);
        mnl_attr_put_strz(message, IFLA_IFNAME, name.c_str());
      },
      [&](const nlmsghdr* message) {
        const auto* header = static_cast<const ifinfomsg*>(mnl_nlmsg_get_payload(message));
        index = static_cast<InterfaceIndex>(header->ifi_index);
      });
  if (!asked) return tl::unexpected{asked.error()};
  return index;
}

Result<void> Netlink::set_up(InterfaceIndex interface) {
  return request("cannot bring an interface up", RTM_NEWLINK, 0, [&](nlmsghdr* message) {
    auto* header = link_header(message, interface);
    header->ifi_flags = IFF_UP;
    header->ifi_change = IFF_UP;
  });
}

Result<void> Netlink::set_mtu(InterfaceIndex interface, std::uint32_t octets) {
  return request("cannot set the MTU", RTM_NEWLINK, 0, [&](nlmsghdr* message) {
    link_header(message, interface);
    mnl_attr_put_u32(message, IFLA_MTU, octets);
  });
}

Result<void> Netlink::set_queue_length(InterfaceIndex interface, std::uint32_t datagrams) {
  return request("cannot set the transmit queue length", RTM_NEWLINK, 0, [&](nlmsghdr* message) {
    link_header(message, interface);
    mnl_attr_put_u32(message, IFLA_TXQLEN, datagrams);
  });
}

Result<void> Netlink::set_mac(InterfaceIndex interface, const MacAddress& mac) {
  return request("cannot set a link-layer address", RTM_NEWLINK, 0, [&](nlmsghdr* message) {
    link_header(message, interface);
    mnl_attr_put(message, IFLA_ADDRESS, mac.size(), mac.data());
  });
}

Result<void> Netlink::create_veth(const std::string& one, const std::string& other) {
  return request("cannot create a pair of virtual Ethernet devices", RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL,
                 [&](nlmsghdr* message) {
                   link_header(message, 0);
                   mnl_attr_put_strz(message, IFLA_IFNAME, one.c_str());
                   mnl_attr_put_u32(message, IFLA_NUM_TX_QUEUES, 1);
                   mnl_attr_put_u32(message, IFLA_NUM_RX_QUEUES, 1);
                   nlattr* info = mnl_attr_nest_start(message, IFLA_LINKINFO);
                   mnl_attr_put_strz(message, IFLA_INFO_KIND, "veth");
                   nlattr* data = mnl_attr_nest_start(message, IFLA_INFO_DATA);
                   nlattr* peer = mnl_attr_nest_start(message, VETH_INFO_PEER);
                   link_header(message, 0);
                   mnl_attr_put_strz(message, IFLA_IFNAME, other.c_str());
                   mnl_attr_put_u32(message, IFLA_NUM_TX_QUEUES, 1);
                   mnl_attr_put_u32(message, IFLA_NUM_RX_QUEUES, 1);
                   mnl_attr_nest_end(message, peer);
                   mnl_attr_nest_end(message, data);
                   mnl_attr_nest_end(message, info);
                 });
}

Result<void> Netlink::add_address(InterfaceIndex interface, const wire::IpAddress& address) {
  return request("cannot add an address", RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, [&](nlmsghdr* message) {
    auto* header = extra_header<ifaddrmsg>(message);
    header->ifa_family = kernel_family(address.family);
    header->ifa_prefixlen = static_cast<std::uint8_t>(8 * address.size());
    header->ifa_flags = address.family == wire::Family::v6 ? std::uint8_t{IFA_F_NODAD} : std::uint8_t{0};
    header->ifa_scope = RT_SCOPE_UNIVERSE;
    header->ifa_index = interface;
    put_address(message, IFA_LOCAL, address);
    put_address(message, IFA_ADDRESS, address);
  });
}

Result<bool> Netlink::is_local(const wire::IpAddress& address) {
  bool local = false;
  auto asked = transact(
      "cannot look up a route", RTM_GETROUTE, 0,
      [&](nlmsghdr* message) {
        auto* header = extra_header<rtmsg>(message);
        header->rtm_family = kernel_family(address.family);
        header->rtm_dst_len = static_cast<std::uint8_t>(8 * address.size());
        put_address(message, RTA_DST, address);
      },
      [&](const nlmsghdr* message) {
        local = static_cast<const rtmsg*>(mnl_nlmsg_get_payload(message))->rtm_type == RTN_LOCAL;
      });
  if (!asked) return tl::unexpected{asked.error()};
  return local;
}

Result<void> Netlink::add_default_route(InterfaceIndex interface, const wire::IpAddress& gateway) {
  return request("cannot add a default route", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL,
                 [&](nlmsghdr* message) {
                   auto* header = extra_header<rtmsg>(message);
                   header->rtm_family = kernel_family(gateway.family);
                   header->rtm_table = RT_TABLE_MAIN;
                   header->rtm_protocol = RTPROT_STATIC;
                   header->rtm_scope = RT_SCOPE_UNIVERSE;
                   header->rtm_type = RTN_UNICAST;
                   header->rtm_flags = RTNH_F_ONLINK;
                   put_address(message, RTA_GATEWAY, gateway);
                   mnl_attr_put_u32(message, RTA_OIF, interface);
                 });
}

Result<void> Netlink::add_neighbour(InterfaceIndex interface, const wire::IpAddress& address,
                                    const MacAddress& mac) {
  return request("cannot add a neighbour", RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE,
                 [&](nlmsghdr* message) {
                   auto* header = extra_header<ndmsg>(message);
                   header->ndm_family = kernel_family(address.family);
                   header->ndm_ifindex = static_cast<int>(interface);
                   header->ndm_state = NUD_PERMANENT;
                   put_address(message, NDA_DST, address);
                   mnl_attr_put(message, NDA_LLADDR, mac.size(), mac.data());
                 });
}

Result<InterfaceCounters> Netlink::counters(InterfaceIndex interface) {
  InterfaceCounters counters;
  auto asked = transact(
      "cannot read an interface's counters", RTM_GETLINK, 0,
      [&](nlmsghdr* message) { link_header(message, interface); },
      [&](const nlmsghdr* message) { mnl_attr_parse(message, sizeof(ifinfomsg), read_counters, &counters); });
  if (!asked) return tl::unexpected{asked.error()};
  return counters;
}

}  // namespace tcpjury::link
