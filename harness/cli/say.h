// Output of commands: texts to standard output, complaints to standard error.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/diagnostic.h"
#include "harness/base/result.h"
#include "harness/runner/record.h"

namespace tcpjury::cli {

[[nodiscard]] constexpr int code(runner::Exit exit) { return static_cast<int>(exit); }

/// Writes `text` to standard output, unchanged.
void say(std::string_view text);
/// Writes `text` to standard error, unchanged.
void say_error(std::string_view text);
/// "tcpjury: message" and the hint to standard error; returns `exit` as a number.
int complain(const Error& error, runner::Exit exit);
/// Every diagnostic and their number to standard error; returns exit code 3.
int complain(const Diagnostics& diagnostics);

}  // namespace tcpjury::cli
