#include "targets/plugin/plugin_target.h"

#include <fmt/core.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "harness/base/assert.h"

namespace tcpjury::targets {
namespace {

using engine::AppReply;
using engine::AppRequest;

std::uint64_t nanoseconds(TimePoint t) { return static_cast<std::uint64_t>(t.time_since_epoch().count()); }

std::set<scenario::Capability> capabilities_of(std::uint64_t bits) {
  using scenario::Capability;
  const std::pair<std::uint64_t, Capability> known[] = {
      {TCPJURY_CAP_IPV4, Capability::ipv4},
      {TCPJURY_CAP_IPV6, Capability::ipv6},
      {TCPJURY_CAP_OPEN_PASSIVE, Capability::open_passive},
      {TCPJURY_CAP_OPEN_ACTIVE, Capability::open_active},
      {TCPJURY_CAP_SEND, Capability::send},
      {TCPJURY_CAP_RECEIVE, Capability::receive},
      {TCPJURY_CAP_CLOSE, Capability::close},
      {TCPJURY_CAP_RELEASE, Capability::release},
      {TCPJURY_CAP_ABORT, Capability::abort},
      {TCPJURY_CAP_STATUS, Capability::status},
      {TCPJURY_CAP_NAGLE, Capability::nagle},
      {TCPJURY_CAP_KEEPALIVE, Capability::keepalive},
      {TCPJURY_CAP_USER_TIMEOUT, Capability::user_timeout},
      {TCPJURY_CAP_DIFFSERV, Capability::diffserv},
      {TCPJURY_CAP_TTL, Capability::ttl},
      {TCPJURY_CAP_ERROR_REPORTS, Capability::error_reports},
      {TCPJURY_CAP_URGENT, Capability::urgent},
      {TCPJURY_CAP_SOURCE_ROUTE, Capability::source_route},
  };
  std::set<Capability> result;
  for (const auto& [bit, capability] : known)
    if ((bits & bit) != 0) result.insert(capability);
  return result;
}

engine::TargetTraits traits_of(const tcpjury_info& info, const PluginOptions& options) {
  constexpr std::size_t name_max = 128;
  const auto& a = options.addresses;
  engine::TargetTraits traits{.name = bounded_text(info.name, name_max),
                              .version = bounded_text(info.version, name_max),
                              .capabilities = capabilities_of(info.capabilities),
                              .clock = ClockKind::virtual_time,
                              .clock_resolution = Duration{static_cast<Duration::rep>(std::min<std::uint64_t>(
                                  info.clock_resolution, std::numeric_limits<Duration::rep>::max()))},
                              .mtu = options.mtu,
                              .ordered = true};
  if (info.msl_ms != 0) traits.msl = std::chrono::milliseconds{info.msl_ms};
  if (traits.capabilities.contains(scenario::Capability::ipv4))
    traits.v4 = {.target = a.ipv4, .tester_first = a.ipv4_tester, .tester_count = a.ipv4_testers};
  if (traits.capabilities.contains(scenario::Capability::ipv6))
    traits.v6 = {.target = a.ipv6, .tester_first = a.ipv6_tester, .tester_count = a.ipv6_testers};
  traits.environment["link"] = "in-process";
  traits.environment["plugin"] = options.path.filename().string();
  return traits;
}

// "name=value name=value", as the ABI wants it.
std::string settings_text(const std::map<std::string, std::string>& settings) {
  std::string text;
  for (const auto& [name, value] : settings)
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, value);
  return text;
}

void copy_address(const wire::IpAddress& address, std::uint8_t* to) {
  std::copy_n(address.octets.begin(), address.size(), to);
}

std::uint32_t call_kind(AppRequest::Kind kind) {
  switch (kind) {
    case AppRequest::Kind::open_passive:
      return TCPJURY_CALL_OPEN_PASSIVE;
    case AppRequest::Kind::open_active:
      return TCPJURY_CALL_OPEN_ACTIVE;
    case AppRequest::Kind::send:
      return TCPJURY_CALL_SEND;
    case AppRequest::Kind::receive:
      return TCPJURY_CALL_RECEIVE;
    case AppRequest::Kind::close:
      return TCPJURY_CALL_CLOSE;
    case AppRequest::Kind::release:
      return TCPJURY_CALL_RELEASE;
    case AppRequest::Kind::abort:
      return TCPJURY_CALL_ABORT;
    case AppRequest::Kind::status:
      return TCPJURY_CALL_STATUS;
    case AppRequest::Kind::set:
      return TCPJURY_CALL_SET;
  }
  return 0;
}

std::uint32_t option_number(model::UserOption option) {
  using model::UserOption;
  switch (option) {
    case UserOption::nagle:
      return TCPJURY_OPTION_NAGLE;
    case UserOption::keepalive:
      return TCPJURY_OPTION_KEEPALIVE;
    case UserOption::keepalive_idle:
      return TCPJURY_OPTION_KEEPALIVE_IDLE;
    case UserOption::keepalive_interval:
      return TCPJURY_OPTION_KEEPALIVE_INTERVAL;
    case UserOption::keepalive_count:
      return TCPJURY_OPTION_KEEPALIVE_COUNT;
    case UserOption::user_timeout:
      return TCPJURY_OPTION_USER_TIMEOUT;
    case UserOption::diffserv:
      return TCPJURY_OPTION_DIFFSERV;
    case UserOption::ttl:
      return TCPJURY_OPTION_TTL;
    case UserOption::error_reports:
      return TCPJURY_OPTION_ERROR_REPORTS;
    case UserOption::urgent:
      return TCPJURY_OPTION_URGENT;
  }
  return 0;
}

// `buffer` is what the call's data points to: text to send, or room for text received.
tcpjury_call call_of(const AppRequest& request, Bytes& buffer) {
  tcpjury_call call{};
  call.struct_size = sizeof call;
  call.kind = call_kind(request.kind);
  call.handle = request.handle;
  const bool active = request.kind == AppRequest::Kind::open_active;
  const auto& decisive = active ? request.remote.address : request.local.address;
  call.family = decisive.family == wire::Family::v6 ? 6 : 4;
  if (active) copy_address(request.remote.address, call.remote);
  call.remote_port = request.remote.port.number;
  call.local_port = request.local.port.number;
  call.backlog = request.backlog;
  call.data = reinterpret_cast<std::uint8_t*>(buffer.data());
  call.length = buffer.size();
  call.urgent = request.urgent ? 1 : 0;
  if (request.kind == AppRequest::Kind::set) {
    call.option = option_number(request.option);
    call.value = request.value;
  }
  std::size_t at = 0;
  for (const wire::IpAddress& router : request.route) {
    if (at + router.size() > sizeof call.route) break;
    copy_address(router, call.route + at);
    at += router.size();
  }
  return call;
}

AppReply refused(std::string why) {
  AppReply reply;
  reply.error = std::move(why);
  return reply;
}

// Turns what the plugin answered into a reply; a claim that cannot be true makes it fail.
AppReply reply_of(const AppRequest& request, const tcpjury_reply& answer, Bytes& buffer) {
  AppReply reply{.ok = true, .handle = answer.handle};
  switch (request.kind) {
    case AppRequest::Kind::open_passive:
    case AppRequest::Kind::open_active:
      if (answer.handle == 0) return refused("the plugin opened, but gives no handle");
      break;
    case AppRequest::Kind::send:
      if (answer.count > buffer.size()) return refused("the plugin accepted more octets than it was given");
      reply.accepted = static_cast<std::uint32_t>(answer.count);
      break;
    case AppRequest::Kind::receive:
      if (answer.count > buffer.size())
        return refused("the plugin returned more octets than it was asked for");
      buffer.resize(answer.count);
      reply.octets = std::move(buffer);
      reply.peer_closed = answer.peer_closed != 0;
      reply.urgent = answer.urgent != 0;
      break;
    case AppRequest::Kind::status:
      if (answer.state >= model::state_count)
        return refused(fmt::format("the plugin names an unknown state, {}", answer.state));
      reply.state = static_cast<model::State>(answer.state);
      break;
    case AppRequest::Kind::close:
    case AppRequest::Kind::release:
    case AppRequest::Kind::abort:
    case AppRequest::Kind::set:
      break;
  }
  return reply;
}

}  // namespace

