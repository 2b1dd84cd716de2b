#include "harness/scenario/variant_context.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/model/requirement.h"
#include "harness/scenario/expression_parser.h"
#include "harness/scenario/values.h"

namespace tcpjury::scenario {
namespace {

constexpr std::size_t text_limit = 4096;
constexpr std::size_t list_limit = 1000;
constexpr std::size_t replaced_limit = 4 * data_limit;  ///< octets written as "hex:00 00 ..." need three each

std::vector<std::string_view> requirement_ids() {
  std::vector<std::string_view> ids;
  for (const model::Requirement& requirement : model::requirement_catalogue()) ids.push_back(requirement.id);
  return ids;
}

/// Where `name` begins in `text` as a whole word, counted from 1.
std::uint32_t column_of(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  return at == std::string_view::npos ? 1 : static_cast<std::uint32_t>(at + 1);
}

}  // namespace

VariantContext::VariantContext(const Matrix& matrix, const Combination& combination, Usage& usage,
                               Complaints& complaints)
    : matrix_{matrix}, combination_{combination}, usage_{usage}, complaints_{complaints} {
  for (const AxisValue* value : combination) {
    for (const auto& [name, binding] : value->bindings) {
      bindings_.emplace(name, &binding);
      if (binding.kind == Node::Kind::integer) {
        scope.constants.emplace(name, static_cast<std::uint32_t>(binding.integer));
      }
    }
  }
  if (matrix.label(combination, "family") == "v6") family_ = wire::Family::v6;
}

std::optional<Scalar> VariantContext::scalar(const Node& node) {
  if (node.kind != Node::Kind::string) return Scalar{node.kind, {}, node.integer, false};
  if (node.text.find("${") == std::string::npos) return Scalar{node.kind, node.text, 0, false};
  return replaced(node);
}

std::optional<Scalar> VariantContext::replaced(const Node& node) {
  std::string_view rest = node.text;
  Scalar result{Node::Kind::string, {}, 0, true};
  while (true) {
    const std::size_t begin = rest.find("${");
    if (begin == std::string_view::npos) break;
    const auto column = static_cast<std::uint32_t>(node.text.size() - rest.size() + begin + 1);
    const std::size_t end = rest.find('}', begin);
    if (end == std::string_view::npos) {
      complaints_.add_inside(Code::unknown_axis, node, column, "'${' is not closed", "write ${axis}");
      return std::nullopt;
    }
    const std::string_view name = rest.substr(begin + 2, end - begin - 2);
    const auto found = bindings_.find(name);
    if (found == bindings_.end()) {
      std::vector<std::string_view> known;
      for (const auto& [axis, binding] : bindings_) known.push_back(axis);
      complaints_.add_inside(Code::unknown_axis, node, column,
                             fmt::format("the matrix has no axis '{}'", name), suggestion(name, known));
      return std::nullopt;
    }
    usage_.names.emplace(name);
    const Binding& binding = *found->second;
    if (begin == 0 && end + 1 == node.text.size())
      return Scalar{binding.kind, binding.text, binding.integer, true};
    result.text += rest.substr(0, begin);
    result.text += binding.text;
    if (result.text.size() > replaced_limit) {
      complaints_.add(Code::out_of_range, node, "with its axes replaced this text is too long");
      return std::nullopt;
    }
    rest.remove_prefix(end + 1);
  }
  result.text += rest;
  return result;
}

void VariantContext::wrong_type(const Node& node, const Field& field, std::string_view wanted) {
  const bool one_line = field.example.find('\n') == std::string_view::npos;
  complaints_.add(Code::wrong_type, node,
                  fmt::format("'{}' is {}, not {}", field.name, wanted, describe(node.kind)),
                  one_line ? std::string{field.example} : std::string{});
}

std::optional<std::string> VariantContext::text(const Node& node, const Field& field) {
  auto value = scalar(node);
  if (!value) return std::nullopt;
  if (node.kind != Node::Kind::string) {
    wrong_type(node, field, "a string");
    return std::nullopt;
  }
  if (value->text.empty() || value->text.size() > text_limit) {
    complaints_.add(Code::out_of_range, node,
                    fmt::format("'{}' has between 1 and {} octets", field.name, text_limit));
    return std::nullopt;
  }
  return std::move(value->text);
}

std::vector<std::string> VariantContext::texts(const Node& node, const Field& field) {
  std::vector<std::string> list;
  if (node.kind != Node::Kind::array) {
    wrong_type(node, field, "an array of strings");
    return list;
  }
  if (node.items.size() > list_limit) {
    complaints_.add(Code::too_many, node, fmt::format("'{}' has at most {} entries", field.name, list_limit));
    return list;
  }
  for (const Node& item : node.items) {
    if (auto value = text(item, field)) list.push_back(std::move(*value));
  }
  return list;
}

std::vector<std::string> VariantContext::requirements(const Node& node, const Field& field) {
  std::vector<std::string> ids;
  const auto read = [&](const Node& item) {
    const auto id = text(item, field);
    if (!id) return;
    if (model::find_requirement(*id) == nullptr) {
      complaints_.add(Code::unknown_requirement, item, fmt::format("no requirement has the id '{}'", *id),
                      [&] { return suggestion(*id, requirement_ids()); });
    } else if (std::ranges::find(ids, *id) == ids.end()) {
      ids.push_back(*id);
    }
  };
  if (node.kind == Node::Kind::string) {
    read(node);
  } else if (node.kind != Node::Kind::array) {
    wrong_type(node, field, "an id, or an array of ids");
  } else if (node.items.size() > list_limit) {
    complaints_.add(Code::too_many, node, fmt::format("'{}' has at most {} entries", field.name, list_limit));
  } else {
    for (const Node& item : node.items) read(item);
  }
  return ids;
}

std::optional<std::uint32_t> VariantContext::integer(const Node& node, const Field& field) {
  const auto value = scalar(node);
  if (!value) return std::nullopt;
  if (value->kind != Node::Kind::integer) {
    wrong_type(node, field, "a number");
    return std::nullopt;
  }
  const std::int64_t maximum = field.maximum == 0 ? UINT32_MAX : field.maximum;
  if (value->integer < 0 || value->integer > maximum) {
    complaints_.add(Code::out_of_range, node,
                    fmt::format("'{}' is between 0 and {}, not {}", field.name, maximum, value->integer));
    return std::nullopt;
  }
  return static_cast<std::uint32_t>(value->integer);
}

std::optional<bool> VariantContext::boolean(const Node& node, const Field& field) {
  const auto value = scalar(node);
  if (!value) return std::nullopt;
  if (value->kind != Node::Kind::boolean) {
    wrong_type(node, field, "true or false");
    return std::nullopt;
  }
  return value->integer != 0;
}

std::optional<Expression> VariantContext::expression(const Node& node, const Field& field, Binds binds) {
  const auto value = scalar(node);
  if (!value) return std::nullopt;
  std::optional<Expression> result;
  if (value->kind == Node::Kind::string) {
    ExpressionError error;
    result = ExpressionParser::parse(value->text, error);
    if (!result) {
      // Inside replaced text a column would mislead; the message then quotes what was read.
      std::string message =
          value->replaced ? fmt::format("'{}': {}", value->text, error.message) : error.message;
      complaints_.add_inside(Code::bad_expression, node, value->replaced ? 1 : error.column,
                             std::move(message), "an expression looks like J+1, rcv.nxt-1 or 2*mss");
      return std::nullopt;
    }
    check_names(*result, node, !value->replaced, binds);
  } else if (value->kind != Node::Kind::integer) {
    wrong_type(node, field, "a number or an expression");
    return std::nullopt;
  } else if (value->integer < 0 || value->integer > UINT32_MAX) {
    complaints_.add(Code::out_of_range, node, fmt::format("'{}' has 32 bits and no sign", field.name),
                    "numbers wrap: \"0-1\" is the largest");
    return std::nullopt;
  } else {
    result = Expression{static_cast<std::uint32_t>(value->integer)};
  }
  const auto constant = result->evaluate([](std::string_view) { return std::nullopt; });
  if (constant && field.maximum != 0 && *constant > field.maximum) {
    complaints_.add(Code::out_of_range, node, fmt::format("'{}' is at most {}", field.name, field.maximum));
    return std::nullopt;
  }
  return result;
}

void VariantContext::check_names(const Expression& expression, const Node& node, bool verbatim, Binds binds) {
  const auto single = expression.bindable_name();
  for (const std::string& name : expression.names()) {
    usage_.names.insert(name);
    if (scope.knows(name)) continue;
    if (single && binds == Binds::yes && is_binding_name(name)) {
      scope.bound.insert(name);
    } else {
      complain_unknown_name(name, node, verbatim ? column_of(expression.text(), name) : 1);
    }
  }
}

void VariantContext::complain_unknown_name(const std::string& name, const Node& node, std::uint32_t column) {
  if (bindings_.contains(name)) {
    complaints_.add_inside(Code::unbound_name, node, column, fmt::format("the axis '{}' is no number", name),
                           fmt::format("its text is written ${{{}}}", name));
  } else if (is_binding_name(name)) {
    complaints_.add_inside(Code::unbound_name, node, column,
                           fmt::format("'{}' is used before it is bound", name),
                           fmt::format("bind it where it stands alone: seq = \"{}\"", name));
  } else {
    complaints_.add_inside(Code::unbound_name, node, column, fmt::format("unknown name '{}'", name),
                           suggestion(name, scope.all()));
  }
}

std::optional<Bytes> VariantContext::octets(const Node& node, const Field& field) {
  const auto value = scalar(node);
  if (!value) return std::nullopt;
  if (value->kind != Node::Kind::string) {
    wrong_type(node, field, "octets");
    return std::nullopt;
  }
  auto parsed = parse_octets(value->text);
  if (!parsed) {
    complaints_.add(Code::bad_octets, node, parsed.error().message, parsed.error().hint);
    return std::nullopt;
  }
  if (parsed->size() > data_limit) {
    complaints_.add(Code::out_of_range, node,
                    fmt::format("{} octets; {} is the limit", parsed->size(), data_limit));
    return std::nullopt;
  }
  return std::move(*parsed);
}

std::optional<SymbolicDuration> VariantContext::duration(const Node& node, const Field& field) {
  const auto value = scalar(node);
  if (!value) return std::nullopt;
  if (value->kind == Node::Kind::integer || value->kind == Node::Kind::real) {
    complaints_.add(Code::bad_duration, node, fmt::format("'{}' needs a unit", field.name),
                    "a duration is a string: \"200ms\", \"1.5s\", \"2MSL+5s\"");
    return std::nullopt;
  }
  if (value->kind != Node::Kind::string) {
    wrong_type(node, field, "a duration");
    return std::nullopt;
  }
  const auto parsed = parse_duration(value->text);
  if (!parsed) {
    complaints_.add(Code::bad_duration, node, parsed.error().message, parsed.error().hint);
    return std::nullopt;
  }
  return *parsed;
}

std::optional<std::size_t> VariantContext::word(const Node& node, const Field& field) {
  const auto value = scalar(node);
  if (!value) return std::nullopt;
  if (value->kind != Node::Kind::string) {
    wrong_type(node, field, "a word");
    return std::nullopt;
  }
  const auto known = words(field.refers);
  const auto found = std::ranges::find(known, value->text);
  if (found == known.end()) {
    complaints_.add(Code::unknown_word, node, fmt::format("'{}' is no {}", value->text, field.refers),
                    suggestion(value->text, known));
    return std::nullopt;
  }
  return static_cast<std::size_t>(found - known.begin());
}

std::optional<wire::FlagSet> VariantContext::flags(const Node& node, const Field& field) {
  const auto value = scalar(node);
  if (!value) return std::nullopt;
  if (value->kind != Node::Kind::string) {
    wrong_type(node, field, "control bits");
    return std::nullopt;
  }
  const auto parsed = wire::parse_flags(value->text);
  if (!parsed) {
    complaints_.add(Code::bad_control_bits, node, fmt::format("'{}' are no control bits", value->text),
                    "SYN FIN RST ACK PSH URG ECE CWR, separated by commas; \"none\" for none");
  }
  return parsed;
}

bool VariantContext::condition(const Node& node, const Field& field) {
  const auto [place, is_new] = usage_.conditions.try_emplace(&node);
  if (is_new) place->second = parse_condition(node, field);
  if (!place->second) return true;
  const auto label = [&](std::string_view axis) { return matrix_.label(combination_, axis); };
  return place->second->evaluate(label).value_or(true);
}

std::optional<Condition> VariantContext::parse_condition(const Node& node, const Field& field) {
  if (node.kind != Node::Kind::string) {
    wrong_type(node, field, "a condition");
    return std::nullopt;
  }
  ConditionError error;
  auto parsed = Condition::parse(node.text, error);
  if (!parsed) {
    complaints_.add_inside(Code::bad_condition, node, error.column, error.message,
                           std::string{field.example});
    return std::nullopt;
  }
  matrix_.check(*parsed, node, complaints_);
  for (const Condition::Comparison& comparison : parsed->comparisons()) usage_.names.insert(comparison.axis);
  return parsed;
}

}  // namespace tcpjury::scenario
