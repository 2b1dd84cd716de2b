#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/commands.h"
#include "harness/cli/listing.h"
#include "harness/cli/places.h"
#include "harness/cli/registry.h"
#include "harness/cli/say.h"
#include "targets/linux/doctor.h"

namespace tcpjury::cli {
namespace {

using runner::Exit;

struct Finding {
  std::string target;  ///< empty: concerns all
  std::string what;
  bool ok = false;
  std::string detail = {};
  std::string hint = {};
};

struct Examination {
  std::vector<Finding> findings = {};
  bool lwip = false;
  bool linux_target = false;
};

Examination examine(bool with_linux) {
  Examination all;
  const auto scenarios = scenario_folder();
  all.findings.push_back({"", "scenarios", scenarios.has_value(),
                          scenarios ? scenarios->string() : scenarios.error().message,
                          scenarios ? "" : scenarios.error().hint});
  for (const RegisteredTarget& target : registered_targets()) {
    if (target.live) continue;
    all.findings.push_back({target.name, "plugin", target.available,
                            target.available ? shipped_plugin(target.name)->string() : target.missing});
    if (target.name == "lwip") all.lwip = target.available;
  }
  if (!with_linux) return all;
  bool name_space = false;
  bool link = false;
  for (const auto& check : targets::kernel::examine_environment()) {
    if (check.name == "network namespace") name_space = check.ok;
    if (check.name == "tun link" || check.name == "raw link") link = link || check.ok;
    all.findings.push_back({"linux", check.name, check.ok, check.detail, check.hint});
  }
  all.linux_target = name_space && link;
  return all;
}

std::string render(const Examination& all, Format format) {
  Listing listing{.columns = {{"target"}, {"check"}, {"works"}, {"detail"}}};
  if (format == Format::json) listing.columns.push_back({"hint"});
  for (const Finding& one : all.findings) {
    std::vector<std::string> row{one.target.empty() ? "all" : one.target, one.what, one.ok ? "yes" : "no",
                                 one.detail};
    if (format == Format::json) row.push_back(one.hint);
    listing.rows.push_back(std::move(row));
  }
  std::string text = render(listing, format);
  if (format == Format::json) return text;
  for (const Finding& one : all.findings) {
    if (!one.ok && !one.hint.empty()) text += fmt::format("  hint: {}: {}\n", one.what, one.hint);
  }
  return text;
}

}  // namespace

int doctor_command(const DoctorArgs& args) {
  if (args.target) {
    const auto chosen = choose_target({.name = *args.target});
    if (!chosen) return complain(chosen.error(), *args.target == "lwip" ? Exit::environment : Exit::usage);
  }
  const bool with_linux = !args.target || *args.target == "linux";
  Examination all = examine(with_linux);
  if (args.target) {
    std::erase_if(all.findings,
                  [&](const Finding& one) { return !one.target.empty() && one.target != *args.target; });
  }
  say(render(all, args.format));
  const bool able = !args.target || (*args.target == "linux" ? all.linux_target : true);
  if (!able) say_error("tcpjury: this machine cannot run the target linux\n");
  return code(able ? Exit::ok : Exit::environment);
}

}  // namespace tcpjury::cli
