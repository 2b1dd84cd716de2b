// The rules of one layer: looked up once for all connections, reported once for each.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/assert.h"
#include "harness/model/findings.h"

namespace tcpjury::model {

/// What a layer has to say about a broken rule.
struct Broken {
  std::string_view event = {};  ///< event class: a literal
  std::string message = {};
  std::string want = {};
  std::string practice = {};
};

/// `Ids` is an array of requirement ids with static storage; `Index` the enumeration that numbers them.
template <const auto& Ids, typename Index>
class LayerRules {
 public:
  /// Once is enough: a rule that held a thousand times on one connection costs as much as one that held
  /// once.
  void held(Index index, State state, Findings& f) {
    if (const std::uint64_t bit = mark(index); (held_ & bit) == 0) {
      held_ |= bit;
      f.held(cite(index, "", state));
    }
  }
  void broken(Index index, State state, Broken what, std::string got, Findings& f) {
    if (const std::uint64_t bit = mark(index); (broken_ & bit) == 0) {
      broken_ |= bit;
      f.broken({cite(index, what.event, state),
                std::move(what.message),
                {std::move(what.want)},
                std::move(what.practice)},
               std::move(got));
    }
  }
  [[nodiscard]] static Rule cite(Index index, std::string_view event, State state) {
    return {requirements()[static_cast<std::size_t>(index)], event, state};
  }

 private:
  static_assert(Ids.size() <= 64);
  std::uint64_t held_ = 0;
  std::uint64_t broken_ = 0;

  static constexpr std::uint64_t mark(Index index) {
    return std::uint64_t{1} << static_cast<std::size_t>(index);
  }
  static const std::array<const Requirement*, Ids.size()>& requirements() {
    static const auto table = [] {
      std::array<const Requirement*, Ids.size()> found{};
      for (std::size_t i = 0; i < Ids.size(); ++i) {
        found[i] = find_requirement(Ids[i]);
        TCPJURY_ASSERT(found[i] != nullptr);
      }
      return found;
    }();
    return table;
  }
};

}  // namespace tcpjury::model
