#include "reports/common/context.h"

#include <fmt/format.h>

#include <fstream>

#include "reports/common/text.h"

namespace tcpjury::reports {

std::optional<std::string> read_source_line(std::string_view file, std::uint32_t line) {
  constexpr std::size_t octets_max = std::size_t{1} << 20U;
  if (line == 0) return std::nullopt;
  std::ifstream in{std::string{file}};
  std::string text;
  std::size_t read = 0;
  for (std::uint32_t number = 1; read < octets_max && std::getline(in, text); ++number) {
    if (number == line) return text;
    read += text.size() + 1;
  }
  return std::nullopt;
}

std::string case_id(const engine::CaseResult& result) {
  return fmt::format("{}[{}]", result.scenario, result.variant);
}

std::string topic(const engine::CaseResult& result) {
  return result.scenario.substr(0, result.scenario.find('/'));
}

std::string replay_command(const runner::RunRecord& record, const engine::CaseResult& result,
                           const Context& context) {
  if (!context.run.empty()) return "tcpjury replay " + shell_word(context.run + ":" + case_id(result));
  return fmt::format("tcpjury run {} --target {} --profile {} --seed {}", shell_word(case_id(result)),
                     shell_word(record.target_name), shell_word(record.profile), record.seed);
}

}  // namespace tcpjury::reports
