#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "harness/base/suggest.h"
#include "harness/cli/citations.h"
#include "harness/cli/commands.h"
#include "harness/cli/coverage_sources.h"
#include "harness/cli/explain_texts.h"
#include "harness/cli/faults.h"
#include "harness/cli/say.h"
#include "harness/model/requirement.h"
#include "harness/scenario/codes.h"
#include "harness/scenario/fields.h"
#include "reports/common/tally.h"
#include "reports/common/text.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;

constexpr std::size_t page_width = 100;

std::string capitals(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string paragraph(std::string_view label, std::string_view text) {
  if (text.empty()) return {};
  std::string out;
  std::string_view lead = label;
  for (const std::string& line : reports::wrap(text, page_width - 12)) {
    out += fmt::format("  {:<10}{}\n", lead, line);
    lead = "";
  }
  return out;
}

std::string page(std::string_view title, std::string_view text) {
  std::string out = fmt::format("{}\n", title);
  for (const std::string& line : reports::wrap(text, page_width)) out += line + "\n";
  return out;
}

/// At most so many names of a kind on a page.
constexpr std::size_t names_max = 6;

std::string some_of(const std::vector<std::string>& names) {
  const std::size_t count = std::min(names.size(), names_max);
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(count), ", "));
  if (count < names.size()) text += fmt::format(" and {} more", names.size() - count);
  return text;
}

/// From the requirement to the code that judges it, the scenarios that provoke it, what the last run saw, and
/// the faults that prove that the rule bites.
std::string trace_of(const model::Requirement& requirement) {
  std::string run;
  const RequirementStatus status = requirement_status(requirement, latest_sources(run));
  const auto places = cited_at(requirement.id);
  std::string out = "\n";
  out += paragraph("judged at", places.empty() ? "nowhere in the model; steps of scenarios may judge it"
                                               : some_of(places));
  out +=
      paragraph("scenarios", status.scenarios.empty() ? "none lists it; others may evaluate it all the same"
                                                      : some_of(status.scenarios));
  if (!run.empty()) {
    out += paragraph("last run", fmt::format("{}: held in {} cases, broken in {}, undecided in {}", run,
                                             status.held, status.broken, status.undecided));
  }
  out += paragraph("convicts",
                   status.faults.empty() ? "no fault of the reference stack" : some_of(status.faults));
  std::vector<std::string> made;
  for (const std::string_view fault : faults_against(requirement.id)) made.emplace_back(fault);
  if (!made.empty()) out += paragraph("faults", "made to break it: " + some_of(made));
  out += paragraph("exception", status.exception);
  return out + fmt::format("\nScenarios: tcpjury list scenarios --filter 'req({})'\n", requirement.id);
}

std::optional<std::string> requirement_page(std::string_view id) {
  const model::Requirement* one = model::find_requirement(id);
  if (one == nullptr) return std::nullopt;
  std::string out = fmt::format("{}: {}, RFC {} section {}\n", one->id, model::to_string(one->level),
                                one->rfc, one->section);
  out += paragraph("rule", one->summary);
  out += paragraph("states", one->states);
  out += paragraph("stimulus", one->stimulus);
  out += paragraph("passes", one->pass);
  out += paragraph("seen by", model::to_string(one->observable));
  out += paragraph("area", one->area);
  out += paragraph("note", one->note);
  out += paragraph("text", fmt::format("https://www.rfc-editor.org/rfc/rfc{}#section-{}", one->rfc,
                                       one->section.substr(0, one->section.find(' '))));
  return out + trace_of(*one);
}

std::optional<std::string> exit_page(std::string_view number) {
  for (const ExitText& one : exit_texts()) {
    if (std::to_string(one.code) == number) return page(fmt::format("exit code {}", number), one.text);
  }
  return std::nullopt;
}

std::optional<std::string> verdict_page(std::string_view word) {
  const auto verdict = engine::parse_verdict(word);
  if (!verdict) return std::nullopt;
  return page(fmt::format("verdict {}", word), verdict_text(*verdict));
}

std::optional<std::string> state_page(std::string_view word) {
  std::string name = capitals(word);
  std::ranges::replace(name, '_', '-');
  const auto state = model::parse_state(name);
  if (!state) return std::nullopt;
  return page(fmt::format("state {} (RFC 9293 section 3.3.2)", name), state_text(*state));
}

std::optional<std::string> code_page(std::string_view word) {
  const std::string id = capitals(word);
  if (const scenario::CodeInfo* info = scenario::find_code(id)) {
    return page(fmt::format("{}: {}", info->id, info->title), info->explanation);
  }
  if (const auto text = other_text(id)) return page(id, *text);
  return std::nullopt;
}

std::optional<std::string> field_page(std::string_view word) {
  const scenario::Field* field = scenario::find_field(word);
  if (field == nullptr) return std::nullopt;
  std::string text = scenario::describe_field(*field);
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::optional<std::string> find_page(const std::vector<std::string>& words) {
  const std::string& first = words.front();
  if (words.size() == 2 && first == "exit") return exit_page(words[1]);
  if (words.size() == 2 && first == "field") return field_page(words[1]);
  if (words.size() == 2 && first == "fault") return fault_page(words[1]);
  if (words.size() == 2 && first == "state") return state_page(words[1]);
  if (words.size() == 2 && first == "verdict") return verdict_page(words[1]);
  if (words.size() != 1) return std::nullopt;
  if (first == "filter") return std::string{filter_text()};
  if (first == "exit") {
    std::string out;
    for (const ExitText& one : exit_texts()) out += fmt::format("{:>5}  {}\n", one.code, one.text);
    return out;
  }
  for (const auto& find : {requirement_page, verdict_page, state_page, code_page, field_page, fault_page}) {
    if (auto text = find(first)) return text;
  }
  return requirement_page(capitals(first));
}

std::vector<std::string> known_words() {
  std::vector<std::string> words{"filter", "exit", "TARGET-CRASH", "TARGET-HANG"};
  for (const model::Requirement& one : model::requirement_catalogue()) words.emplace_back(one.id);
  for (const engine::Verdict verdict : reports::verdicts) words.emplace_back(engine::to_string(verdict));
  for (const std::string_view state : model::state_names()) words.emplace_back(state);
  for (const auto& fault : reference::fault_families()) words.emplace_back(fault.name);
  for (const scenario::CodeInfo& info : scenario::diagnostic_codes()) words.emplace_back(info.id);
  for (const scenario::Field& field : scenario::all_fields()) {
    words.push_back(fmt::format("{}.{}", field.table, field.name));
    words.emplace_back(field.name);
  }
  return words;
}

}  // namespace

int explain_command(const ExplainArgs& args) {
  if (const auto text = find_page(args.words)) {
    say(*text);
    return code(Exit::ok);
  }
  const std::string word = fmt::format("{}", fmt::join(args.words, " "));
  const auto words = known_words();
  const std::vector<std::string_view> known{words.begin(), words.end()};
  auto near = suggest(word, known);
  if (!near) near = suggest(capitals(word), known);
  return complain(
      {fmt::format("there is no explanation of '{}'", word),
       near ? fmt::format("did you mean '{}'?", *near)
            : "an id of `tcpjury list requirements`, a verdict, a state, a code such as S005, a field such "
              "as step.expect, 'exit N', or filter"},
      Exit::usage);
}

}  // namespace tcpjury::cli
