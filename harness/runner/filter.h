// The filter language: "tag(smoke) and not state(time-wait)".
//
//   expr: and ('or' and)*     and: not ('and' not)*     not: 'not' not | '(' expr ')' | test
//   test: id(X) tag(X) req(X) state(X) family(X) tier(X), or a bare word, which is id(word)
//
// X may hold the wildcards * and ?; then the whole name must match. Without wildcards id() and req() match
// any part of a name, the others the whole name. Capitals do not matter, and '_' is the same as '-'.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::runner {

class Filter {
 public:
  /// Accepts everything.
  Filter() = default;

  /// On error the message names the column within `text`, counted from 1. At most 64 levels deep.
  static Result<Filter> parse(std::string_view text);

  [[nodiscard]] bool matches(const scenario::Variant& variant) const;

 private:
  friend class FilterParser;
  enum class Op : std::uint8_t { id, tag, req, state, family, tier, logical_not, logical_and, logical_or };
  struct Node {
    Op op;
    std::string text = {};
    std::size_t left = 0;
    std::size_t right = 0;
  };
  [[nodiscard]] bool matches(const scenario::Variant& variant, std::size_t node) const;

  std::vector<Node> nodes_ = {};
  std::size_t root_ = 0;
};

/// Case-insensitive, '_' equals '-', '*' stands for any characters and '?' for one; the whole `name` must
/// match.
[[nodiscard]] bool glob_match(std::string_view pattern, std::string_view name);
/// glob_match() when `pattern` has a wildcard, else whether `name` contains it (same case rules).
[[nodiscard]] bool part_match(std::string_view pattern, std::string_view name);
/// True when a case is about `state` (as a pattern): an axis of its matrix says so, a step expects it, or a
/// requirement id of event processing names it.
[[nodiscard]] bool about_state(const scenario::Variant& variant, std::string_view pattern);

}  // namespace tcpjury::runner
