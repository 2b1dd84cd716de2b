#include "harness/engine/live_map.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "harness/base/assert.h"
#include "harness/base/random.h"

namespace tcpjury::engine {
namespace {

std::uint32_t drawn(std::uint64_t seed, std::string_view purpose) {
  return Random{seed ^ hash64(purpose)}.next32();
}

}  // namespace

std::size_t peer_of(std::string_view label) {
  const std::size_t at = label.rfind('@');
  if (at == std::string_view::npos) return 1;
  std::size_t peer = 1;
  const std::string_view digits = label.substr(at + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), peer);
  return std::max<std::size_t>(peer, 1);
}

LiveMap::LiveMap(Config config) : config_{std::move(config)}, names_{config_.constants} {
  TCPJURY_ASSERT(!config_.testers.empty());
}

LiveConnection& LiveMap::add(std::string_view label, std::uint16_t port) {
  const std::size_t peer = peer_of(label);
  TCPJURY_ASSERT(peer <= config_.testers.size());
  LiveConnection made{.label = std::string{label}};
  made.tuple.tester = {config_.testers[peer - 1], wire::Port{port}};
  const auto assigned = target_ports_.find(label);
  made.tuple.target = {config_.target,
                       assigned == target_ports_.end() ? config_.target_port : assigned->second};
  return connections_.emplace(std::string{label}, std::move(made)).first->second;
}

LiveConnection& LiveMap::connection(std::string_view label) {
  if (const auto found = connections_.find(label); found != connections_.end()) return found->second;
  TCPJURY_ASSERT(free_ports() > 0);
  return add(label, static_cast<std::uint16_t>(config_.tester_port_first.number + used_ports_++));
}

std::size_t LiveMap::free_ports() const {
  return static_cast<std::size_t>(config_.tester_ports) - used_ports_ - used_strangers_;
}

LiveConnection& LiveMap::stranger(std::string_view label) {
  TCPJURY_ASSERT(free_ports() > 0);
  ++used_strangers_;
  return add(label, static_cast<std::uint16_t>(config_.tester_port_first.number + config_.tester_ports -
                                               used_strangers_));
}

const LiveConnection* LiveMap::find(std::string_view label) const {
  const auto found = connections_.find(label);
  return found == connections_.end() ? nullptr : &found->second;
}

LiveConnection* LiveMap::at_tester_end(const wire::Endpoint& tester) {
  for (auto& [label, connection] : connections_) {
    if (connection.tuple.tester == tester) return &connection;
  }
  return nullptr;
}

void LiveMap::set_target_port(std::string_view label, wire::Port port) {
  target_ports_.insert_or_assign(std::string{label}, port);
  if (const auto found = connections_.find(label); found != connections_.end()) {
    found->second.tuple.target.port = port;
  }
}

std::optional<std::uint32_t> LiveMap::value(std::string_view name, const LiveConnection* connection,
                                            const TesterSide* side, TimePoint now) const {
  constexpr std::string_view target_prefix = "target.";
  if (side != nullptr) {
    if (const auto own = side->variable(name)) return own;
  }
  if (name.starts_with(target_prefix)) {
    if (connection == nullptr || !config_.target_variable) return std::nullopt;
    return config_.target_variable(connection->tuple, name.substr(target_prefix.size()));
  }
  if (const auto bound = names_.find(std::string{name}); bound != names_.end()) return bound->second;
  if (name == "mss") return side == nullptr ? default_mss() : send_mss(*side);
  if (name == "ts.now" && connection != nullptr) return timestamp(*connection, now);
  const std::size_t dot = name.find('.');
  if (dot == std::string_view::npos) return std::nullopt;
  const LiveConnection* other = find(name.substr(0, dot));
  if (other == nullptr || other == connection) return std::nullopt;
  return value(name.substr(dot + 1), other, &other->side, now);
}

scenario::Expression::Lookup LiveMap::lookup(std::string_view label, TimePoint now,
                                             const TesterSide* side) const {
  const LiveConnection* connection = find(label);
  const TesterSide* variables = side != nullptr || connection == nullptr ? side : &connection->side;
  return [this, connection, variables, now](std::string_view name) {
    return value(name, connection, variables, now);
  };
}

void LiveMap::invent(const scenario::Expression& expression, std::string_view label, TimePoint now) {
  const auto known = lookup(label, now);
  for (const std::string& name : expression.names()) {
    // A dotted name is a variable of somebody: nothing to make up.
    if (name.find('.') == std::string::npos && !known(name)) bind(name, drawn(config_.seed, name));
  }
}

wire::SeqNum LiveMap::fresh_iss(const LiveConnection& connection) {
  const bool first = connection.label == "main" && !names_.contains("J");
  if (first) bind("J", drawn(config_.seed, "J"));
  if (first || (connection.label == "main" && !connection.side.iss())) return wire::SeqNum{names_["J"]};
  const std::string purpose = connection.label + (connection.side.iss() ? "/again" : "/iss");
  const std::uint32_t used = connection.side.iss().value_or(wire::SeqNum{}).raw;
  return wire::SeqNum{drawn(config_.seed ^ used, purpose)};
}

void LiveMap::sent(LiveConnection& connection, const wire::TcpSegment& segment, TimePoint now) {
  connection.side.sent(segment);
  if (!segment.flags.has(wire::syn)) return;
  const auto option = wire::parse_options(segment.options).timestamps();
  if (option) connection.ts_offset += option->tsval - timestamp(connection, now);
}

std::uint32_t LiveMap::timestamp(const LiveConnection& connection, TimePoint now) const {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - config_.started);
  return drawn(config_.seed, "timestamps") + connection.ts_offset +
         static_cast<std::uint32_t>(passed.count());
}

std::uint32_t LiveMap::send_mss(const TesterSide& side) const {
  const std::uint32_t without_option = config_.target.family == wire::Family::v4 ? 536 : 1220;
  if (!side.irs()) return default_mss();
  return side.peer_mss().value_or(static_cast<std::uint16_t>(without_option));
}

std::uint16_t LiveMap::default_mss() const {
  const std::uint32_t headers = config_.target.family == wire::Family::v4 ? 40 : 60;
  const std::uint32_t mss = config_.mtu > headers ? config_.mtu - headers : 1;
  return static_cast<std::uint16_t>(std::min<std::uint32_t>(mss, 65'535));
}

}  // namespace tcpjury::engine
