#include "harness/runner/plan.h"

#include <fmt/format.h>

#include <charconv>

#include "harness/base/assert.h"
#include "harness/base/random.h"

namespace tcpjury::runner {
namespace {

constexpr std::uint32_t shard_count_max = 65'536;

std::optional<std::uint32_t> number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Result<Shard> parse_shard(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash != std::string_view::npos) {
    const auto index = number(text.substr(0, slash));
    const auto count = number(text.substr(slash + 1));
    if (index && count && *index >= 1 && *index <= *count && *count <= shard_count_max) {
      return Shard{*index, *count};
    }
  }
  return fail(fmt::format("'{}' is not a shard", text),
              "write i/n with 1 <= i <= n, for example --shard 2/5");
}

bool in_shard(Shard shard, std::string_view case_id) {
  // FNV's low bits are weak for short texts; one round of mixing spreads them.
  return Random{hash64(case_id)}.next() % shard.count == shard.index - 1;
}

std::uint64_t case_seed(std::uint64_t run_seed, std::string_view case_id, std::uint32_t repetition) {
  Random random{hash64(case_id) ^ Random{run_seed}.next()};
  std::uint64_t seed = random.next();
  for (std::uint32_t i = 0; i < repetition; ++i) seed = random.next();
  return seed;
}

Plan make_plan(std::vector<scenario::Variant> variants, const Selection& selection, std::uint64_t run_seed) {
  TCPJURY_ASSERT(selection.repeat >= 1);
  Plan plan;
  plan.seed = run_seed;
  for (scenario::Variant& variant : variants) {
    if (selection.family && variant.family != *selection.family) continue;
    if (!selection.tiers.empty() && !selection.tiers.contains(variant.tier)) continue;
    if (!selection.filter.matches(variant) || !in_shard(selection.shard, variant.id())) continue;
    plan.variants.push_back(std::move(variant));
  }
  for (std::uint32_t repetition = 0; repetition < selection.repeat; ++repetition) {
    for (std::size_t i = 0; i < plan.variants.size(); ++i) {
      plan.cases.push_back({i, repetition, case_seed(run_seed, plan.variants[i].id(), repetition)});
    }
  }
  return plan;
}

bool names_case(std::string_view name, const scenario::Variant& variant) {
  while (name.size() > 1 && name.ends_with('/')) name.remove_suffix(1);
  if (name.find_first_of("*?") != std::string_view::npos) {
    return glob_match(name, variant.scenario) || glob_match(name, variant.id());
  }
  if (name == variant.scenario || name == variant.id()) return true;
  const std::string_view scenario = variant.scenario;
  return scenario.size() > name.size() && scenario.starts_with(name) && scenario[name.size()] == '/';
}

}  // namespace tcpjury::runner
