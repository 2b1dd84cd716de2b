#include <fmt/format.h>

#include "harness/cli/commands.h"
#include "harness/cli/library.h"
#include "harness/cli/places.h"
#include "harness/cli/say.h"
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

Result<std::vector<std::string>> files_of(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  std::vector<std::string> places = paths;
  if (places.empty()) {
    const auto folder = scenario_folder();
    if (!folder) return tl::unexpected<Error>{folder.error()};
    places.push_back(folder->string());
  }
  for (const std::string& place : places) {
    auto found = scenario_files(place);
    if (!found) return found;
    files.insert(files.end(), found->begin(), found->end());
  }
  return files;
}

}  // namespace

int check_command(const CheckArgs& args) {
  const auto files = files_of(args.paths);
  if (!files) return complain(files.error(), Exit::invalid_file);
  const auto folder = scenario_folder();
  const auto loaded = scenario::load_files(*files, {folder ? folder->string() : std::string{}});
  if (args.format == Format::json) {
    say(json_of(loaded.diagnostics));
  } else if (loaded.diagnostics.empty()) {
    say(fmt::format("{} files, {} cases, no mistakes\n", files->size(), loaded.variants.size()));
  } else {
    for (const Diagnostic& diagnostic : loaded.diagnostics) say(to_string(diagnostic) + "\n");
    say(fmt::format("{} mistake{}; `tcpjury explain {}` says more\n", loaded.diagnostics.size(),
                    loaded.diagnostics.size() == 1 ? "" : "s", loaded.diagnostics.front().code));
  }
  if (files->empty()) return complain({"no scenario file is there"}, Exit::nothing_selected);
  return code(loaded.diagnostics.empty() ? Exit::ok : Exit::invalid_file);
}

}  // namespace tcpjury::cli
