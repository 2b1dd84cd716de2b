#include "reports/console/console.h"

#include <fmt/format.h>

#include "reports/common/text.h"
#include "reports/console/words.h"

namespace tcpjury::reports {
namespace {

/// Seven columns from 0 to 99999 s; fewer digits for long times, so that columns stay in place.
std::string time_column(Duration d) {
  if (d < std::chrono::seconds{1000}) return fmt::format("{:>7}", seconds(d));
  const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(d).count() / 100;
  return fmt::format("{:>7}", fmt::format("{}.{}", tenths / 10, tenths % 10));
}

bool wants_line(engine::Verdict v, StatusLines lines) {
  if (lines == StatusLines::all) return true;
  return lines == StatusLines::not_passed && v != engine::Verdict::pass;
}

}  // namespace

std::string status_line(const engine::CaseResult& result, Position position, const std::string& target,
                        const ConsoleOptions& options) {
  const std::size_t digits = std::to_string(position.total).size();
  const std::string word = pad(status_word(result.verdict), 6);
  return fmt::format("{} [{}s] ({:>{}}/{}) {}  {}  {}\n", coloured(word, result.verdict, options.colour),
                     time_column(result.duration), position.number, digits, position.total,
                     printable(result.scenario), short_variant(result.variant), printable(target));
}

std::string console_report(const runner::RunRecord& record, const Context& context,
                           const ConsoleOptions& options) {
  std::string out;
  Position position{0, record.results.size()};
  for (const engine::CaseResult& result : record.results) {
    ++position.number;
    const std::string block = failure_block(record, result, context, options);
    if (!block.empty() || wants_line(result.verdict, options.lines)) {
      out += status_line(result, position, record.target_name, options);
    }
    out += block;
  }
  if (!out.empty() && out.substr(out.size() - 2) != "\n\n") out += "\n";
  return out + summary(record, context, options);
}

}  // namespace tcpjury::reports
