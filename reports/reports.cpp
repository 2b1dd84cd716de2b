#include "reports/reports.h"

#include <fmt/format.h>

#include <array>

#include "harness/base/assert.h"
#include "harness/base/suggest.h"
#include "reports/common/text.h"
#include "reports/common/writer.h"
#include "reports/console/console.h"
#include "reports/json/json.h"
#include "reports/junit/junit.h"
#include "reports/ladder/ladder.h"
#include "reports/markdown/markdown.h"
#include "reports/pcapng/pcapng.h"
#include "reports/tap/tap.h"

namespace tcpjury::reports {
namespace {

constexpr std::array<std::string_view, 7> names{"console",  "json",   "junit", "ladder",
                                                "markdown", "pcapng", "tap"};

std::string all_names() {
  std::string out;
  for (const std::string_view name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

std::string ladders(const runner::RunRecord& record) {
  std::string out;
  for (const engine::CaseResult& result : record.results) {
    out += fmt::format("{}: {}\n{}\n", printable(case_id(result)), engine::to_string(result.verdict),
                       ladder(result, {.target = record.target_name}));
  }
  return out;
}

}  // namespace

std::string_view to_string(Kind kind) { return names[static_cast<std::size_t>(kind)]; }

Result<Request> parse_request(std::string_view text) {
  const std::size_t equals = text.find('=');
  const std::string_view name = text.substr(0, equals);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] != name) continue;
    if (equals == std::string_view::npos || equals + 1 == text.size()) {
      return fail(fmt::format("the report {} needs a path", name),
                  fmt::format("write --report {}=FILE, or {}=- for standard output", name, name));
    }
    return Request{static_cast<Kind>(i), std::string{text.substr(equals + 1)}};
  }
  const auto nearest = suggest(name, names);
  return fail(fmt::format("unknown kind of report \"{}\"", printable(name)),
              nearest ? fmt::format("did you mean {}?", *nearest) : "known are " + all_names());
}

std::string render(Kind kind, const runner::RunRecord& record, const Context& context) {
  switch (kind) {
    case Kind::console:
      return console_report(record, context, {});
    case Kind::json:
      return json_report(record, context);
    case Kind::junit:
      return junit_report(record, context);
    case Kind::ladder:
      return ladders(record);
    case Kind::markdown:
      return markdown_report(record, context);
    case Kind::pcapng:
      return pcapng_report(record, context);
    case Kind::tap:
      return tap_report(record, context);
  }
  TCPJURY_UNREACHABLE();
}

Result<void> deliver(const Request& request, const runner::RunRecord& record, const Context& context) {
  return write_report(render(request.kind, record, context), request.path);
}

}  // namespace tcpjury::reports
