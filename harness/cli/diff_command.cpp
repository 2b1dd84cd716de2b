#include <fmt/format.h>

#include <map>

#include "harness/cli/commands.h"
#include "harness/cli/listing.h"
#include "harness/cli/runs.h"
#include "harness/cli/say.h"
#include "reports/common/context.h"

namespace tcpjury::cli {
namespace {

using engine::Verdict;
using runner::Exit;

/// What a case said, over its repetitions: the worst.
struct Said {
  Verdict verdict = Verdict::pass;
  std::string reason = {};
};

/// Larger is worse.
int badness(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
    case Verdict::xfail:
    case Verdict::not_applicable:
      return 0;
    case Verdict::warn:
      return 1;
    case Verdict::inconclusive:
      return 2;
    case Verdict::error:
      return 3;
    case Verdict::xpass:
      return 4;
    case Verdict::fail:
      return 5;
  }
  return 0;
}

std::map<std::string, Said> sayings(const runner::RunRecord& record) {
  std::map<std::string, Said> all;
  for (const engine::CaseResult& result : record.results) {
    const auto [said, is_new] =
        all.try_emplace(reports::case_id(result), Said{result.verdict, result.reason});
    if (!is_new && badness(result.verdict) > badness(said->second.verdict)) {
      said->second = {result.verdict, result.reason};
    }
  }
  return all;
}

struct Change {
  std::string kind;  ///< "worse", "better", "changed", "new", "gone"
  std::string id;
  std::string before;
  std::string after;
  std::string reason = {};
};

std::vector<Change> changes(const std::map<std::string, Said>& before,
                            const std::map<std::string, Said>& after) {
  std::vector<Change> all;
  for (const auto& [id, now] : after) {
    const auto then = before.find(id);
    const std::string verdict{engine::to_string(now.verdict)};
    if (then == before.end()) {
      all.push_back({"new", id, "", verdict, now.reason});
      continue;
    }
    if (then->second.verdict == now.verdict) continue;
    const int step = badness(now.verdict) - badness(then->second.verdict);
    all.push_back({step > 0   ? "worse"
                   : step < 0 ? "better"
                              : "changed",
                   id, std::string{engine::to_string(then->second.verdict)}, verdict, now.reason});
  }
  for (const auto& [id, then] : before) {
    if (!after.contains(id)) all.push_back({"gone", id, std::string{engine::to_string(then.verdict)}, ""});
  }
  return all;
}

}  // namespace

int diff_command(const DiffArgs& args) {
  const auto before = find_run(args.before);
  if (!before) return complain(before.error(), Exit::usage);
  const auto after = find_run(args.after);
  if (!after) return complain(after.error(), Exit::usage);
  Listing listing{.columns = {{"id"}, {"change"}, {"before"}, {"after"}, {"reason"}}};
  std::size_t worse = 0;
  for (const Change& change : changes(sayings(before->record), sayings(after->record))) {
    if (change.kind == "worse") ++worse;
    listing.rows.push_back({change.id, change.kind, change.before, change.after, change.reason});
  }
  const bool json = args.format == Format::json;
  if (json || !listing.rows.empty()) say(render(listing, json ? Format::json : Format::table));
  if (!json) say(fmt::format("{} cases changed, {} for the worse\n", listing.rows.size(), worse));
  return code(worse == 0 ? Exit::ok : Exit::regression);
}

}  // namespace tcpjury::cli
