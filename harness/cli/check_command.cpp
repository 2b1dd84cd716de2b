#include <fmt/format.h>

#include "harness/cli/commands.h"
#include "harness/cli/places.h"
#include "harness/cli/say.h"
#include "harness/scenario/discover.h"
#include "harness/scenario/load.h"
#include "reports/json/json_text.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;

std::string json_of(const Diagnostics& diagnostics) {
  reports::JsonText text;
  text.begin_array();
  for (const Diagnostic& one : diagnostics) {
    text.line();
    text.begin_object();
    text.member("code", one.code);
    text.member("file", one.where.file);
    text.member("line", std::uint64_t{one.where.line});
    text.member("column", std::uint64_t{one.where.column});
    text.member("message", one.message);
    text.member_unless_empty("hint", one.hint);
    text.end_object();
  }
  text.end_array();
  return text.take() + "\n";
}

}  // namespace

int check_command(const CheckArgs& args) {
  const auto shipped = scenario_folder();
  if (!shipped && args.paths.empty()) return complain(shipped.error(), Exit::nothing_selected);
  const std::string folder = shipped ? shipped->string() : std::string{};
  const scenario::Discovery discovery = scenario::discover(args.paths, folder);
  if (!discovery.diagnostics.empty()) {
    const Diagnostic& first = discovery.diagnostics.front();
    return complain({fmt::format("{}: {}", first.where.file, first.message), first.hint},
                    Exit::nothing_selected);
  }
  std::vector<std::string> files;
  for (const scenario::Selected& one : discovery.files) files.push_back(one.file);
  const auto loaded = scenario::load_files(files, {folder});
  if (args.format == Format::json) {
    say(json_of(loaded.diagnostics));
  } else if (loaded.diagnostics.empty()) {
    say(fmt::format("{} files, {} cases, no mistakes\n", files.size(), loaded.variants.size()));
  } else {
    for (const Diagnostic& diagnostic : loaded.diagnostics) say(to_string(diagnostic) + "\n");
    say(fmt::format("{} mistake{}; `tcpjury explain {}` says more\n", loaded.diagnostics.size(),
                    loaded.diagnostics.size() == 1 ? "" : "s", loaded.diagnostics.front().code));
  }
  return code(loaded.diagnostics.empty() ? Exit::ok : Exit::invalid_file);
}

}  // namespace tcpjury::cli
