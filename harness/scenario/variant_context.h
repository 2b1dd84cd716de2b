// Reads values of a file for one combination of the matrix.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "harness/scenario/complaints.h"
#include "harness/scenario/document.h"
#include "harness/scenario/fields.h"
#include "harness/scenario/matrix.h"
#include "harness/scenario/names.h"
#include "harness/scenario/scenario.h"

namespace tcpjury::scenario {

inline constexpr std::size_t data_limit = 65'535;  ///< octets of text in one segment, as literals

/// What is found out about a file over all of its variants.
struct Usage {
  std::set<std::string, std::less<>> names;  ///< axes ("size", "where.seq") and constants
  std::set<const Node*> steps;               ///< whose condition held at least once
  /// Conditions are read and checked once, not for every variant; nothing where that failed.
  std::map<const Node*, std::optional<Condition>> conditions;
};

/// A scalar after "${axis}" has been replaced.
struct Scalar {
  Node::Kind kind = Node::Kind::string;
  std::string text;
  std::int64_t integer = 0;
  bool replaced = false;  ///< columns inside `text` then mean nothing
};

/// Whether an expression that is a single unknown name gives that name its value.
enum class Binds : std::uint8_t { no, yes };

class VariantContext {
 public:
  VariantContext(const Matrix& matrix, const Combination& combination, Usage& usage, Complaints& complaints);

  // Every reader complains about what is wrong with the node and then returns nothing.

  /// A string, number or truth value. A string that consists of one "${axis}" is of the axis' kind.
  std::optional<Scalar> scalar(const Node& node);
  std::optional<std::string> text(const Node& node, const Field& field);
  std::vector<std::string> texts(const Node& node, const Field& field);
  std::vector<std::string> requirements(const Node& node, const Field& field);
  std::optional<std::uint32_t> integer(const Node& node, const Field& field);
  std::optional<bool> boolean(const Node& node, const Field& field);
  std::optional<Expression> expression(const Node& node, const Field& field, Binds binds);
  std::optional<Bytes> octets(const Node& node, const Field& field);
  std::optional<SymbolicDuration> duration(const Node& node, const Field& field);
  /// The index of the word in words(field.refers).
  std::optional<std::size_t> word(const Node& node, const Field& field);
  std::optional<wire::FlagSet> flags(const Node& node, const Field& field);
  /// Whether the condition holds in this combination; true when it cannot be read.
  bool condition(const Node& node, const Field& field);

  void wrong_type(const Node& node, const Field& field, std::string_view wanted);
  [[nodiscard]] wire::Family family() const { return family_; }
  [[nodiscard]] Complaints& complaints() const { return complaints_; }
  [[nodiscard]] Usage& usage() const { return usage_; }

  NameScope scope = {};
  /// Of every step of the file.
  const std::map<const Node*, std::uint32_t>* step_numbers = nullptr;

 private:
  std::optional<Scalar> replaced(const Node& node);
  std::optional<Condition> parse_condition(const Node& node, const Field& field);
  void check_names(const Expression& expression, const Node& node, bool verbatim, Binds binds);
  void complain_unknown_name(const std::string& name, const Node& node, std::uint32_t column);

  const Matrix& matrix_;
  const Combination& combination_;
  Usage& usage_;
  Complaints& complaints_;
  wire::Family family_ = wire::Family::v4;
  std::map<std::string_view, const Binding*> bindings_ = {};
};

}  // namespace tcpjury::scenario
