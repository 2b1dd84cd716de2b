#include "harness/runner/filter.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>
#include "harness/base/assert.h"
#include "harness/base/suggest.h"

namespace tcpjury::runner {
namespace {

constexpr std::array<std::string_view, 6> predicate_names{"id", "tag", "req", "state", "family", "tier"};
constexpr std::size_t depth_max = 64;

constexpr char folded(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '_' ? '-' : c;
}

std::string folded(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = folded(c);
  return out;
}

bool has_wildcard(std::string_view pattern) { return pattern.find_first_of("*?") != std::string_view::npos; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view name) {
  // Greedy with one remembered star: linear for ordinary patterns, never exponential.
  std::size_t p = 0;
  std::size_t n = 0;
  std::optional<std::size_t> star;
  std::size_t star_name = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      star_name = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || folded(pattern[p]) == folded(name[n]))) {
      ++p;
      ++n;
    } else if (star) {
      p = *star + 1;
      n = ++star_name;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

bool part_match(std::string_view pattern, std::string_view name) {
  if (has_wildcard(pattern)) return glob_match(pattern, name);
  return folded(name).find(folded(pattern)) != std::string::npos;
}

bool about_state(const scenario::Variant& variant, std::string_view pattern) {
  const std::string axes = "," + variant.variant;
  const std::size_t axis = axes.find(",state=");
  if (axis != std::string::npos) {
    const std::size_t begin = axis + 7;
    const std::size_t end = std::min(axes.find(',', begin), axes.size());
    if (glob_match(pattern, std::string_view{axes}.substr(begin, end - begin))) return true;
  }
  for (const scenario::Step& step : variant.steps) {
    const auto* expect = std::get_if<scenario::ExpectStateStep>(&step.what);
    if (expect != nullptr && glob_match(pattern, model::to_string(expect->state))) return true;
  }
  return std::ranges::any_of(variant.requirements, [&](const std::string& id) {
    return id.find("-3.10.7.") != std::string::npos && glob_match(std::string{"*-"}.append(pattern), id);
  });
}

/// Recursive descent; the nodes go into the filter's own vector.
class FilterParser {
 public:
  explicit FilterParser(std::string_view text) : text_{text} {}

  Result<Filter> run() {
    if (trimmed(text_).empty())
      return fail("the filter is empty", "leave --filter away to select everything");
    const auto root = alternatives(0);
    if (!root) return tl::unexpected<Error>{root.error()};
    skip_spaces();
    if (at_ < text_.size()) {
      return complaint(at_, text_[at_] == ')' ? "a ')' without its '('" : "expected 'and' or 'or' here");
    }
    filter_.root_ = *root;
    return std::move(filter_);
  }

 private:
  using Op = Filter::Op;

  [[nodiscard]] static tl::unexpected<Error> complaint(std::size_t at, std::string_view what,
                                                       std::string hint = {}) {
    if (hint.empty()) hint = "`tcpjury explain filter` describes the language";
    return fail(fmt::format("filter, column {}: {}", at + 1, what), std::move(hint));
  }

  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
  }

  [[nodiscard]] std::string_view peek_word() {
    skip_spaces();
    std::size_t end = at_;
    while (end < text_.size() && !is_space(text_[end]) && text_[end] != '(' && text_[end] != ')') ++end;
    return text_.substr(at_, end - at_);
  }

  bool take_word(std::string_view word) {
    if (folded(peek_word()) != word) return false;
    at_ += word.size();
    return true;
  }

  std::size_t add(Filter::Node node) {
    filter_.nodes_.push_back(std::move(node));
    return filter_.nodes_.size() - 1;
  }

  Result<std::size_t> alternatives(std::size_t depth) {
    auto left = conjunction(depth);
    while (left && take_word("or")) {
      const auto right = conjunction(depth);
      if (!right) return right;
      left = add({Op::logical_or, {}, *left, *right});
    }
    return left;
  }

  Result<std::size_t> conjunction(std::size_t depth) {
    auto left = negation(depth);
    while (left && take_word("and")) {
      const auto right = negation(depth);
      if (!right) return right;
      left = add({Op::logical_and, {}, *left, *right});
    }
    return left;
  }

  Result<std::size_t> negation(std::size_t depth) {
    if (depth >= depth_max) return complaint(at_, "nested too deeply");
    if (take_word("not")) {
      auto inner = negation(depth + 1);
      if (!inner) return inner;
      return add({Op::logical_not, {}, *inner, 0});
    }
    skip_spaces();
    if (at_ < text_.size() && text_[at_] == '(') {
      const std::size_t opened = at_++;
      auto inner = alternatives(depth + 1);
      if (!inner) return inner;
      skip_spaces();
      if (at_ >= text_.size() || text_[at_] != ')') return complaint(opened, "this '(' is never closed");
      ++at_;
      return inner;
    }
    return test();
  }

  Result<std::size_t> test() {
    const std::string_view word = peek_word();
    const std::size_t begin = at_;
    if (word.empty()) return complaint(at_, "expected a word or a test such as tag(smoke)");
    if (const std::string low = folded(word); low == "and" || low == "or") {
      return complaint(at_, fmt::format("expected a test before '{}'", low));
    }
    at_ += word.size();
    if (at_ >= text_.size() || text_[at_] != '(') return add({Op::id, std::string{word}});
    const auto known = std::ranges::find(predicate_names, folded(word));
    if (known == predicate_names.end()) {
      const auto near = suggest(word, predicate_names);
      return complaint(begin, fmt::format("there is no test '{}()'", word),
                       near ? fmt::format("did you mean '{}()'?", *near) : std::string{});
    }
    const std::size_t close = text_.find(')', at_);
    if (close == std::string_view::npos) return complaint(at_, "this '(' is never closed");
    const std::string_view argument = trimmed(text_.substr(at_ + 1, close - at_ - 1));
    if (argument.empty())
      return complaint(begin, fmt::format("'{}()' needs something between its brackets", word));
    at_ = close + 1;
    return add({static_cast<Op>(known - predicate_names.begin()), std::string{argument}});
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Filter filter_ = {};
};

Result<Filter> Filter::parse(std::string_view text) { return FilterParser{text}.run(); }

bool Filter::matches(const scenario::Variant& variant) const {
  return nodes_.empty() || matches(variant, root_);
}

bool Filter::matches(const scenario::Variant& variant, std::size_t index) const {
  const Node& node = nodes_[index];
  const auto glob = [&](std::string_view name) { return glob_match(node.text, name); };
  switch (node.op) {
    case Op::id:
      return part_match(node.text, variant.id());
    case Op::tag:
      return std::ranges::any_of(variant.tags, glob);
    case Op::req:
      return std::ranges::any_of(variant.requirements,
                                 [&](const std::string& id) { return part_match(node.text, id); });
    case Op::state:
      return about_state(variant, node.text);
    case Op::family:
      return glob(variant.family == wire::Family::v4 ? "v4" : "v6");
    case Op::tier:
      return glob(scenario::to_string(variant.tier));
    case Op::logical_not:
      return !matches(variant, node.left);
    case Op::logical_and:
      return matches(variant, node.left) && matches(variant, node.right);
    case Op::logical_or:
      return matches(variant, node.left) || matches(variant, node.right);
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace tcpjury::runner
