#include "harness/cli/faults.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "harness/base/suggest.h"
#include "harness/model/requirement.h"
#include "harness/model/state.h"
#include "reports/common/text.h"

namespace tcpjury::cli {
namespace {

using reference::FaultFamily;

constexpr std::size_t page_width = 100;

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    if (space != 0) words.push_back(text.substr(0, space));
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return words;
}

Error unknown(std::string_view what, std::string_view word, const std::vector<std::string_view>& known,
              std::string otherwise) {
  const auto near = suggest(word, known);
  return {fmt::format("no {} is called '{}'", what, word),
          near ? fmt::format("did you mean '{}'?", *near) : std::move(otherwise)};
}

Result<void> check_state(const FaultFamily& family, std::string_view state) {
  const auto names = model::state_names();
  const std::vector<std::string_view> known{names.begin(), names.end()};
  if (!model::parse_state(state))
    return tl::unexpected<Error>{
        unknown("state", state, known, fmt::format("the states are {}", fmt::join(known, ", ")))};
  const auto states = words_of(family.states);
  if (family.states == "any" || std::ranges::find(states, state) != states.end()) return {};
  return fail(fmt::format("the fault '{}' cannot show in {}", family.name, state),
              fmt::format("it can in {}", fmt::join(states, ", ")));
}

}  // namespace

const FaultFamily* find_fault(std::string_view name) {
  const auto families = reference::fault_families();
  const auto found = std::ranges::find(families, name, &FaultFamily::name);
  return found == families.end() ? nullptr : &*found;
}

Result<std::string> fault_setting(const std::vector<std::string>& faults) {
  for (const std::string& text : faults) {
    const std::size_t at = text.find('@');
    const std::string_view name = std::string_view{text}.substr(0, at);
    const FaultFamily* family = find_fault(name);
    if (family == nullptr) {
      std::vector<std::string_view> known;
      for (const FaultFamily& one : reference::fault_families()) known.push_back(one.name);
      return tl::unexpected<Error>{
          unknown("fault", name, known, "`tcpjury list faults` shows what there is")};
    }
    if (at == std::string::npos) continue;
    if (const auto checked = check_state(*family, std::string_view{text}.substr(at + 1)); !checked)
      return tl::unexpected<Error>{checked.error()};
  }
  return fmt::format("{}", fmt::join(faults, ","));
}

Listing fault_listing() {
  Listing listing{.columns = {{"name"}, {"requirements"}, {"states"}, {"summary"}}};
  for (const FaultFamily& one : reference::fault_families()) {
    listing.rows.push_back({std::string{one.name}, fmt::format("{}", fmt::join(one.requirements, " ")),
                            std::string{one.states}, std::string{one.summary}});
  }
  return listing;
}

std::optional<std::string> fault_page(std::string_view name) {
  const FaultFamily* family = find_fault(name);
  if (family == nullptr) return std::nullopt;
  std::string out = fmt::format("{}: a fault of the reference stack\n", family->name);
  for (const std::string& line : reports::wrap(family->summary, page_width - 2))
    out += fmt::format("  {}\n", line);
  out += fmt::format("  {:<10}{}\n", "states", family->states);
  std::string_view lead = "breaks";
  for (const std::string_view id : family->requirements) {
    const model::Requirement* known = model::find_requirement(id);
    out +=
        fmt::format("  {:<10}{} ({})\n", lead, id, known == nullptr ? "?" : model::to_string(known->level));
    lead = "";
  }
  return out + fmt::format("\nSee it convicted: tcpjury run --target {} --fault {}\n", reference_name, name);
}

std::vector<std::string_view> faults_against(std::string_view requirement) {
  std::vector<std::string_view> names;
  for (const FaultFamily& one : reference::fault_families()) {
    if (std::ranges::find(one.requirements, requirement) != one.requirements.end()) names.push_back(one.name);
  }
  return names;
}

}  // namespace tcpjury::cli
