#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/cli/commands.h"
#include "harness/cli/context.h"
#include "harness/cli/coverage.h"
#include "harness/cli/coverage_sources.h"
#include "harness/cli/listing.h"
#include "harness/cli/say.h"
#include "reports/json/json_text.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;
using Shares = std::vector<std::pair<std::string, CoverageShare>>;

std::string_view name_of(CoverageGroup by) {
  constexpr std::string_view names[] = {"level", "rfc", "area"};
  return names[static_cast<std::size_t>(by)];
}

/// Neither evaluated nor excepted.
std::vector<const RequirementStatus*> untested(const std::vector<RequirementStatus>& statuses) {
  std::vector<const RequirementStatus*> open;
  for (const RequirementStatus& status : statuses) {
    if (status.observable() && !status.evaluated() && !status.excepted()) open.push_back(&status);
  }
  return open;
}

std::string shares_table(const Shares& shares, CoverageGroup by) {
  Listing sum{.columns = {{name_of(by)},
                          {"observable"},
                          {"evaluated"},
                          {"kept"},
                          {"listed"},
                          {"bites"},
                          {"excepted"},
                          {"percent"}}};
  for (const auto& [group, share] : shares) {
    sum.rows.push_back({group, std::to_string(share.observable), std::to_string(share.evaluated),
                        std::to_string(share.kept), std::to_string(share.listed), std::to_string(share.bites),
                        std::to_string(share.excepted), fmt::format("{:.1f}", share.percent())});
  }
  return render(sum, Format::table);
}

std::string table(const std::vector<RequirementStatus>& statuses, CoverageGroup by, Format format) {
  Listing seen{
      .columns = {
          {"requirement"}, {"level"}, {"held"}, {"broken"}, {"undecided"}, {"scenarios"}, {"faults"}}};
  for (const RequirementStatus& one : statuses) {
    if (!one.evaluated() && one.undecided == 0) continue;
    seen.rows.push_back({std::string{one.what->id}, std::string{model::to_string(one.what->level)},
                         std::to_string(one.held), std::to_string(one.broken), std::to_string(one.undecided),
                         std::to_string(one.scenarios.size()), std::to_string(one.faults.size())});
  }
  std::string out = render(seen, format) + "\n" + shares_table(coverage_shares(statuses, by), by);
  const auto open = untested(statuses);
  if (!open.empty())
    out += fmt::format("\n{} requirements are neither evaluated nor excepted; --format json lists them\n",
                       open.size());
  const auto at_the_user = [](const RequirementStatus& one) {
    return one.what->observable == model::Observable::app;
  };
  out += fmt::format("{} more show in the user's interface alone; {} of them were evaluated\n",
                     std::ranges::count_if(statuses, at_the_user),
                     std::ranges::count_if(statuses, [&](const RequirementStatus& one) {
                       return at_the_user(one) && one.evaluated();
                     }));
  for (const RequirementStatus& one : statuses) {
    if (!one.exception.empty() && one.evaluated())
      out += fmt::format("exceptions.toml: {} is evaluated after all\n", one.what->id);
  }
  return out;
}

void write_shares(reports::JsonText& text, const Shares& shares) {
  text.begin_object();
  for (const auto& [group, share] : shares) {
    text.line();
    text.key(group);
    text.begin_object();
    text.member("evaluated", std::uint64_t{share.evaluated});
    text.member("kept", std::uint64_t{share.kept});
    text.member("observable", std::uint64_t{share.observable});
    text.member("listed", std::uint64_t{share.listed});
    text.member("bites", std::uint64_t{share.bites});
    text.member("excepted", std::uint64_t{share.excepted});
    text.key("percent");
    text.literal(fmt::format("{:.2f}", share.percent()));
    text.end_object();
  }
  text.end_object();
}

void write_strings(reports::JsonText& text, std::string_view key, const std::vector<std::string>& values) {
  text.key(key);
  text.begin_array();
  for (const std::string& value : values) text.value(value);
  text.end_array();
}

void write_requirement(reports::JsonText& text, const RequirementStatus& one) {
  text.line();
  text.begin_object();
  text.member("id", one.what->id);
  text.member("level", model::to_string(one.what->level));
  text.member("held", std::uint64_t{one.held});
  text.member("broken", std::uint64_t{one.broken});
  text.member("undecided", std::uint64_t{one.undecided});
  write_strings(text, "scenarios", one.scenarios);
  write_strings(text, "faults", one.faults);
  if (!one.exception.empty()) text.member("exception", one.exception);
  text.end_object();
}

std::string json(const std::vector<RequirementStatus>& statuses, const std::vector<std::string>& runs,
                 CoverageGroup by) {
  reports::JsonText text;
  text.begin_object();
  text.member("run", fmt::format("{}", fmt::join(runs, " ")));
  text.key("levels");
  write_shares(text, coverage_shares(statuses, CoverageGroup::level));
  if (by != CoverageGroup::level) {
    text.key(fmt::format("by_{}", name_of(by)));
    write_shares(text, coverage_shares(statuses, by));
  }
  text.key("requirements");
  text.begin_array();
  for (const RequirementStatus& one : statuses) {
    if (one.observable() || one.evaluated()) write_requirement(text, one);
  }
  text.end_array();
  text.key("untested");
  text.begin_array();
  for (const RequirementStatus* one : untested(statuses)) text.value(one->what->id);
  text.end_array();
  text.end_object();
  return text.take() + "\n";
}

}  // namespace

int coverage_command(const CoverageArgs& args) {
  Diagnostics diagnostics;
  std::vector<std::string> runs;
  const auto sources = coverage_sources(args.runs, runs, diagnostics);
  if (!diagnostics.empty()) return complain(diagnostics);
  if (!sources) return complain(sources.error(), Exit::usage);
  const auto statuses = requirement_statuses(*sources);
  say(args.format == Format::json ? json(statuses, runs, args.by) : table(statuses, args.by, args.format));
  Exit exit = Exit::ok;
  const Shares levels = coverage_shares(statuses, CoverageGroup::level);
  for (const auto& [level, percent] : args.fail_under) {
    for (const auto& [group, share] : levels) {
      if (group != level || share.percent() >= percent) continue;
      say_error(fmt::format("tcpjury: {:.2f} % of the {} requirements were evaluated, {:g} % are asked for\n",
                            share.percent(), level, percent));
      exit = Exit::regression;
    }
  }
  return code(exit);
}

}  // namespace tcpjury::cli
