// The front door: every format by its name, as in `--report KIND=PATH`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

enum class Kind : std::uint8_t { console, json, junit, ladder, markdown, pcapng, tap };
[[nodiscard]] std::string_view to_string(Kind kind);

/// One `--report KIND=PATH`; path "-" is standard output.
struct Request {
  Kind kind = Kind::console;
  std::string path = {};
  friend bool operator==(const Request&, const Request&) = default;
};
/// Reads "junit=out.xml". An unknown kind is an Error that suggests the nearest one.
[[nodiscard]] Result<Request> parse_request(std::string_view text);

/// The whole report, without colour.
[[nodiscard]] std::string render(Kind kind, const runner::RunRecord& record, const Context& context);

/// Renders and writes (see common/writer.h).
[[nodiscard]] Result<void> deliver(const Request& request, const runner::RunRecord& record,
                                   const Context& context);

}  // namespace tcpjury::reports