bool plain_setting(std::string_view name, std::string_view value) {
  constexpr std::string_view white = " \t\r\n\v\f";
  return !name.empty() && !value.empty() && name.find('=') == std::string_view::npos &&
         name.find_first_of(white) == std::string_view::npos &&
         value.find_first_of(white) == std::string_view::npos && name.find('\0') == std::string_view::npos &&
         value.find('\0') == std::string_view::npos;
}

Result<std::unique_ptr<PluginTarget>> PluginTarget::load(const PluginOptions& options) {
  for (const auto& [name, value] : options.settings) {
    if (!plain_setting(name, value))
      return fail(fmt::format("'{}={}' is no setting of a plugin", name, value),
                  "write NAME=VALUE without white space");
  }
  auto plugin = LoadedPlugin::open(options.path);
  if (!plugin) return tl::unexpected{plugin.error()};
  std::unique_ptr<PluginTarget> target{new PluginTarget{std::move(*plugin), options}};
  if (const auto started = target->start(options); !started) return tl::unexpected{started.error()};
  return target;
}

PluginTarget::PluginTarget(LoadedPlugin plugin, const PluginOptions& options)
    : plugin_{std::move(plugin)}, traits_{traits_of(plugin_.info(), options)}, now_{options.now} {}

Result<void> PluginTarget::start(const PluginOptions& options) {
  const auto& a = options.addresses;
  tcpjury_config config{};
  config.struct_size = sizeof config;
  config.frame_kind = plugin_.info().frame_kind;
  config.mtu = options.mtu;
  config.seed = options.seed;
  config.now = nanoseconds(options.now);
  copy_address(a.ipv4, config.ipv4);
  config.ipv4_prefix = a.ipv4_prefix;
  copy_address(a.ipv4_gateway, config.ipv4_gateway);
  copy_address(a.ipv6, config.ipv6);
  config.ipv6_prefix = a.ipv6_prefix;
  copy_address(a.ipv6_gateway, config.ipv6_gateway);
  config.harness = &inbox_;
  config.packet_out = &Inbox::packet_out;
  config.event = &Inbox::event;
  config.log = &Inbox::log;
  const std::string settings = settings_text(options.settings);
  config.settings = settings.empty() ? nullptr : settings.c_str();
  if (config.frame_kind == TCPJURY_FRAME_ETHERNET)
    gateway_.emplace(EthernetGateway::Addresses{.gateway_v4 = a.ipv4_gateway,
                                                .gateway_v6 = a.ipv6_gateway,
                                                .target_v4 = a.ipv4,
                                                .target_v6 = a.ipv6});

  const int outcome = plugin_.table().start(&config, &target_);
  if (outcome != TCPJURY_OK || target_ == nullptr) {
    const auto log = inbox_.take_log();
    if (outcome == TCPJURY_OK)
      return fail(fmt::format("{} says it started, but gives no target", options.path.string()));
    target_ = nullptr;
    return fail(fmt::format("{} did not start: {}", options.path.string(),
                            log.empty() ? "it does not say why" : log));
  }
  return settled(outcome, "start");
}

