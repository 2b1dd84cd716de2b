// The axes of a scenario and the combinations of their values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/condition.h"
#include "harness/scenario/document.h"

namespace tcpjury::scenario {

class Complaints;

inline constexpr std::size_t axis_limit = 16;
inline constexpr std::size_t variant_limit = 100'000;

/// What "${axis}" stands for: a text, which may also be a number or a truth value.
struct Binding {
  Node::Kind kind = Node::Kind::string;
  std::string text;
  std::int64_t integer = 0;
};

/// One value of an axis. A plain value binds the axis itself; a labelled table binds "axis.field" for each of
/// its fields, and the axis to the label.
struct AxisValue {
  std::string label;
  std::map<std::string, Binding, std::less<>> bindings;
};

struct Axis {
  std::string name;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::vector<AxisValue> values;
};

/// A combination: one value of every axis, in their order.
using Combination = std::vector<const AxisValue*>;

class Matrix {
 public:
  /// Reads [matrix], or makes the implicit one when `table` is null. Complains about every mistake.
  Matrix(const Node* table, Complaints& complaints);

  /// Family first, then the order of the file.
  [[nodiscard]] const std::vector<Axis>& axes() const { return axes_; }
  /// The axis called `name`, or null.
  [[nodiscard]] const Axis* find(std::string_view name) const;
  /// Every combination that no 'exclude' removes; the last axis changes fastest. Complains when there are
  /// none or more than variant_limit.
  [[nodiscard]] std::vector<Combination> combinations(Complaints& complaints) const;
  /// "family=v4,state=CLOSING"
  [[nodiscard]] std::string variant_name(const Combination& combination) const;
  /// The label an axis has in a combination; nothing for an unknown axis.
  [[nodiscard]] std::optional<std::string> label(const Combination& combination, std::string_view axis) const;
  /// Complains when a condition names an axis that does not exist or a value that the axis never takes.
  void check(const Condition& condition, const Node& where, Complaints& complaints) const;

 private:
  void read_axis(const Member& member, Complaints& complaints);
  void read_exclude(const Node& node, Complaints& complaints);

  std::vector<Axis> axes_;
  std::vector<Condition> exclude_;
  const Node* table_;
};

}  // namespace tcpjury::scenario
