#include <fmt/format.h>

#include <map>
#include <set>

#include "harness/cli/commands.h"
#include "harness/cli/context.h"
#include "harness/cli/listing.h"
#include "harness/cli/runs.h"
#include "harness/cli/say.h"
#include "reports/common/tally.h"
#include "reports/json/json_text.h"

namespace tcpjury::cli {
namespace {

using model::Level;
using runner::Exit;

/// How much of the catalogue a run has really evaluated. Requirements that a tester cannot see from outside
/// do not count.
struct Share {
  std::size_t evaluated = 0;
  std::size_t kept = 0;
  std::size_t observable = 0;
  [[nodiscard]] double percent() const {
    return observable == 0 ? 100.0 : 100.0 * static_cast<double>(evaluated) / static_cast<double>(observable);
  }
};

struct Coverage {
  std::map<std::string, Share> by_level = {};  ///< "must", "should", "may"
  std::vector<const model::Requirement*> untested = {};
};

std::string strength(Level level) {
  if (level == Level::must || level == Level::must_not) return "must";
  return level == Level::may ? "may" : "should";
}

Coverage coverage_of(const reports::Tally& tally) {
  std::map<std::string_view, const reports::RequirementTally*> seen;
  for (const reports::RequirementTally& one : tally.requirements) {
    if (one.evaluated()) seen.emplace(one.id, &one);
  }
  Coverage coverage{.by_level = {{"must", {}}, {"should", {}}, {"may", {}}}};
  for (const model::Requirement& one : model::requirement_catalogue()) {
    if (one.observable == model::Observable::internal) continue;
    Share& share = coverage.by_level[strength(one.level)];
    ++share.observable;
    const auto found = seen.find(one.id);
    if (found == seen.end()) {
      coverage.untested.push_back(&one);
      continue;
    }
    ++share.evaluated;
    if (found->second->broken == 0) ++share.kept;
  }
  return coverage;
}

std::string table(const Coverage& coverage, const reports::Tally& tally, Format format) {
  Listing sum{.columns = {{"level"}, {"evaluated"}, {"kept"}, {"observable"}, {"percent"}}};
  for (const char* level : {"must", "should", "may"}) {
    const Share& share = coverage.by_level.at(level);
    sum.rows.push_back({level, std::to_string(share.evaluated), std::to_string(share.kept),
                        std::to_string(share.observable), fmt::format("{:.1f}", share.percent())});
  }
  Listing seen{.columns = {{"requirement"}, {"level"}, {"held"}, {"broken"}, {"undecided"}}};
  for (const reports::RequirementTally& one : tally.requirements) {
    seen.rows.push_back({one.id, one.known == nullptr ? "" : std::string{model::to_string(one.known->level)},
                         std::to_string(one.held), std::to_string(one.broken),
                         std::to_string(one.undecided)});
  }
  return render(seen, format) + "\n" + render(sum, Format::table);
}

std::string json(const Coverage& coverage, const reports::Tally& tally, const std::string& run) {
  reports::JsonText text;
  text.begin_object();
  text.member("run", run);
  text.key("levels");
  text.begin_object();
  for (const auto& [level, share] : coverage.by_level) {
    text.key(level);
    text.begin_object();
    text.member("evaluated", std::uint64_t{share.evaluated});
    text.member("kept", std::uint64_t{share.kept});
    text.member("observable", std::uint64_t{share.observable});
    text.key("percent");
    text.literal(fmt::format("{:.2f}", share.percent()));
    text.end_object();
  }
  text.end_object();
  text.key("requirements");
  text.begin_array();
  for (const reports::RequirementTally& one : tally.requirements) {
    text.line();
    text.begin_object();
    text.member("id", one.id);
    text.member("held", std::uint64_t{one.held});
    text.member("broken", std::uint64_t{one.broken});
    text.member("undecided", std::uint64_t{one.undecided});
    text.end_object();
  }
  text.end_array();
  text.key("untested");
  text.begin_array();
  for (const model::Requirement* one : coverage.untested) text.value(one->id);
  text.end_array();
  text.end_object();
  return text.take() + "\n";
}

}  // namespace

int coverage_command(const CoverageArgs& args) {
  const auto run = find_run(args.run);
  if (!run) return complain(run.error(), Exit::usage);
  const reports::Tally tally = reports::tally(run->record, report_context(run->name));
  const Coverage coverage = coverage_of(tally);
  say(args.format == Format::json ? json(coverage, tally, run->name) : table(coverage, tally, args.format));
  Exit exit = Exit::ok;
  for (const auto& [level, percent] : args.fail_under) {
    const Share& share = coverage.by_level.at(level);
    if (share.percent() >= percent) continue;
    say_error(fmt::format("tcpjury: {:.2f} % of the {} requirements were evaluated, {:g} % are asked for\n",
                          share.percent(), level, percent));
    exit = Exit::regression;
  }
  return code(exit);
}

}  // namespace tcpjury::cli
