#include "harness/scenario/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/scenario/complaints.h"
#include "harness/scenario/fields.h"

namespace tcpjury::scenario {
namespace {

constexpr std::string_view family_axis = "family";

std::optional<Binding> scalar(const Node& node, Complaints& complaints) {
  switch (node.kind) {
    case Node::Kind::string:
      if (node.text.size() <= 256) return Binding{node.kind, node.text, 0};
      complaints.add(Code::out_of_range, node, "the value of an axis has at most 256 octets");
      return std::nullopt;
    case Node::Kind::boolean:
      return Binding{node.kind, node.integer != 0 ? "true" : "false", node.integer};
    case Node::Kind::integer:
      if (node.integer >= 0 && node.integer <= UINT32_MAX) {
        return Binding{node.kind, std::to_string(node.integer), node.integer};
      }
      complaints.add(Code::out_of_range, node, "a number of an axis has 32 bits and no sign");
      return std::nullopt;
    case Node::Kind::real:
    case Node::Kind::moment:
    case Node::Kind::array:
    case Node::Kind::table:
      break;
  }
  complaints.add(
      Code::wrong_type, node,
      fmt::format("a value of an axis is a string, a number, true or false, not {}", describe(node.kind)));
  return std::nullopt;
}

/// `label = value` or `label = { field = value, ... }` of the axis.
AxisValue labelled(const std::string& axis, const Member& member, Complaints& complaints) {
  AxisValue value{member.key, {}};
  if (member.value.kind != Node::Kind::table) {
    if (auto binding = scalar(member.value, complaints)) value.bindings.emplace(axis, std::move(*binding));
    return value;
  }
  value.bindings.emplace(axis, Binding{Node::Kind::string, member.key, 0});
  for (const Member& field : member.value.members) {
    if (!is_plain_name(field.key)) {
      complaints.add(Code::bad_name, field, fmt::format("'{}' is not a name", field.key),
                     "lower-case letters, digits and '_', beginning with a letter");
    }
    if (auto binding = scalar(field.value, complaints))
      value.bindings.emplace(axis + "." + field.key, *binding);
  }
  return value;
}

/// Labels become part of a variant's id: one line, and no brackets, which enclose them there.
bool is_label(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' - 1 && c < 0x7f && c != '[' && c != ']'; });
}

void check_labels(const Member& member, const Axis& axis, Complaints& complaints) {
  std::set<std::string_view> seen;
  for (const AxisValue& value : axis.values) {
    if (!is_label(value.label)) {
      complaints.add(Code::bad_name, member.value, "the value of an axis is printable ASCII without brackets",
                     fmt::format("give it a label: {} = {{ label = \"...\" }}", axis.name));
    }
    if (!seen.insert(value.label).second) {
      complaints.add(Code::name_taken, member.value,
                     fmt::format("the axis '{}' has the value '{}' twice", axis.name, value.label));
    }
    if (axis.name == family_axis && value.label != "v4" && value.label != "v6") {
      complaints.add(Code::unknown_word, member.value, fmt::format("'{}' is no family", value.label),
                     "known: v4, v6");
    }
  }
}

}  // namespace

Matrix::Matrix(const Node* table, Complaints& complaints) : table_{table} {
  Axis family{std::string{family_axis}, 0, 0, {}};
  for (const std::string_view name : words(family_axis)) {
    const std::string text{name};
    family.values.push_back({text, {{family.name, Binding{Node::Kind::string, text, 0}}}});
  }
  axes_.push_back(std::move(family));
  if (table == nullptr) return;
  if (table->kind != Node::Kind::table) {
    complaints.add(Code::wrong_type, *table,
                   fmt::format("'matrix' is a table, not {}", describe(table->kind)));
    return;
  }
  for (const Member& member : table->members) {
    if (member.key != "exclude") read_axis(member, complaints);
  }
  if (axes_.size() > axis_limit) {
    complaints.add(Code::too_many, *table, fmt::format("a matrix has at most {} axes", axis_limit));
  }
  if (const Member* exclude = table->find("exclude")) read_exclude(exclude->value, complaints);
}

void Matrix::read_axis(const Member& member, Complaints& complaints) {
  Axis axis{member.key, member.line, member.column, {}};
  if (!is_plain_name(axis.name)) {
    complaints.add(Code::bad_name, member, fmt::format("'{}' is not a name for an axis", axis.name),
                   "lower-case letters, digits and '_', beginning with a letter");
  }
  if (member.value.kind == Node::Kind::array) {
    for (const Node& item : member.value.items) {
      if (auto binding = scalar(item, complaints)) {
        std::string label = binding->text;
        axis.values.push_back({std::move(label), {{axis.name, std::move(*binding)}}});
      }
    }
  } else if (member.value.kind == Node::Kind::table) {
    for (const Member& label : member.value.members)
      axis.values.push_back(labelled(axis.name, label, complaints));
  } else {
    complaints.add(Code::wrong_type, member.value,
                   fmt::format("an axis is an array of values or a table of labels, not {}",
                               describe(member.value.kind)));
    return;
  }
  if (axis.values.empty()) {
    complaints.add(Code::empty_matrix, member.value, fmt::format("the axis '{}' has no values", axis.name));
  }
  check_labels(member, axis, complaints);
  if (axis.name == family_axis) {
    axes_.front() = std::move(axis);
  } else {
    axes_.push_back(std::move(axis));
  }
}

void Matrix::read_exclude(const Node& node, Complaints& complaints) {
  // Every condition is asked for every combination.
  constexpr std::size_t comparison_limit = 64;
  std::size_t comparisons = 0;
  const auto read = [&](const Node& text) {
    if (comparisons > comparison_limit) return;
    if (text.kind != Node::Kind::string) {
      complaints.add(Code::wrong_type, text,
                     fmt::format("'exclude' holds conditions, not {}", describe(text.kind)),
                     "exclude = [\"family == 'v6' and size > 1\"]");
      return;
    }
    ConditionError error;
    if (auto condition = Condition::parse(text.text, error)) {
      check(*condition, text, complaints);
      comparisons += condition->comparisons().size();
      if (comparisons > comparison_limit) {
        complaints.add(Code::too_many, text,
                       fmt::format("'exclude' makes more than {} comparisons", comparison_limit));
        return;
      }
      exclude_.push_back(std::move(*condition));
    } else {
      complaints.add_inside(Code::bad_condition, text, error.column, error.message);
    }
  };
  if (node.kind != Node::Kind::array) return read(node);
  for (const Node& item : node.items) read(item);
}

const Axis* Matrix::find(std::string_view name) const {
  const auto found = std::ranges::find(axes_, name, &Axis::name);
  return found == axes_.end() ? nullptr : &*found;
}

std::optional<std::string> Matrix::label(const Combination& combination, std::string_view axis) const {
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    if (axes_[i].name == axis) return combination[i]->label;
  }
  return std::nullopt;
}