PluginTarget::~PluginTarget() {
  if (target_ != nullptr) plugin_.table().stop(target_);
}

Result<void> PluginTarget::settled(int outcome, std::string_view function) {
  const auto quiesce = plugin_.table().quiesce;
  if (outcome == TCPJURY_OK && quiesce != nullptr && quiesce(target_) != TCPJURY_OK)
    inbox_.blame("its quiesce() failed");
  if (gateway_) outcome = std::max(outcome, run_link());
  const auto log = inbox_.take_log();
  const auto blame = inbox_.take_blame();
  if (!blame.empty()) return fail(fmt::format("target {}: {}", traits_.name, blame));
  if (outcome != TCPJURY_OK)
    return fail(
        fmt::format("target {}: {}() failed{}{}", traits_.name, function, log.empty() ? "" : ": ", log));
  return {};
}

const engine::TargetTraits& PluginTarget::traits() const { return traits_; }

Result<void> PluginTarget::reset(std::uint64_t seed, TimePoint now) {
  if ((plugin_.info().capabilities & TCPJURY_CAP_RESET) == 0)
    return fail(fmt::format("target {} cannot be reset", traits_.name), "start its worker process anew");
  inbox_.clear();
  datagrams_.clear();
  if (gateway_) gateway_->forget();
  now_ = now;
  return settled(plugin_.table().reset(target_, seed, nanoseconds(now)), "reset");
}

