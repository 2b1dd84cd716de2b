// Shorthand for the tests of this folder: cases written as steps.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "harness/engine/fake_target_test.h"
#include "harness/engine/step_builder.h"
#include "harness/engine/virtual_driver.h"
#include "harness/scenario/load.h"

namespace tcpjury::engine::testing {

/// The steps as an author would have written them, numbered from 1.
inline scenario::Variant case_of(scenario::Steps steps) {
  scenario::Variant variant;
  variant.scenario = "test/case";
  variant.variant = "family=v4";
  std::uint32_t number = 0;
  for (scenario::Step& step : steps) {
    step.number = ++number;
    step.where = {"case.toml", number * 10, 1};
    step.walk = false;
  }
  variant.steps = std::move(steps);
  return variant;
}

/// Steps as in a scenario file; the variant of IPv4.
inline scenario::Variant load(std::string_view steps) {
  auto loaded = scenario::load_text("id = \"test/case\"\ntitle = \"A case\"\n" + std::string{steps}, "case");
  for (const Diagnostic& d : loaded.diagnostics) ADD_FAILURE() << to_string(d);
  return loaded.variants.empty() ? scenario::Variant{} : std::move(loaded.variants.front());
}

/// The same, on a connection that the target accepted and that is established.
inline scenario::Variant established(std::string_view steps) {
  const std::string no_step = "[[step]]\nwait = \"0s\"";
  return load("start_in = \"ESTABLISHED\"\n" + (steps.empty() ? no_step : std::string{steps}));
}

inline SessionConfig config_for(const VirtualTarget& target) {
  return {.traits = &target.traits(),
          .seed = 7,
          .slot = {.tester_addresses = {tester_address},
                   .target_port = wire::Port{8000},
                   .tester_port_first = wire::Port{40'000}}};
}

inline CaseResult run(FakeTarget& target, const scenario::Variant& variant) {
  return run_virtual(variant, config_for(target), target);
}

inline CaseResult run(FakeTarget& target, std::string_view steps) { return run(target, load(steps)); }

/// The marks of a transcript, for the message of a failed test.
inline std::string marks(const CaseResult& result) {
  std::string text = result.reason;
  for (const TranscriptEvent& e : result.transcript) {
    text += "\n  " + std::to_string(e.step) + " " + e.conn + " " + e.note;
    if (e.kind == TranscriptEvent::Kind::sent) text += " > ";
    if (e.kind == TranscriptEvent::Kind::received) text += " < ";
    if (!e.octets.empty()) text += wire::to_string(wire::decode(e.octets).packet);
  }
  return text;
}

}  // namespace tcpjury::engine::testing
