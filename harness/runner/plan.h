// Which cases a run executes, in which order and with which seeds.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/runner/filter.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::runner {

/// Part `index` (from 1) of `count`. A case belongs to a part by the hash of its id alone, so that it stays
/// there when others are added.
struct Shard {
  std::uint32_t index = 1;
  std::uint32_t count = 1;
  friend bool operator==(const Shard&, const Shard&) = default;
};
/// Reads "2/5"; 1 <= index <= count <= 65536.
[[nodiscard]] Result<Shard> parse_shard(std::string_view text);
[[nodiscard]] bool in_shard(Shard shard, std::string_view case_id);

struct Selection {
  Filter filter = {};
  std::optional<wire::Family> family = {};
  std::set<scenario::Tier> tiers = {};  ///< empty: every tier
  Shard shard = {};
  std::uint32_t repeat = 1;  ///< how often every case runs; at least 1
};

/// One execution of a case.
struct PlannedCase {
  std::size_t variant = 0;       ///< index into Plan::variants
  std::uint32_t repetition = 0;  ///< from 0
  std::uint64_t seed = 0;        ///< of this execution
};

struct Plan {
  std::vector<scenario::Variant> variants = {};  ///< the selected ones, each once
  std::vector<PlannedCase> cases = {};           ///< in the order of the report; repetitions are rounds
  std::uint64_t seed = 0;
  [[nodiscard]] const scenario::Variant& variant_of(const PlannedCase& c) const {
    return variants[c.variant];
  }
};

/// The seed of one execution: a function of the run's seed, the case's id and the repetition, so that
/// selecting less never changes what is left.
[[nodiscard]] std::uint64_t case_seed(std::uint64_t run_seed, std::string_view case_id,
                                      std::uint32_t repetition);

/// Keeps what `selection` wants of `variants`, in their order.
[[nodiscard]] Plan make_plan(std::vector<scenario::Variant> variants, const Selection& selection,
                             std::uint64_t run_seed);

/// True when `name` (an argument of `run`) means this case: its id, its scenario's id, a folder of scenarios
/// ("handshake"), or a pattern with wildcards over any of these.
[[nodiscard]] bool names_case(std::string_view name, const scenario::Variant& variant);

}  // namespace tcpjury::runner
