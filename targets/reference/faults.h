// The catalogue of mistakes this stack can be told to make, and the set of those it was told to make.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "harness/base/result.h"
#include "targets/reference/state.h"

namespace tcpjury::reference {

/// One mistake that stacks have made.
struct FaultFamily {
  std::string_view name;                           ///< "syn-ack-acks-irs"
  std::string_view summary;                        ///< what the stack then does, in a sentence
  std::span<const std::string_view> requirements;  ///< ids of what it breaks, most specific first
  std::string_view states;                         ///< "any" or "ESTABLISHED FIN-WAIT-1": where it can show
};

/// All of them, in the order of the catalogue; names are unique.
[[nodiscard]] std::span<const FaultFamily> fault_families();

/// The mistakes by identifier; `syn_ack_acks_irs` is the family named "syn-ack-acks-irs".
enum class Fault : std::uint16_t {
#define FAULT(identifier, summary, states, ...) identifier,
#include "targets/reference/catalogue/all.def"
#undef FAULT
  count_
};
inline constexpr std::size_t fault_count = static_cast<std::size_t>(Fault::count_);

/// Which mistakes are switched on, each in all states or in some.
class FaultSet {
 public:
  /// Reads "NAME", "NAME@STATE" and lists of these with commas between; "" is the empty set. An unknown name
  /// or state is an error whose hint is the nearest known word.
  [[nodiscard]] static Result<FaultSet> parse(std::string_view text);

  /// True when the mistake is to be made by a connection in this state.
  [[nodiscard]] bool has(Fault fault, State state) const {
    return (states_[static_cast<std::size_t>(fault)] >> static_cast<unsigned>(state) & 1U) != 0;
  }

 private:
  Result<void> add(std::string_view word);

  std::array<std::uint16_t, fault_count> states_ = {};  ///< a bit for each state
};

}  // namespace tcpjury::reference
