#include "harness/cli/coverage_sources.h"

#include <fstream>
#include <sstream>

#include "harness/cli/context.h"
#include "harness/cli/library.h"
#include "harness/cli/places.h"
#include "harness/cli/runs.h"

namespace tcpjury::cli {
namespace {

std::string kill_matrix_text() {
  const auto file = published_kill_matrix();
  if (!file) return {};
  std::ifstream in{*file};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Everything but the runs.
CoverageSources shipped_sources(Diagnostics& diagnostics) {
  CoverageSources sources{.kill_matrix = kill_matrix_text(), .exceptions = shipped_exceptions(diagnostics)};
  Library library = load_cases({});
  if (auto* variants = std::get_if<std::vector<scenario::Variant>>(&library))
    sources.variants = std::move(*variants);
  else if (const auto* invalid = std::get_if<InvalidFiles>(&library))
    diagnostics.insert(diagnostics.end(), invalid->diagnostics.begin(), invalid->diagnostics.end());
  return sources;
}

}  // namespace

Result<CoverageSources> coverage_sources(const std::vector<std::string>& names,
                                         std::vector<std::string>& runs, Diagnostics& diagnostics) {
  std::vector<reports::Tally> tallies;
  for (const std::string& name : names) {
    const auto run = find_run(name);
    if (!run) return tl::unexpected<Error>{run.error()};
    tallies.push_back(reports::tally(run->record, report_context(run->name)));
    runs.push_back(run->name);
  }
  CoverageSources sources = shipped_sources(diagnostics);
  sources.runs = std::move(tallies);
  return sources;
}

CoverageSources latest_sources(std::string& run) {
  Diagnostics ignored;
  CoverageSources sources = shipped_sources(ignored);
  if (const auto latest = find_run("latest")) {
    run = latest->name + ", " + latest->record.target_name;
    sources.runs.push_back(reports::tally(latest->record, report_context(latest->name)));
  }
  return sources;
}

}  // namespace tcpjury::cli
