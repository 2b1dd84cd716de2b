#include "harness/scenario/complaints.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "harness/base/suggest.h"

namespace tcpjury::scenario {
namespace {

/// What a file says may be of any length and may drive a terminal; what is shown of it may not.
std::string presentable(std::string_view text) {
  constexpr std::size_t limit = 400;
  std::string shown;
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    // Whole characters only: 0b10...... continues one.
    if (shown.size() >= limit && (code & 0xc0U) != 0x80U) return shown + "...";
    if (code < 0x20 || code == 0x7f) {
      shown += fmt::format("\\x{:02x}", code);
    } else {
      shown += c;
    }
  }
  return shown;
}

/// For comparing words that people mix up: upper case, '-' for '_'.
std::string folded(std::string_view text) {
  std::string result{text};
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (c == '_') c = '-';
  }
  return result;
}

}  // namespace

Diagnostic* Complaints::keep(Code code, std::uint32_t line, std::uint32_t column, std::string message) {
  if (list_.size() > complaint_limit) return nullptr;
  message = presentable(message);
  if (!seen_.insert(fmt::format("{}:{}:{}:{}", line, column, to_string(code), message)).second)
    return nullptr;
  if (list_.size() == complaint_limit) {
    list_.push_back({std::string{to_string(Code::too_many)},
                     {file_, UINT32_MAX, 0},
                     fmt::format("more than {} errors; the others are not shown", complaint_limit)});
    return nullptr;
  }
  return &list_.emplace_back(
      Diagnostic{std::string{to_string(code)}, {file_, line, column}, std::move(message), {}});
}

void Complaints::add(Code code, std::uint32_t line, std::uint32_t column, std::string message,
                     const std::string& hint) {
  if (Diagnostic* kept = keep(code, line, column, std::move(message))) kept->hint = presentable(hint);
}

void Complaints::add(Code code, const Node& at, std::string message,
                     const std::function<std::string()>& hint) {
  if (Diagnostic* kept = keep(code, at.line, at.column, std::move(message))) kept->hint = presentable(hint());
}

void Complaints::add_inside(Code code, const Node& string, std::uint32_t inside, std::string message,
                            const std::string& hint) {
  // The opening quotation mark stands in the column of the node.
  const std::uint32_t column = string.verbatim ? string.column + inside : string.column;
  add(code, string.line, column, std::move(message), hint);
}

Diagnostics Complaints::take() {
  std::ranges::sort(list_, {}, [](const Diagnostic& d) {
    return std::tie(d.where.line, d.where.column, d.code, d.message);
  });
  for (Diagnostic& diagnostic : list_) {
    if (diagnostic.where.line == UINT32_MAX) diagnostic.where.line = 0;
  }
  return std::move(list_);
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  constexpr std::size_t short_list = 12;
  // Nobody types a word that long by a slip, and the distance costs its length.
  if (word.size() <= 128) {
    // The distance to every known word is computed: a matrix of a thousand values is not searched.
    std::size_t letters = 0;
    for (const std::string_view candidate : known) letters += candidate.size();
    if (letters > 65'536) return {};
    if (const auto near = suggest(word, known)) return fmt::format("did you mean '{}'?", *near);
    const std::string part = folded(word);
    const auto whole = std::ranges::find_if(known, [&](std::string_view candidate) {
      return part.size() > 2 && folded(candidate).find(part) != std::string::npos;
    });
    if (whole != known.end()) return fmt::format("did you mean '{}'?", *whole);
  }
  if (known.empty() || known.size() > short_list) return {};
  return fmt::format("known: {}", fmt::join(known, ", "));
}

bool is_plain_name(std::string_view text) {
  constexpr std::string_view first = "abcdefghijklmnopqrstuvwxyz";
  constexpr std::string_view others = "abcdefghijklmnopqrstuvwxyz0123456789_";
  return !text.empty() && text.size() <= 64 && first.find(text[0]) != std::string_view::npos &&
         text.find_first_not_of(others) == std::string_view::npos;
}

}  // namespace tcpjury::scenario
