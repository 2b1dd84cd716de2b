// The command line as values. The only place that knows how arguments are written.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "fuzz/exchange/draw.h"
#include "harness/base/time.h"
#include "harness/cli/coverage.h"
#include "harness/model/profile.h"
#include "harness/runner/plan.h"
#include "reports/reports.h"

namespace tcpjury::cli {

/// When to use colour.
enum class ColourChoice : std::uint8_t { automatic, always, never };
/// Which cases get a line.
enum class StatusChoice : std::uint8_t { automatic, all, failures, none };
enum class Format : std::uint8_t { table, plain, json };

/// Which target, and how to reach it.
struct TargetChoice {
  std::string name = "lwip";  ///< a name of the registry, FILE.so or FILE.toml
  std::string link = "auto";  ///< linux: tun, raw or auto
  std::string setting = {};   ///< linux: as-is or deterministic; empty: the target's default
  std::map<std::string, std::string> settings = {};  ///< plugins: NAME=VALUE
  std::vector<std::string> faults = {};              ///< reference: NAME or NAME@STATE
  std::string deviations = {};                       ///< a file, "none", or empty: the target's own
};

/// Which cases.
struct CaseChoice {
  std::vector<std::string> names = {};  ///< paths, ids, folders of scenarios, patterns
  std::string plan = {};
  std::optional<wire::Family> family = {};
  std::string filter = {};
  std::set<scenario::Tier> tiers = {};
  runner::Shard shard = {};
};

/// How to execute them.
struct ExecutionChoice {
  model::Profile profile = model::Profile::rfc9293;
  std::optional<std::uint32_t> workers = {};  ///< nothing: as many as suit the target
  std::uint32_t sessions = 0;
  std::optional<std::uint64_t> seed = {};
  std::uint32_t repeat = 1;
  bool strict_should = false;
  Duration hang_cpu = std::chrono::seconds{10};
};

struct OutputChoice {
  std::vector<reports::Request> reports = {};
  ColourChoice colour = ColourChoice::automatic;
  StatusChoice status = StatusChoice::automatic;
  bool quiet = false;
  bool store = true;
};

struct RunArgs {
  TargetChoice target;
  CaseChoice cases;
  ExecutionChoice execution;
  OutputChoice output;
  bool dry_run = false;
  bool allow_empty = false;  ///< --no-tests=pass
};
struct ListArgs {
  enum class What : std::uint8_t {
    scenarios,
    requirements,
    targets,
    profiles,
    plans,
    faults,
    runs
  } what = What::scenarios;
  CaseChoice cases;
  Format format = Format::table;
};
struct CheckArgs {
  std::vector<std::string> paths = {};
  Format format = Format::plain;
};
struct ExplainArgs {
  std::vector<std::string> words;  ///< "exit 4" is two
};
struct CoverageArgs {
  std::vector<std::string> runs = {};  ///< what any of them evaluated counts
  CoverageGroup by = CoverageGroup::level;
  Format format = Format::table;
  /// Percentages that must be reached, by level ("must", "should").
  std::vector<std::pair<std::string, double>> fail_under = {};
};
struct DoctorArgs {
  std::optional<std::string> target = {};
  Format format = Format::table;
};
struct ReplayArgs {
  std::string what = {};  ///< FILE or RUN:ID
  /// Without a name, settings and faults: the target the stored run was made with.
  TargetChoice target = {.name = {}};
  OutputChoice output;
  Duration hang_cpu = std::chrono::seconds{10};
};
struct ReportArgs {
  std::string run;
  OutputChoice output;
};
struct DiffArgs {
  std::string before;
  std::string after;
  Format format = Format::plain;
};
struct SchemaArgs {};
struct SelftestArgs {
  std::vector<std::string> faults = {};      ///< NAME or NAME@STATE; empty: every fault
  std::string matrix = {};                   ///< file for the table of faults and what convicts them
  std::optional<std::uint64_t> random = {};  ///< play so many random events instead
  TargetChoice target;                       ///< of the random events
  std::string avoid = {};                    ///< lies the random events do without: "sequence,syn"
  exchange::Lies lies = {};
  std::optional<std::uint64_t> seed = {};
  std::optional<std::uint32_t> workers = {};
};
struct CompletionArgs {
  std::string shell;
};
struct WorkerArgs {};

using Command = std::variant<RunArgs, ListArgs, CheckArgs, ExplainArgs, CoverageArgs, DoctorArgs, ReplayArgs,
                             ReportArgs, DiffArgs, SchemaArgs, SelftestArgs, CompletionArgs, WorkerArgs>;

/// Nothing to execute: a text for the user (help, version, or a complaint) and the exit code.
struct Spoken {
  std::string text;
  int exit = 0;
};

/// Reads arguments (without the program's name) and the TCPJURY_ environment. A complaint has exit code 2.
[[nodiscard]] std::variant<Command, Spoken> parse_arguments(const std::vector<std::string>& arguments);

/// Every command with the long flags it takes, sorted; for completion and for tests.
struct CommandFlags {
  std::string command;
  std::string description;
  std::vector<std::string> flags;
};
[[nodiscard]] std::vector<CommandFlags> command_flags();

}  // namespace tcpjury::cli
