#include "harness/scenario/document.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "harness/base/assert.h"
#include "harness/scenario/codes.h"
#include "harness/scenario/screening.h"

// The one place of the loader that knows toml++: it costs seconds to compile.
//
// Version 3.3 asserts that a key begins with a character of a key before it checks just that and reports an
// error
// ("[[+2"). A wrong file must not abort the program, and with NDEBUG the assertions become assumptions of the
// optimizer, which is worse: so they are nothing at all here, in every build. The fuzzer runs this very
// setting.
#undef NDEBUG
#define TOML_ASSERT(expression) static_assert(true)
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace tcpjury::scenario {
namespace {

/// Finds the octets at a place that toml++ gives in lines and code points.
class SourceText {
 public:
  explicit SourceText(std::string_view text) : text_{text} {
    for (std::size_t at = 0; at < text.size(); ++at) {
      if (text[at] == '\n') line_starts_.push_back(at + 1);
    }
  }

  [[nodiscard]] std::string_view from(std::uint32_t line, std::uint32_t column) const {
    if (line == 0 || line > line_starts_.size()) return {};
    std::size_t at = line_starts_[line - 1];
    for (std::uint32_t passed = 1; at < text_.size() && passed < column; ++passed) {
      ++at;
      while (at < text_.size() && (static_cast<unsigned char>(text_[at]) & 0xc0U) == 0x80U) ++at;
    }
    return text_.substr(at);
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_ = {0};
};

class Converter {
 public:
  explicit Converter(std::string_view text) : source_{text} {}

  Node convert(const toml::node& from) const {
    Node node;
    node.line = from.source().begin.line;
    node.column = from.source().begin.column;
    switch (from.type()) {
      case toml::node_type::table:
        convert_table(*from.as_table(), node);
        break;
      case toml::node_type::array:
        node.kind = Node::Kind::array;
        for (const toml::node& item : *from.as_array()) node.items.push_back(convert(item));
        break;
      case toml::node_type::string:
        node.kind = Node::Kind::string;
        node.text = from.as_string()->get();
        node.verbatim = stands_verbatim(node);
        break;
      case toml::node_type::integer:
        node.kind = Node::Kind::integer;
        node.integer = from.as_integer()->get();
        break;
      case toml::node_type::boolean:
        node.kind = Node::Kind::boolean;
        node.integer = from.as_boolean()->get() ? 1 : 0;
        break;
      case toml::node_type::floating_point:
        node.kind = Node::Kind::real;
        break;
      case toml::node_type::date:
      case toml::node_type::time:
      case toml::node_type::date_time:
        node.kind = Node::Kind::moment;
        break;
      case toml::node_type::none:
        TCPJURY_UNREACHABLE();
    }
    return node;
  }

 private:
  void convert_table(const toml::table& from, Node& node) const {
    for (const auto& [key, value] : from) {
      const toml::source_position at = key.source().begin;
      node.members.push_back({std::string{key.str()}, at.line, at.column, convert(value)});
    }
    // toml++ keeps tables sorted by key; the file's order carries meaning for matrix axes.
    std::ranges::sort(node.members, {}, [](const Member& m) { return std::tie(m.line, m.column, m.key); });
  }

  [[nodiscard]] bool stands_verbatim(const Node& node) const {
    const std::string_view written = source_.from(node.line, node.column);
    if (written.size() < node.text.size() + 2) return false;
    const char mark = written[0];
    return (mark == '"' || mark == '\'') && written.substr(1, node.text.size()) == node.text &&
           written[node.text.size() + 1] == mark;
  }

  SourceText source_;
};

}  // namespace

const Member* Node::find(std::string_view key) const {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &*found;
}

std::string_view describe(Node::Kind kind) {
  switch (kind) {
    case Node::Kind::string:
      return "a string";
    case Node::Kind::integer:
      return "a number";
    case Node::Kind::real:
      return "a number with a fraction";
    case Node::Kind::boolean:
      return "true or false";
    case Node::Kind::moment:
      return "a date or time";
    case Node::Kind::array:
      return "an array";
    case Node::Kind::table:
      return "a table";
  }
  TCPJURY_UNREACHABLE();
}

std::optional<Node> parse_document(std::string_view text, const std::string& name, Diagnostics& diagnostics) {
  const auto complain = [&](Code code, std::uint32_t line, std::uint32_t column, std::string message,
                            std::string hint) {
    diagnostics.push_back(
        {std::string{to_string(code)}, {name, line, column}, std::move(message), std::move(hint)});
  };
  if (text.size() > file_size_limit) {
    complain(Code::file_too_large, 0, 0,
             fmt::format("the file has {} octets; 1 MiB is the limit", text.size()),
             "use [matrix] and repeat instead of writing steps out");
    return std::nullopt;
  }
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  if (const auto objection = screen(text, nesting_limit)) {
    const auto [line, column] = objection->place;
    switch (objection->kind) {
      case Objection::Kind::no_text:
        complain(Code::toml_syntax, line, column, "this octet is a control character, or no UTF-8",
                 "a scenario is text in UTF-8");
        break;
      case Objection::Kind::misplaced:
        // toml++ 3.3 takes some of them into a branch that it declares unreachable.
        complain(Code::toml_syntax, line, column, "this character may stand only in a string or a comment",
                 "is a quotation mark missing?");
        break;
      case Objection::Kind::deep:
        // toml++ descends, and its trees are destroyed, by recursion.
        complain(Code::nested_too_deep, line, column,
                 fmt::format("nested deeper than {} levels", nesting_limit),
                 "no field of a scenario needs that");
        break;
    }
    return std::nullopt;
  }
  const toml::parse_result parsed = toml::parse(text, name);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    const std::string_view description = error.description();
    const auto speaks_of = [&](std::string_view what) {
      return description.find(what) != std::string_view::npos;
    };
    std::string hint;
    if (speaks_of("unescaped control")) hint = "is the closing quotation mark missing?";
    if (speaks_of("inline table")) {
      hint = "{ ... } stays on one line; a longer table has a header of its own: [step.send]";
    }
    complain(Code::toml_syntax, error.source().begin.line, error.source().begin.column,
             std::string{description}, std::move(hint));
    return std::nullopt;
  }
  return Converter{text}.convert(parsed.table());
}

}  // namespace tcpjury::scenario
