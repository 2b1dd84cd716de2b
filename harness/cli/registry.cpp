#include "harness/cli/registry.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "harness/base/suggest.h"
#include "harness/cli/faults.h"
#include "harness/cli/places.h"
#include "harness/scenario/document.h"
#include "targets/linux/linux_target.h"
#include "targets/plugin/plugin_target.h"

namespace tcpjury::cli {
namespace {

namespace fs = std::filesystem;
using runner::OpenedTarget;
using runner::OpenFailure;

constexpr std::string_view kind_plugin = "plugin";
constexpr std::string_view kind_linux = "linux";
/// Options of a plugin's TargetSpec that are settings of its adapter begin with this.
constexpr std::string_view setting_prefix = "setting.";

/// A stack that is built with the program.
struct ShippedPlugin {
  std::string_view name;
  std::string_view description;
  std::string_view how_to_build;
};
constexpr ShippedPlugin shipped_plugins[] = {
    {"lwip", "lwIP in the process, virtual time", "run targets/lwip/fetch.sh and build again"},
    {"reference", "an RFC 9293 endpoint of our own with faults to switch on, virtual time",
     "build the CMake target tcpjury_target_reference"},
};

std::optional<fs::path> beside(const fs::path& file) {
  fs::path deviations = file.parent_path() / "deviations.toml";
  std::error_code ignored;
  if (fs::exists(deviations, ignored)) return deviations;
  return std::nullopt;
}

Result<ChosenTarget> plugin_file(const fs::path& file, std::string name) {
  std::error_code error;
  const fs::path absolute = fs::absolute(file, error);
  if (!fs::exists(absolute, error)) return fail(fmt::format("the plugin {} does not exist", file.string()));
  return ChosenTarget{.name = std::move(name), .spec = {std::string{kind_plugin}, absolute.string(), {}}};
}

/// A description names its plugin; relative paths count from the description.
Result<ChosenTarget> described(const fs::path& file) {
  std::ifstream in{file};
  if (!in) return fail(fmt::format("the target description {} cannot be read", file.string()));
  std::ostringstream text;
  text << in.rdbuf();
  Diagnostics diagnostics;
  const auto document = scenario::parse_document(text.str(), file.string(), diagnostics);
  if (!document) return fail(to_string(diagnostics.front()));
  const scenario::Member* plugin = document->find("plugin");
  if (plugin == nullptr || plugin->value.kind != scenario::Node::Kind::string) {
    return fail(
        fmt::format("{} names no plugin", file.string()),
        "write plugin = \"libmystack.so\"; other kinds of targets have names, see `tcpjury list targets`");
  }
  auto chosen = plugin_file(file.parent_path() / plugin->value.text, file.stem().string());
  if (chosen) chosen->deviations = beside(file);
  return chosen;
}

Result<ChosenTarget> shipped(const ShippedPlugin& known) {
  const std::string name{known.name};
  const auto plugin = shipped_plugin(name);
  if (!plugin) {
    return fail(fmt::format("the target '{}' is not built", name),
                fmt::format("{}; TCPJURY_PLUGINS names another folder of plugins", known.how_to_build));
  }
  return ChosenTarget{.name = name,
                      .spec = {std::string{kind_plugin}, plugin->string(), {}},
                      .deviations = shipped_deviations(name)};
}

ChosenTarget kernel(const TargetChoice& choice) {
  runner::TargetSpec spec{std::string{kind_linux}, {}, {{"link", choice.link}}};
  if (!choice.setting.empty()) spec.options["setting"] = choice.setting;
  return {.name = "linux", .spec = std::move(spec), .live = true, .deviations = shipped_deviations("linux")};
}

Result<ChosenTarget> find_target(const TargetChoice& choice) {
  const std::string& name = choice.name;
  for (const ShippedPlugin& known : shipped_plugins) {
    if (known.name == name) return shipped(known);
  }
  if (name == "linux") return kernel(choice);
  if (name.ends_with(".so")) return plugin_file(name, fs::path{name}.stem().string());
  if (name.ends_with(".toml")) return described(name);
  std::vector<std::string_view> known;
  const auto targets = registered_targets();
  for (const RegisteredTarget& target : targets) known.push_back(target.name);
  const auto near = suggest(name, known);
  return fail(
      fmt::format("no target is called '{}'", name),
      near ? fmt::format("did you mean '{}'?", *near)
           : "`tcpjury list targets` shows what there is; a plugin is named by its path, ./libmystack.so");
}

/// Puts --setting and --fault into the description of the target.
Result<ChosenTarget> with_settings(ChosenTarget chosen, const TargetChoice& choice) {
  auto settings = choice.settings;
  if (!choice.faults.empty()) {
    if (chosen.name != reference_name) {
      return fail(fmt::format("the target '{}' has no faults to switch on", chosen.name),
                  fmt::format("--fault goes with --target {}", reference_name));
    }
    const auto faults = fault_setting(choice.faults);
    if (!faults) return tl::unexpected{faults.error()};
    if (!settings.emplace("fault", *faults).second)
      return fail("the faults are given twice", "leave out --setting fault=...");
  }
  for (const auto& [name, value] : settings) {
    if (chosen.spec.kind != kind_plugin)
      return fail(fmt::format("'{}={}' is a setting of a plugin, and {} is none", name, value, chosen.name));
    if (!targets::plain_setting(name, value))
      return fail(fmt::format("'{}={}' is no setting", name, value), "write NAME=VALUE without white space");
    chosen.spec.options[fmt::format("{}{}", setting_prefix, name)] = value;
  }
  return chosen;
}

tl::expected<OpenedTarget, OpenFailure> open_plugin(const runner::TargetSpec& spec) {
  targets::PluginOptions options{.path = spec.path};
  for (const auto& [name, value] : spec.options) {
    if (name.starts_with(setting_prefix)) options.settings[name.substr(setting_prefix.size())] = value;
  }
  auto plugin = targets::PluginTarget::load(options);
  if (!plugin) return tl::unexpected(OpenFailure{false, plugin.error()});
  OpenedTarget opened;
  opened.can_reset = (*plugin)->can_reset();
  opened.in_process = std::move(*plugin);
  return opened;
}

tl::expected<OpenedTarget, OpenFailure> open_kernel(const runner::TargetSpec& spec) {
  const auto options = targets::kernel::parse_linux_options(spec.options);
  if (!options) return tl::unexpected(OpenFailure{true, options.error()});
  auto target = targets::kernel::LinuxTarget::start(*options);
  if (!target) return tl::unexpected(OpenFailure{true, target.error()});
  OpenedTarget opened;
  opened.live = std::move(*target);
  return opened;
}

}  // namespace

runner::TargetSpec with_scenario_settings(runner::TargetSpec spec, const runner::Settings& settings) {
  const std::string_view prefix = spec.kind == kind_plugin ? setting_prefix : std::string_view{};
  for (const auto& [name, value] : settings) spec.options[fmt::format("{}{}", prefix, name)] = value;
  return spec;
}

std::vector<RegisteredTarget> registered_targets() {
  std::vector<RegisteredTarget> all;
  for (const ShippedPlugin& known : shipped_plugins) {
    const std::string name{known.name};
    const bool built = shipped_plugin(name).has_value();
    all.push_back({.name = name,
                   .description = std::string{known.description},
                   .available = built,
                   .missing = built ? "" : fmt::format("not built: {}", known.how_to_build)});
  }
  all.push_back({.name = "linux",
                 .description = "the kernel of this machine, in a network namespace of its own",
                 .live = true,
                 .available = true});
  return all;
}

Result<ChosenTarget> choose_target(const TargetChoice& choice) {
  auto chosen = find_target(choice);
  if (chosen) chosen = with_settings(std::move(*chosen), choice);
  if (!chosen || choice.deviations.empty()) return chosen;
  chosen->deviations.reset();
  if (choice.deviations != "none") chosen->deviations = choice.deviations;
  return chosen;
}

tl::expected<OpenedTarget, OpenFailure> open_target(const runner::TargetSpec& spec) {
  if (spec.kind == kind_plugin) return open_plugin(spec);
  if (spec.kind == kind_linux) return open_kernel(spec);
  return tl::unexpected(OpenFailure{false, {fmt::format("no adapter is called '{}'", spec.kind), {}}});
}

}  // namespace tcpjury::cli
