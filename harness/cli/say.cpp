#include "harness/cli/say.h"

#include <fmt/format.h>

#include <cstdio>

namespace tcpjury::cli {

void say(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

void say_error(std::string_view text) { std::fwrite(text.data(), 1, text.size(), stderr); }

int complain(const Error& error, runner::Exit exit) {
  say_error(fmt::format("tcpjury: {}\n", error.message));
  if (!error.hint.empty()) say_error(fmt::format("  hint: {}\n", error.hint));
  return code(exit);
}

int complain(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) say_error(to_string(diagnostic) + "\n");
  const std::size_t count = diagnostics.size();
  say_error(fmt::format("tcpjury: {} mistake{}; nothing was run\n", count, count == 1 ? "" : "s"));
  return code(runner::Exit::invalid_file);
}

}  // namespace tcpjury::cli
