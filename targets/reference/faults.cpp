#include "targets/reference/faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "harness/base/suggest.h"

namespace tcpjury::reference {
namespace {

/// C++ identifiers have no '-': the name of a family is its identifier with each '_' replaced.
template <std::size_t size>
constexpr std::array<char, size> dashed(const char (&identifier)[size]) {
  std::array<char, size> name{};
  for (std::size_t i = 0; i < size; ++i) name[i] = identifier[i] == '_' ? '-' : identifier[i];
  return name;
}

#define FAULT(identifier, summary, states, ...)           \
  constexpr auto identifier##_name = dashed(#identifier); \
  constexpr std::string_view identifier##_requirements[] = {__VA_ARGS__};
#include "targets/reference/catalogue/all.def"
#undef FAULT

constexpr FaultFamily families[] = {
#define FAULT(identifier, summary, states, ...)                                       \
  {std::string_view{identifier##_name.data(), identifier##_name.size() - 1}, summary, \
   identifier##_requirements, states},
#include "targets/reference/catalogue/all.def"
#undef FAULT
};

constexpr std::uint16_t every_state = 0xffff;

std::string near(std::string_view word, std::span<const std::string_view> known) {
  const auto nearest = suggest(word, known);
  return nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string{};
}

}  // namespace

std::span<const FaultFamily> fault_families() { return families; }

Result<void> FaultSet::add(std::string_view word) {
  const std::size_t at = word.find('@');
  const std::string_view name = word.substr(0, at);
  const auto family = std::ranges::find(families, name, &FaultFamily::name);
  if (family == std::end(families)) {
    std::vector<std::string_view> names;
    for (const FaultFamily& known : families) names.push_back(known.name);
    return fail(fmt::format("there is no fault '{}'", name), near(name, names));
  }
  auto& states = states_[static_cast<std::size_t>(family - std::begin(families))];
  if (at == std::string_view::npos) {
    states = every_state;
    return {};
  }
  const std::string_view state = word.substr(at + 1);
  const auto known = std::ranges::find(state_names, state);
  if (known == state_names.end())
    return fail(fmt::format("fault {}: there is no state '{}'", name, state), near(state, state_names));
  states = static_cast<std::uint16_t>(states | 1U << static_cast<unsigned>(known - state_names.begin()));
  return {};
}

Result<FaultSet> FaultSet::parse(std::string_view text) {
  FaultSet set;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (const auto added = set.add(text.substr(0, comma)); !added) return tl::unexpected{added.error()};
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return set;
}

}  // namespace tcpjury::reference
