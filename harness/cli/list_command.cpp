#include <fmt/format.h>

#include "harness/base/assert.h"
#include "harness/cli/commands.h"
#include "harness/cli/faults.h"
#include "harness/cli/library.h"
#include "harness/cli/listing.h"
#include "harness/cli/plans.h"
#include "harness/cli/registry.h"
#include "harness/cli/say.h"
#include "harness/model/requirement.h"
#include "harness/runner/store.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;

int list_scenarios(const ListArgs& args) {
  const auto selection = selection_of(args.cases, 1);
  if (!selection) return complain(selection.error(), Exit::usage);
  Library library = load_cases(args.cases.names);
  if (const auto* invalid = std::get_if<InvalidFiles>(&library)) return complain(invalid->diagnostics);
  if (const auto* unknown = std::get_if<UnknownName>(&library)) {
    return complain(unknown->error, Exit::nothing_selected);
  }
  const runner::Plan plan =
      runner::make_plan(std::get<std::vector<scenario::Variant>>(std::move(library)), *selection, 0);
  Listing listing{.columns = {{"id"}, {"family"}, {"tier"}, {"tags"}, {"title"}}};
  if (args.format == Format::json)
    listing.columns.insert(listing.columns.end(), {{"file"}, {"requirements"}});
  for (const scenario::Variant& variant : plan.variants) {
    std::vector<std::string> row{variant.id(), std::string{wire::to_string(variant.family)},
                                 std::string{scenario::to_string(variant.tier)},
                                 fmt::format("{}", fmt::join(variant.tags, " ")), variant.title};
    if (args.format == Format::json) {
      row.push_back(variant.file);
      row.push_back(fmt::format("{}", fmt::join(variant.requirements, " ")));
    }
    listing.rows.push_back(std::move(row));
  }
  say(render(listing, args.format));
  return code(Exit::ok);
}

Listing requirements() {
  Listing listing{.columns = {{"id"}, {"level"}, {"section"}, {"observable"}, {"area"}, {"summary"}}};
  for (const model::Requirement& one : model::requirement_catalogue()) {
    listing.rows.push_back({std::string{one.id}, std::string{model::to_string(one.level)},
                            std::string{one.section}, std::string{model::to_string(one.observable)},
                            std::string{one.area}, std::string{one.summary}});
  }
  return listing;
}

Listing targets() {
  Listing listing{.columns = {{"name"}, {"clock"}, {"available"}, {"description"}}};
  for (const RegisteredTarget& target : registered_targets()) {
    listing.rows.push_back(
        {target.name, target.live ? "real" : "virtual", target.available ? "yes" : "no",
         target.available ? target.description : fmt::format("{} ({})", target.description, target.missing)});
  }
  return listing;
}

Listing profiles() {
  using enum model::Profile;
  Listing listing{.columns = {{"name"}, {"description"}}};
  listing.rows = {
      {std::string{model::to_string(rfc9293)}, "RFC 9293, with RFC 5961 as it refers to it; the default"},
      {std::string{model::to_string(rfc793_1122)},
       "RFC 793 and RFC 1122: a reset or SYN in the window always takes effect"},
      {std::string{model::to_string(tc8)}, "as the automotive test suites judge"},
  };
  return listing;
}

Listing plans() {
  Listing listing{.columns = {{"name"}, {"filter"}, {"description"}}};
  for (const NamedPlan& plan : named_plans()) {
    listing.rows.push_back({std::string{plan.name}, std::string{plan.filter}, std::string{plan.description}});
  }
  return listing;
}

Listing runs() {
  Listing listing{.columns = {{"id"}, {"target"}, {"cases"}, {"seed"}, {"state"}}};
  const auto folder = runner::default_store();
  if (!folder) return listing;
  for (const std::string& id : runner::stored_runs(*folder)) {
    const auto run = runner::load_run(*folder, id);
    if (!run) continue;
    listing.rows.push_back({id, run->target_name, std::to_string(run->results.size()),
                            fmt::format("{:#x}", run->seed), run->partial ? "partial" : "complete"});
  }
  return listing;
}

}  // namespace

int list_command(const ListArgs& args) {
  using enum ListArgs::What;
  if (args.what == scenarios) return list_scenarios(args);
  if (!args.cases.names.empty()) {
    return complain({fmt::format("'{}' is one argument too many", args.cases.names.front())}, Exit::usage);
  }
  const auto listing = [&]() -> Listing {
    switch (args.what) {
      case requirements:
        return cli::requirements();
      case targets:
        return cli::targets();
      case profiles:
        return cli::profiles();
      case plans:
        return cli::plans();
      case faults:
        return fault_listing();
      case runs:
        return cli::runs();
      case scenarios:
        break;
    }
    TCPJURY_UNREACHABLE();
  }();
  say(render(listing, args.format));
  return code(Exit::ok);
}

}  // namespace tcpjury::cli
