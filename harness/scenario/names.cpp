#include "harness/scenario/names.h"

#include <algorithm>
#include <array>

namespace tcpjury::scenario {
namespace {

constexpr std::array variables{
    EngineVariable{"iss", "the tester's initial sequence number"},
    EngineVariable{"irs", "the target's initial sequence number, once its SYN has been seen"},
    EngineVariable{"snd.una", "the tester's oldest sequence number that the target has not acknowledged"},
    EngineVariable{"snd.nxt", "the tester's next sequence number"},
    EngineVariable{"snd.wnd", "the window the target last advertised, unscaled by the engine to octets"},
    EngineVariable{"rcv.nxt", "the next sequence number the tester expects of the target"},
    EngineVariable{"rcv.wnd", "the window the tester advertises, in octets"},
    EngineVariable{"mss", "the largest text the tester may send in a segment, by the target's option"},
    EngineVariable{"ts.now", "what the tester's timestamp clock shows"},
    EngineVariable{"target.iss", "the target's initial sequence number"},
    EngineVariable{"target.irs", "the tester's initial sequence number as the target sees it"},
    EngineVariable{"target.snd.una", "SND.UNA of the target, as far as the model is sure of it"},
    EngineVariable{"target.snd.nxt", "SND.NXT of the target, as far as the model is sure of it"},
    EngineVariable{"target.snd.wnd", "SND.WND of the target, as far as the model is sure of it"},
    EngineVariable{"target.rcv.nxt", "RCV.NXT of the target, as far as the model is sure of it"},
    EngineVariable{"target.rcv.wnd", "RCV.WND of the target, as far as the model is sure of it"},
};

}  // namespace

std::span<const EngineVariable> engine_variables() { return variables; }

bool is_engine_variable(std::string_view name) {
  return std::ranges::find(variables, name, &EngineVariable::name) != variables.end();
}

bool is_binding_name(std::string_view text) {
  constexpr std::string_view first = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  constexpr std::string_view others = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  return !text.empty() && text.size() <= 64 && first.find(text[0]) != std::string_view::npos &&
         text.find_first_not_of(others) == std::string_view::npos;
}

bool is_engine_prefix(std::string_view name) {
  return std::ranges::any_of(variables, [&](const EngineVariable& variable) {
    return variable.name.starts_with(name) && variable.name.substr(name.size()).starts_with('.');
  });
}

bool NameScope::knows(std::string_view name) const {
  const std::size_t dot = name.find('.');
  const bool of_another = dot != std::string_view::npos && connections.contains(name.substr(0, dot)) &&
                          is_engine_variable(name.substr(dot + 1));
  return of_another || constants.contains(name) || counters.contains(name) || bound.contains(name) ||
         is_engine_variable(name);
}

std::vector<std::string_view> NameScope::all() const {
  std::vector<std::string_view> names;
  for (const EngineVariable& variable : variables) names.push_back(variable.name);
  for (const auto& [name, value] : constants) names.push_back(name);
  names.insert(names.end(), counters.begin(), counters.end());
  names.insert(names.end(), bound.begin(), bound.end());
  return names;
}

}  // namespace tcpjury::scenario