void Matrix::check(const Condition& condition, const Node& where, Complaints& complaints) const {
  std::vector<std::string_view> names;
  for (const Axis& axis : axes_) names.push_back(axis.name);
  for (const Condition::Comparison& comparison : condition.comparisons()) {
    const Axis* axis = find(comparison.axis);
    if (axis == nullptr) {
      complaints.add_inside(Code::unknown_axis, where, comparison.column,
                            fmt::format("the matrix has no axis '{}'", comparison.axis),
                            suggestion(comparison.axis, names));
      continue;
    }
    using enum Condition::Relation;
    if (comparison.relation == equal || comparison.relation == unequal || comparison.relation == in) {
      std::vector<std::string_view> labels;
      for (const AxisValue& value : axis->values) labels.push_back(value.label);
      // A file that restricts the family may still ask for the other one.
      if (axis->name == family_axis) labels.assign(words(family_axis).begin(), words(family_axis).end());
      for (const std::string& value : comparison.values) {
        if (std::ranges::find(labels, value) != labels.end()) continue;
        complaints.add_inside(Code::unknown_word, where, comparison.column,
                              fmt::format("the axis '{}' never has the value '{}'", axis->name, value),
                              suggestion(value, labels));
      }
    } else if (std::ranges::any_of(axis->values, [](const AxisValue& v) { return !parse_number(v.label); })) {
      complaints.add_inside(Code::bad_condition, where, comparison.column,
                            fmt::format("the axis '{}' has values that are no numbers", axis->name),
                            "compare it with == or 'in'");
    } else if (!parse_number(comparison.values.front())) {
      complaints.add_inside(Code::bad_condition, where, comparison.column,
                            fmt::format("'{}' is no number", comparison.values.front()));
    }
  }
}

std::vector<Combination> Matrix::combinations(Complaints& complaints) const {
  std::size_t product = 1;
  for (const Axis& axis : axes_) product = std::min(product * axis.values.size(), variant_limit + 1);
  if (product > variant_limit) {
    complaints.add(Code::too_many, *table_,
                   fmt::format("the matrix has more than {} combinations", variant_limit));
    return {};
  }
  std::vector<Combination> all;
  for (std::size_t index = 0; index < product; ++index) {
    Combination combination(axes_.size());
    std::size_t rest = index;
    for (std::size_t i = axes_.size(); i-- > 0;) {
      combination[i] = &axes_[i].values[rest % axes_[i].values.size()];
      rest /= axes_[i].values.size();
    }
    const auto excluded = [&](const Condition& condition) {
      return condition.evaluate([&](std::string_view axis) { return label(combination, axis); })
          .value_or(false);
    };
    if (std::ranges::none_of(exclude_, excluded)) all.push_back(std::move(combination));
  }
  if (all.empty() && complaints.empty()) {
    complaints.add(Code::empty_matrix, *table_, "'exclude' removes every combination");
  }
  return all;
}

std::string Matrix::variant_name(const Combination& combination) const {
  std::string name;
  for (std::size_t i = 0; i < axes_.size(); ++i) {
    if (i != 0) name += ',';
    name += axes_[i].name + "=" + combination[i]->label;
  }
  return name;
}

}  // namespace tcpjury::scenario
