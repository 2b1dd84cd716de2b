// Checks of the program by itself that run anywhere: no privileges, no files but the shipped ones.
#include <fmt/format.h>

#include <fstream>
#include <functional>
#include <thread>

#include "harness/base/random.h"
#include "harness/cli/commands.h"
#include "harness/cli/faults.h"
#include "harness/cli/library.h"
#include "harness/cli/say.h"
#include "harness/cli/selftest_faults.h"
#include "harness/cli/selftest_random.h"
#include "harness/cli/selftest_targets.h"
#include "harness/engine/virtual_driver.h"
#include "harness/scenario/load.h"
#include "harness/wire/packet.h"

namespace tcpjury::cli {
namespace {

using engine::Verdict;
using runner::Exit;

/// What went wrong; empty when all is well.
using Complaint = std::string;

constexpr std::string_view life_of_a_connection = R"(
id = "life-of-a-connection"
title = "Opened by the peer, closed by the peer, closed by the user"
requirements = ["RFC9293-3.10.7.2-SYN-LISTEN"]
[matrix]
family = ["v4"]
[[step]]
call = { listen = {} }
[[step]]
send = { ctl = "SYN", seq = "J" }
[[step]]
expect = { ctl = "SYN,ACK", seq = "K", ack = "J+1" }
[[step]]
send = { ctl = "ACK", seq = "J+1", ack = "K+1" }
[[step]]
send = { ctl = "FIN,ACK", seq = "J+1", ack = "K+1" }
[[step]]
expect = { ctl = "ACK", ack = "J+2" }
[[step]]
call = { close = {} }
[[step]]
expect = { ctl = "FIN,ACK", ack = "J+2" }
)";

engine::CaseResult try_case(const scenario::Variant& variant, Manner manner, std::uint64_t seed) {
  const auto target = make_selftest_target(manner);
  const engine::TargetTraits& traits = target->traits();
  const engine::SessionConfig config{.traits = &traits,
                                     .seed = seed,
                                     .slot = {.tester_addresses = {traits.v4->tester_first},
                                              .target_port = {7000},
                                              .tester_port_first = {40'000}}};
  return engine::run_virtual(variant, config, *target);
}

Complaint verdict_is(Manner manner, Verdict wanted) {
  const auto loaded = scenario::load_text(life_of_a_connection, "life-of-a-connection.toml");
  if (!loaded.diagnostics.empty()) return to_string(loaded.diagnostics.front());
  for (const scenario::Variant& variant : loaded.variants) {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      const auto result = try_case(variant, manner, seed);
      if (result.verdict == wanted) continue;
      return fmt::format("seed {}: {} instead of {}: {}", seed, engine::to_string(result.verdict),
                         engine::to_string(wanted), result.reason);
    }
  }
  return loaded.variants.empty() ? "the case has no variant" : Complaint{};
}

Complaint catalogue_is_consistent() {
  std::string_view previous;
  for (const model::Requirement& one : model::requirement_catalogue()) {
    if (one.id <= previous) return fmt::format("{} is out of order", one.id);
    if (one.summary.empty() || one.section.empty() || one.rfc == 0)
      return fmt::format("{} is incomplete", one.id);
    if (model::find_requirement(one.id) != &one) return fmt::format("{} is not found", one.id);
    previous = one.id;
  }
  return previous.empty() ? "the catalogue is empty" : Complaint{};
}

Complaint scenarios_load() {
  const Library library = load_cases({});
  if (const auto* invalid = std::get_if<InvalidFiles>(&library))
    return to_string(invalid->diagnostics.front());
  if (const auto* unknown = std::get_if<UnknownName>(&library)) return unknown->error.message;
  for (const scenario::Variant& variant : std::get<std::vector<scenario::Variant>>(library)) {
    for (const std::string& id : variant.requirements) {
      if (model::find_requirement(id) == nullptr) return fmt::format("{} names {}", variant.id(), id);
    }
  }
  return {};
}

Complaint codec_round_trip() {
  Random random{0x7c9};
  for (int round = 0; round < 2'000; ++round) {
    Bytes frame(40 + random.below(200));
    for (std::byte& b : frame) b = static_cast<std::byte>(random.next32());
    frame[0] = random.below(2) == 0 ? std::byte{0x45} : std::byte{0x60};
    const wire::Decoded decoded = wire::decode(frame);
    using enum wire::WireDefect;
    if (decoded.has(too_short) || decoded.has(ip_version) || decoded.has(ip_header_length) ||
        decoded.has(extension_chain)) {
      continue;
    }
    if (wire::encode(decoded.packet) != frame) return fmt::format("round {} is not the same again", round);
  }
  return {};
}

struct Check {
  std::string_view name;
  std::function<Complaint()> run;
};

Exit run_checks() {
  const Check checks[] = {
      {"the catalogue of requirements is consistent", catalogue_is_consistent},
      {"every shipped scenario loads", scenarios_load},
      {"what is decoded is encoded to the same octets", codec_round_trip},
      {"an honest stack passes", [] { return verdict_is(Manner::honest, Verdict::pass); }},
      {"a mute stack is convicted", [] { return verdict_is(Manner::mute, Verdict::fail); }},
      {"a lying stack is convicted", [] { return verdict_is(Manner::lying, Verdict::fail); }},
  };
  bool all = true;
  for (const Check& check : checks) {
    const Complaint complaint = check.run();
    say(fmt::format("{:<5} {}\n", complaint.empty() ? "ok" : "FAIL", check.name));
    if (!complaint.empty()) say(fmt::format("      {}\n", complaint));
    all = all && complaint.empty();
  }
  return all ? Exit::ok : Exit::internal;
}

/// The first of 70, 11, 3, 2, 6, 0 that applies.
Exit worse(Exit a, Exit b) {
  for (const Exit one : {Exit::internal, Exit::target, Exit::invalid_file, Exit::usage, Exit::regression}) {
    if (a == one || b == one) return one;
  }
  return Exit::ok;
}

Exit write_matrix(const std::string& file, const std::vector<FaultVerdict>& faults) {
  if (file.empty()) return Exit::ok;
  std::ofstream out{file, std::ios::binary};
  out << matrix_text(faults);
  out.close();
  if (out) return Exit::ok;
  complain({fmt::format("{} cannot be written", file), {}}, Exit::usage);
  return Exit::usage;
}

/// The reference stack under every case, without a fault and with each.
Exit judge_faults(const SelftestArgs& args) {
  const auto reference = choose_target({.name = std::string{reference_name}, .deviations = "none"});
  if (!reference) {
    complain(reference.error(), Exit::target);
    return Exit::target;
  }
  const Library library = load_cases({});
  const auto* variants = std::get_if<std::vector<scenario::Variant>>(&library);
  if (variants == nullptr) return Exit::internal;  // the check before has said why
  Diagnostics diagnostics;
  const unsigned workers = args.workers.value_or(std::max(1U, std::thread::hardware_concurrency()));
  const auto report = run_faults(*variants, reference->spec, {args.faults, workers}, diagnostics);
  if (!diagnostics.empty()) {
    complain(diagnostics);
    return Exit::invalid_file;
  }
  if (!report) {
    complain(report.error(), Exit::usage);
    return Exit::usage;
  }
  say(report_text(*report));
  return worse(write_matrix(args.matrix, report->faults), is_good(*report) ? Exit::ok : Exit::regression);
}

}  // namespace

int selftest_command(const SelftestArgs& args) {
  if (args.random) {
    return random_selftest({.events = *args.random,
                            .seed = args.seed.value_or(1),
                            .target = args.target,
                            .avoid = args.avoid,
                            .lies = args.lies});
  }
  // The faults take a minute: they are put on trial when somebody asks for one or for the table of all.
  return code(args.faults.empty() && args.matrix.empty() ? run_checks() : judge_faults(args));
}

}  // namespace tcpjury::cli
