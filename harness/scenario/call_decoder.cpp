#include "harness/scenario/call_decoder.h"

#include <fmt/format.h>

#include <array>

#include "harness/base/assert.h"
#include "harness/scenario/segment_decoder.h"
#include "harness/scenario/table_reader.h"

namespace tcpjury::scenario {
namespace {

using model::UserOption;

constexpr std::uint32_t stream_limit = 1U << 24U;

std::optional<Call> send_call(VariantContext& context, const Node& node, const Field& field, bool urgent) {
  auto text = decode_data(context, node, field, stream_limit);
  if (!text) return std::nullopt;
  SendCall call{text->length.value_or(Expression{}), std::move(text->octets), urgent};
  if (call.octets) call.length = Expression{static_cast<std::uint32_t>(call.octets->size())};
  return call;
}

/// A switch as 0 or 1, a time in nanoseconds, or a number.
std::optional<std::uint64_t> option_value(VariantContext& context, const Node& node, const Field& field) {
  if (field.shape == Shape::boolean) {
    const auto on = context.boolean(node, field);
    return on ? std::optional{std::uint64_t{*on}} : std::nullopt;
  }
  if (field.shape == Shape::integer) {
    const auto number = context.integer(node, field);
    return number ? std::optional{std::uint64_t{*number}} : std::nullopt;
  }
  TCPJURY_ASSERT(field.shape == Shape::duration);
  const auto time = context.duration(node, field);
  if (!time) return std::nullopt;
  if (time->msl != 0) {
    context.complaints().add(Code::bad_duration, node, "what a user sets does not hang on the target's MSL",
                             std::string{field.example});
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(time->fixed.count());
}

std::optional<Call> set_call(VariantContext& context, const Node& node) {
  const TableReader reader{context, node, "set"};
  if (!reader.clean()) return std::nullopt;
  if (node.members.size() != 1) {
    context.complaints().add(Code::not_one_action, node, "a call of SET sets exactly one option",
                             "call = { set = { nagle = false } }");
    return std::nullopt;
  }
  const Member& member = node.members[0];
  const auto value = option_value(context, member.value, reader.field(member.key));
  if (!value) return std::nullopt;
  for (std::size_t i = 0; i < model::user_option_count; ++i) {
    const auto option = static_cast<UserOption>(i);
    if (to_string(option) == member.key) return SetCall{option, *value};
  }
  TCPJURY_UNREACHABLE();
}

OpenCall open_call(VariantContext& context, const Node& node) {
  const TableReader reader{context, node, "open"};
  OpenCall call;
  reader.with("to", [&](const Node& n, const Field& f) {
    const auto index = context.word(n, f);
    if (index) call.to = static_cast<OpenCall::Peer>(*index);
  });
  reader.with("route", [&](const Node& n, const Field& f) { call.route = decode_route(context, n, f); });
  return call;
}

Capability needed_for(UserOption option) {
  switch (option) {
    case UserOption::nagle:
      return Capability::nagle;
    case UserOption::keepalive:
    case UserOption::keepalive_idle:
    case UserOption::keepalive_interval:
    case UserOption::keepalive_count:
      return Capability::keepalive;
    case UserOption::user_timeout:
      return Capability::user_timeout;
    case UserOption::diffserv:
      return Capability::diffserv;
    case UserOption::ttl:
      return Capability::ttl;
    case UserOption::error_reports:
      return Capability::error_reports;
    case UserOption::urgent:
      return Capability::urgent;
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace

std::optional<Call> decode_call(VariantContext& context, const Node& node) {
  const TableReader reader{context, node, "call"};
  if (!reader.clean()) return std::nullopt;
  if (node.members.size() != 1) {
    context.complaints().add(Code::not_one_action, node, "a call step makes exactly one call",
                             "call = { listen = {} }");
    return std::nullopt;
  }
  const std::string& name = node.members[0].key;
  const Node& value = node.members[0].value;
  const Field& field = reader.field(name);
  if (name == "send") return send_call(context, value, field, false);
  if (name == "send_urgent") return send_call(context, value, field, true);
  if (name == "set") return set_call(context, value);
  if (name == "open") return open_call(context, value);
  if (name == "receive") {
    auto length = context.expression(value, field, Binds::no);
    if (!length) return std::nullopt;
    return ReceiveCall{std::move(*length)};
  }
  const TableReader inside{context, value, field.refers};
  if (name == "listen") {
    ListenCall listen;
    inside.with("backlog", [&](const Node& n, const Field& f) {
      listen.backlog = context.integer(n, f).value_or(listen.backlog);
    });
    return listen;
  }
  if (name == "close") return CloseCall{};
  if (name == "release") return ReleaseCall{};
  TCPJURY_ASSERT(name == "abort");
  return AbortCall{};
}

void add_call_needs(const Call& call, std::vector<Capability>& needs) {
  struct Needed {
    Capability operator()(const ListenCall&) const { return Capability::open_passive; }
    Capability operator()(const OpenCall&) const { return Capability::open_active; }
    Capability operator()(const SendCall&) const { return Capability::send; }
    Capability operator()(const ReceiveCall&) const { return Capability::receive; }
    Capability operator()(const CloseCall&) const { return Capability::close; }
    Capability operator()(const ReleaseCall&) const { return Capability::release; }
    Capability operator()(const AbortCall&) const { return Capability::abort; }
    Capability operator()(const SetCall& set) const { return needed_for(set.option); }
  };
  needs.push_back(std::visit(Needed{}, call));
  const auto* send = std::get_if<SendCall>(&call);
  if (send != nullptr && send->urgent) needs.push_back(Capability::urgent);
  const auto* open = std::get_if<OpenCall>(&call);
  if (open != nullptr && open->route) needs.push_back(Capability::source_route);
}

}  // namespace tcpjury::scenario