Result<void> PluginTarget::deliver(BytesView packet) {
  const auto* octets = reinterpret_cast<const std::uint8_t*>(packet.data());
  return settled(plugin_.table().packet_in(target_, octets, packet.size()), "packet_in");
}

Result<void> PluginTarget::packet_in(BytesView datagram) {
  if (!gateway_) return deliver(datagram);
  if (!gateway_->knows_target()) {
    const auto family = traits_.v4 ? wire::Family::v4 : wire::Family::v6;
    if (auto asked = deliver(gateway_->question(family)); !asked) return asked;
    if (!gateway_->knows_target())
      return fail(fmt::format("target {}: it does not answer {}", traits_.name,
                              traits_.v4 ? "ARP" : "a Neighbor Solicitation"));
  }
  return deliver(gateway_->wrap(datagram));
}

int PluginTarget::run_link() {
  constexpr int rounds_max = 64;  // a conversation about addresses takes two or three
  for (int round = 0; round < rounds_max; ++round) {
    bool answered = false;
    for (const auto& frame : inbox_.take_packets()) {
      auto arrival = gateway_->arrive(frame);
      if (arrival.datagram) {
        if (datagrams_.size() < output_max)
          datagrams_.push_back(std::move(*arrival.datagram));
        else
          inbox_.blame("it floods the link");
      }
      if (!arrival.answer) continue;
      answered = true;
      const auto* octets = reinterpret_cast<const std::uint8_t*>(arrival.answer->data());
      if (const int outcome = plugin_.table().packet_in(target_, octets, arrival.answer->size());
          outcome != TCPJURY_OK)
        return outcome;
    }
    if (!answered) return TCPJURY_OK;
  }
  inbox_.blame("it never stops asking for addresses");
  return TCPJURY_FAILED;
}

Result<void> PluginTarget::advance(TimePoint now) {
  TCPJURY_ASSERT(now >= now_);
  now_ = now;
  return settled(plugin_.table().advance(target_, nanoseconds(now)), "advance");
}

TimePoint PluginTarget::next_timer() {
  const auto due = plugin_.table().next_timer(target_);
  if (due > static_cast<std::uint64_t>(std::numeric_limits<Duration::rep>::max())) return never;
  const TimePoint at{Duration{static_cast<Duration::rep>(due)}};
  if (at > now_) return at;
  // A timer that is always due would spin for ever: let the next advance() fail and say so.
  inbox_.blame("its next_timer() is not later than now");
  return now_ + Duration{1};
}

AppReply PluginTarget::call(const AppRequest& request) {
  Bytes buffer = request.kind == AppRequest::Kind::receive ? Bytes(request.limit) : request.octets;
  const auto call = call_of(request, buffer);
  tcpjury_reply answer{};
  answer.struct_size = sizeof answer;
  const int outcome = plugin_.table().call(target_, &call, &answer);
  if (outcome == TCPJURY_UNSUPPORTED)
    return refused(fmt::format("target {} does not support this call", traits_.name));
  if (const auto s = settled(TCPJURY_OK, "call"); !s) return refused(s.error().message);
  if (outcome != TCPJURY_OK) {
    auto why = bounded_text(answer.error, sizeof answer.error);
    return refused(why.empty() ? "the call failed, and the plugin does not say why" : std::move(why));
  }
  return reply_of(request, answer, buffer);
}

std::vector<Bytes> PluginTarget::take_output() {
  return gateway_ ? std::exchange(datagrams_, {}) : inbox_.take_packets();
}
std::vector<engine::AppEvent> PluginTarget::take_events() { return inbox_.take_events(); }

}  // namespace tcpjury::targets
