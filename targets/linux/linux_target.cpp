#include "targets/linux/linux_target.h"

#include <sys/resource.h>
#include <sys/utsname.h>

#include <chrono>
#include <string_view>
#include <utility>

#include "harness/link/namespace_setup.h"
#include "harness/link/raw_link.h"
#include "harness/link/tun_link.h"

namespace tcpjury::targets::kernel {
namespace {

using wire::Family;
using wire::IpAddress;

// RFC 5737 and RFC 3849 documentation addresses for the target; for the testers the range of RFC 2544, which
// is large enough that no address is used twice.
constexpr IpAddress v4_target = IpAddress::v4(192, 0, 2, 2);
constexpr IpAddress v4_gateway = IpAddress::v4(192, 0, 2, 1);
constexpr IpAddress v4_tester_first = IpAddress::v4(198, 18, 0, 1);
constexpr std::uint32_t v4_tester_count = 131'070;
constexpr IpAddress v6_target{Family::v6, {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
constexpr IpAddress v6_gateway{Family::v6, {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
constexpr IpAddress v6_tester_first{Family::v6, {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
constexpr std::uint32_t v6_tester_count = 1U << 20U;

// TIME-WAIT is compiled in as 60 s.
constexpr Duration kernel_msl = std::chrono::seconds{30};
// The kernel's timer wheel is coarser the farther away a timer is, and only ever late: 60 s take up to 63 s.
constexpr Duration timer_lateness = std::chrono::seconds{3};

struct OpenedLink {
  std::unique_ptr<link::Link> link;
  std::string remark;
};

Result<OpenedLink> open_link(LinkChoice choice, const link::InterfacePlan& plan) {
  std::string remark;
  if (choice != LinkChoice::raw) {
    auto tun = link::TunLink::open(plan);
    if (tun) return OpenedLink{std::move(*tun), {}};
    if (choice == LinkChoice::tun) return tl::unexpected{tun.error()};
    remark = tun.error().message;
  }
  auto raw = link::RawLink::open(plan);
  if (!raw) return tl::unexpected{raw.error()};
  return OpenedLink{std::move(*raw), std::move(remark)};
}

// A session holds a few sockets, and a worker holds all sessions of a suite.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

std::string kernel_release() {
  utsname names{};
  return ::uname(&names) == 0 ? names.release : "unknown";
}

engine::TargetTraits make_traits(const link::InterfacePlan& plan) {
  using enum scenario::Capability;
  engine::TargetTraits traits;
  traits.name = "linux";
  traits.version = kernel_release();
  traits.capabilities = {ipv4,     open_passive, open_active,   send,  receive,   close,
                         release,  abort,        status,        nagle, keepalive, user_timeout,
                         diffserv, ttl,          error_reports, urgent};
  traits.clock = ClockKind::real_time;
  traits.msl = kernel_msl;
  traits.clock_resolution = timer_lateness;
  traits.mtu = plan.mtu;
  traits.ordered = true;
  traits.v4 = engine::AddressPlan{v4_target, v4_tester_first, v4_tester_count};
  if (plan.v6) {
    traits.capabilities.insert(ipv6);
    traits.v6 = engine::AddressPlan{v6_target, v6_tester_first, v6_tester_count};
  }
  return traits;
}

}  // namespace

Result<LinuxOptions> parse_linux_options(const std::map<std::string, std::string>& options) {
  LinuxOptions parsed;
  for (const auto& [name, value] : options) {
    if (name == "link") {
      if (value != "auto" && value != "tun" && value != "raw") {
        return fail("unknown link '" + value + "'", "it is one of auto, tun, raw");
      }
      parsed.link = value == "tun"   ? LinkChoice::tun
                    : value == "raw" ? LinkChoice::raw
                                     : LinkChoice::automatic;
    } else if (name == "setting") {
      if (value != "as-is" && value != "deterministic") {
        return fail("unknown setting '" + value + "'", "it is one of as-is, deterministic");
      }
      parsed.setting = value == "as-is" ? Setting::as_is : Setting::deterministic;
    } else if (name.starts_with("net.") && name.find('/') == std::string::npos &&
               name.find("..") == std::string::npos) {
      parsed.sysctls.emplace(name, value);
    } else {
      return fail("unknown option '" + name + "' of the target linux",
                  "it is one of link, setting, or the name of a kernel setting that starts with net.");
    }
  }
  return parsed;
}

link::InterfacePlan interface_plan() {
  link::InterfacePlan plan;
  plan.v4 = link::FamilyPlan{.target = v4_target, .gateway = v4_gateway};
  if (link::kernel_has_ipv6()) plan.v6 = link::FamilyPlan{.target = v6_target, .gateway = v6_gateway};
  return plan;
}

Result<std::unique_ptr<LinuxTarget>> LinuxTarget::start(const LinuxOptions& options) {
  const auto entered = link::enter_fresh_network_namespace();
  if (!entered) return tl::unexpected{entered.error()};
  raise_descriptor_limit();
  auto environment = apply_settings(options.setting, options.sysctls);
  if (!environment) return tl::unexpected{environment.error()};
  const link::InterfacePlan plan = interface_plan();
  auto opened = open_link(options.link, plan);
  if (!opened) return tl::unexpected{opened.error()};
  auto app = SocketApp::open();
  if (!app) return tl::unexpected{app.error()};

  std::unique_ptr<LinuxTarget> target{new LinuxTarget{std::move(opened->link), std::move(*app)}};
  target->traits_ = make_traits(plan);
  target->traits_.environment = std::move(*environment);
  auto& record = target->traits_.environment;
  record["kernel"] = kernel_release();
  record["link"] = target->link_->name();
  record["setting"] = options.setting == Setting::as_is ? "as-is" : "deterministic";
  record["user namespace"] = entered->user_namespace ? "yes" : "no";
  if (!opened->remark.empty()) record["link.remark"] = opened->remark;
  return target;
}

}  // namespace tcpjury::targets::kernel
