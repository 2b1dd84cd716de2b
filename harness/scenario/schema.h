// The scenario language as JSON Schema, for editors.
#pragma once

#include <string>

namespace tcpjury::scenario {

/// A draft 4 schema (what Taplo understands), generated from fields.h, with a description at every field and
/// a trailing newline. Committed as scenarios/schema/scenario.schema.json.
[[nodiscard]] std::string scenario_schema();

}  // namespace tcpjury::scenario
