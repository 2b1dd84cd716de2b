#include "harness/cli/args.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>

#include "harness/base/suggest.h"
#include "harness/cli/raw_args.h"
#include "harness/cli/version.h"

namespace tcpjury::cli {
namespace {

// ---- the tree of commands
// ----------------------------------------------------------------------------------

void add_target_flags(CLI::App& app, Raw& raw) {
  app.add_option("--link", raw.target.link, "linux: how packets reach the kernel: tun, raw or auto")
      ->type_name("KIND");
  app.add_option("--setting", raw.settings,
                 "linux: as-is, or deterministic sysctls; plugins: NAME=VALUE, may be repeated")
      ->type_name("SETTING")
      ->allow_extra_args(false);
  app.add_option("--fault", raw.faults,
                 "reference: break it on purpose, see `list faults`; NAME@STATE in that state only")
      ->type_name("NAME[@STATE]")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_option("--deviations", raw.target.deviations,
                 "file of known deviations instead of the target's own, or 'none'")
      ->type_name("FILE");
}

void add_case_flags(CLI::App& app, Raw& raw, CaseChoice& cases) {
  app.add_option("--plan", cases.plan, "a named selection, see `list plans`")->type_name("NAME");
  app.add_option("--family", raw.family, "v4, v6 or all")->type_name("FAMILY");
  app.add_option("--filter", cases.filter, "which cases, see `explain filter`")->type_name("EXPR");
  app.add_option("--tier", raw.tiers, "fast, slow, rare, or several with commas")->type_name("TIER");
  app.add_option("--shard", raw.shard, "part i of n, by a hash of the case's id")->type_name("i/n");
}

void add_output_flags(CLI::App& app, Raw& raw, OutputChoice& output) {
  app.add_option("--report", raw.reports,
                 "write a report; KIND is one of console json junit ladder markdown "
                 "pcapng tap; '-' is standard output")
      ->type_name("KIND=PATH")
      ->allow_extra_args(false);
  app.add_option("--color", raw.colour, "auto, always or never")->type_name("WHEN");
  app.add_option("--status", raw.status, "lines for all cases, failures or none")->type_name("WHICH");
  app.add_flag("-q,--quiet", output.quiet, "only failures and the last line");
}

void add_run(CLI::App& root, Raw& raw) {
  CLI::App& app = *root.add_subcommand("run", "Run scenarios on a target and judge what it does");
  app.add_option("cases", raw.run.cases.names,
                 "scenario files, folders or ids; default: all that are shipped")
      ->type_name("PATH|ID");
  app.add_option("--target", raw.target.name, "a name (see `list targets`), FILE.so or FILE.toml")
      ->type_name("TARGET");
  add_target_flags(app, raw);
  app.add_option("--profile", raw.profile, "the set of rules, see `list profiles`")->type_name("NAME");
  add_case_flags(app, raw, raw.run.cases);
  app.add_option("-j,--jobs", raw.workers, "worker processes, or auto")->type_name("N");
  app.add_option("--sessions", raw.run.execution.sessions,
                 "live targets: sessions at once in a worker; 0: all")
      ->type_name("M");
  app.add_option("--seed", raw.seed, "seed of the run, decimal or 0x; random when absent")->type_name("N");
  app.add_option("--repeat", raw.run.execution.repeat, "run every case so often")->type_name("N");
  app.add_option("--strict", raw.strict, "'should': a broken SHOULD fails")->type_name("LEVEL");
  app.add_option("--hang-cpu", raw.hang_cpu, "CPU seconds after which a case counts as a hang")
      ->type_name("SECONDS");
  app.add_option("--no-tests", raw.no_tests, "'pass': an empty selection is no error")->type_name("WHAT");
  app.add_flag("--dry-run", raw.run.dry_run, "print what would run");
  app.add_flag("--no-store", raw.no_store, "do not keep the run below the state folder");
  add_output_flags(app, raw, raw.run.output);
}

void add_inspection(CLI::App& root, Raw& raw) {
  CLI::App& list = *root.add_subcommand("list", "List what there is");
  list.add_option("what", raw.what, "scenarios, requirements, targets, profiles, plans, faults or runs")
      ->required()
      ->type_name("WHAT");
  list.add_option("cases", raw.list.cases.names, "scenarios: files, folders or ids")->type_name("PATH|ID");
  add_case_flags(list, raw, raw.list.cases);
  list.add_option("--format", raw.format, "table, plain or json")->type_name("FORMAT");

  CLI::App& check = *root.add_subcommand("check", "Check scenario files, run nothing");
  check.add_option("paths", raw.check.paths, "files or folders; default: all that are shipped")
      ->type_name("PATH");
  check.add_option("--format", raw.format, "plain or json")->type_name("FORMAT");

  CLI::App& explain = *root.add_subcommand("explain", "Explain an id or a word, offline");
  explain
      .add_option("words", raw.explain.words,
                  "a requirement, verdict, state, diagnostic code, field, 'exit N' or 'filter'")
      ->required()
      ->type_name("ID");

  CLI::App& coverage = *root.add_subcommand("coverage", "Which requirements a run has evaluated");
  coverage.add_option("runs", raw.coverage.runs, "stored runs or JSON reports; default: latest")
      ->type_name("RUN");
  coverage.add_option("--by", raw.by, "what is counted together: level, rfc or area")->type_name("GROUP");
  coverage.add_option("--format", raw.format, "table, plain or json")->type_name("FORMAT");
  coverage.add_option("--fail-under", raw.fail_under, "exit 6 below this share, e.g. must=90")
      ->type_name("LEVEL=PERCENT")
      ->allow_extra_args(false);

  CLI::App& doctor = *root.add_subcommand("doctor", "What works on this machine, and what is missing");
  doctor.add_option("--target", raw.doctor_target, "only this target; exit 10 when it cannot run")
      ->type_name("TARGET");
  doctor.add_option("--format", raw.format, "table or json")->type_name("FORMAT");
}

void add_rest(CLI::App& root, Raw& raw) {
  CLI::App& replay = *root.add_subcommand("replay", "Run one case again as a stored run did");
  replay.add_option("what", raw.replay.what, "a scenario file, or RUN:ID of a stored run")
      ->required()
      ->type_name("FILE|RUN:ID");
  replay.add_option("--target", raw.replay_target, "another target than the run's")->type_name("TARGET");
  add_target_flags(replay, raw);
  replay.add_option("--hang-cpu", raw.hang_cpu, "CPU seconds after which a case counts as a hang")
      ->type_name("SECONDS");
  add_output_flags(replay, raw, raw.replay.output);

  CLI::App& report = *root.add_subcommand("report", "Write reports of a stored run");
  report.add_option("run", raw.report.run, "latest, an id, the beginning of one, or a JSON report")
      ->required()
      ->type_name("RUN");
  add_output_flags(report, raw, raw.report.output);

  CLI::App& diff = *root.add_subcommand("diff", "Compare two runs; exit 6 when something got worse");
  diff.add_option("before", raw.diff.before, "a stored run or a JSON report")->required()->type_name("RUN_A");
  diff.add_option("after", raw.diff.after, "a stored run or a JSON report")->required()->type_name("RUN_B");
  diff.add_option("--format", raw.format, "plain or json")->type_name("FORMAT");

  root.add_subcommand("schema", "Print the JSON Schema of scenario files");
  CLI::App& selftest =
      *root.add_subcommand("selftest", "Show on this machine that the judge convicts and acquits");
  selftest.add_option("--fault", raw.faults, "only these faults of the reference stack, see `list faults`")
      ->type_name("NAME[@STATE]")
      ->delimiter(',')
      ->allow_extra_args(false);
  selftest
      .add_option("--matrix", raw.selftest.matrix,
                  "put every fault on trial and write which scenario convicts which of what")
      ->type_name("FILE.md");
  selftest.add_option("--random", raw.random, "instead: play so many random events and show who is accused")
      ->type_name("EVENTS");
  selftest.add_option("--target", raw.target.name, "of --random: a target in the process")
      ->type_name("TARGET");
  selftest
      .add_option(
          "--avoid", raw.selftest.avoid,
          "of --random: lies not to tell: sequence, acknowledgment, control, syn, or several with commas")
      ->type_name("LIES");
  selftest.add_option("--seed", raw.seed, "seed, decimal or 0x; default 1")->type_name("N");
  selftest.add_option("-j,--jobs", raw.workers, "threads, or auto")->type_name("N");
  CLI::App& completion = *root.add_subcommand("completion", "Print a completion script for a shell");
  completion.add_option("shell", raw.completion.shell, "bash")->required()->type_name("SHELL");
  root.add_subcommand("worker")->group("");
}

/// "--hang-cpu" has the twin TCPJURY_HANG_CPU.
std::string environment_twin(std::string_view long_name) {
  std::string name = "TCPJURY_";
  for (const char c : long_name) name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

/// `command`: the one that will be parsed. Only its flags get twins: the others write to the same places, and
/// the library reads the environment for every command, whichever was given.
void build(CLI::App& root, Raw& raw, std::string_view command) {
  root.name("tcpjury");
  root.set_version_flag("--version", fmt::format("tcpjury {}", tool_version));
  root.require_subcommand(0, 1);
  root.allow_extras();
  root.get_formatter()->column_width(34);
  root.footer("Every flag has a twin in the environment: --hang-cpu is TCPJURY_HANG_CPU.");
  add_run(root, raw);
  add_inspection(root, raw);
  add_rest(root, raw);
  for (CLI::App* app : root.get_subcommands({})) {
    app->allow_extras();
    if (app->get_name() != command) continue;
    for (CLI::Option* option : app->get_options()) {
      const auto& names = option->get_lnames();
      if (!names.empty() && names.front() != "help") option->envname(environment_twin(names.front()));
    }
  }
}

// ---- complaints
// --------------------------------------------------------------------------------------------

Spoken complaint(const CLI::App* app, std::string_view message, std::string_view hint) {
  std::string text = fmt::format("tcpjury: {}\n", message);
  if (!hint.empty()) text += fmt::format("  hint: {}\n", hint);
  text += fmt::format("See `tcpjury{}{} --help`.\n", app == nullptr ? "" : " ",
                      app == nullptr ? "" : app->get_name());
  return {std::move(text), 2};
}

std::vector<std::string> flags_of(const CLI::App& app) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  std::ranges::sort(flags);
  return flags;
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known) {
  const std::vector<std::string_view> views{known.begin(), known.end()};
  return suggest(word, views);
}

Spoken unknown_word(const CLI::App& root, const CLI::App* app, const std::string& word) {
  if (word.starts_with("-")) {
    const std::string flag = word.substr(0, word.find('='));
    const auto near = nearest(flag, flags_of(app == nullptr ? root : *app));
    return complaint(app, fmt::format("unknown flag '{}'", flag),
                     near ? fmt::format("did you mean '{}'?", *near) : std::string{});
  }
  if (app != nullptr) return complaint(app, fmt::format("'{}' is one argument too many", word), {});
  std::vector<std::string> commands;
  for (const CLI::App* one : root.get_subcommands([](const CLI::App*) { return true; })) {
    if (!one->get_group().empty()) commands.push_back(one->get_name());
  }
  const auto near = nearest(word, commands);
  return complaint(nullptr, fmt::format("unknown command '{}'", word),
                   near ? fmt::format("did you mean '{}'?", *near) : std::string{});
}

const CLI::App* chosen(const CLI::App& root) {
  const auto parsed = root.get_subcommands();
  return parsed.empty() ? nullptr : parsed.front();
}

/// The command `arguments` give, as far as one can tell before they are read.
std::string_view command_of(const std::vector<std::string>& arguments) {
  const auto first =
      std::ranges::find_if(arguments, [](const std::string& word) { return !word.starts_with("-"); });
  return first == arguments.end() ? std::string_view{} : *first;
}

}  // namespace

std::variant<Command, Spoken> parse_arguments(const std::vector<std::string>& arguments) {
  Raw raw;
  CLI::App root{
      "Puts a TCP stack on trial: runs scenarios, judges every segment by the RFCs, names the clause."};
  build(root, raw, command_of(arguments));
  const auto unused = [&](const CLI::App* app) -> std::optional<std::string> {
    const auto rest = app == nullptr ? root.remaining() : app->remaining();
    if (rest.empty()) return std::nullopt;
    return rest.front();
  };
  // The library's only way to say no, and to ask for help to be printed, is an exception.
  try {
    std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
    root.parse(std::move(reversed));
    const CLI::App* app = chosen(root);
    if (const auto word = unused(nullptr)) return unknown_word(root, app, *word);
    if (app == nullptr) return Spoken{root.help(), 2};
    if (const auto word = unused(app)) return unknown_word(root, app, *word);
    Command command = finished_command(app->get_name(), raw);
    if (raw.complaint) return complaint(app, raw.complaint->message, raw.complaint->hint);
    return command;
  } catch (const CLI::CallForHelp&) {
    const CLI::App* app = chosen(root);
    return Spoken{app == nullptr ? root.help() : app->help(), 0};
  } catch (const CLI::CallForVersion&) {
    return Spoken{fmt::format("tcpjury {}\n", tool_version), 0};
  } catch (const CLI::ParseError& error) {
    const CLI::App* app = chosen(root);
    if (const auto word = unused(app); word && error.get_name() == "RequiredError")
      return unknown_word(root, app, *word);
    return complaint(app, error.what(), {});
  }
}

std::vector<CommandFlags> command_flags() {
  Raw raw;
  CLI::App root;
  build(root, raw, {});
  std::vector<CommandFlags> commands;
  for (const CLI::App* app : root.get_subcommands([](const CLI::App*) { return true; })) {
    if (!app->get_group().empty())
      commands.push_back({app->get_name(), app->get_description(), flags_of(*app)});
  }
  return commands;
}

}  // namespace tcpjury::cli
