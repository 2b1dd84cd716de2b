// Collects what is wrong with one file.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/diagnostic.h"
#include "harness/scenario/codes.h"
#include "harness/scenario/document.h"

namespace tcpjury::scenario {

inline constexpr std::size_t complaint_limit = 100;

/// Variants of a scenario share their text, so the same complaint comes up again and again: it is kept once.
/// Beyond complaint_limit only one line says that there are more.
class Complaints {
 public:
  explicit Complaints(std::string file) : file_{std::move(file)} {}

  void add(Code code, std::uint32_t line, std::uint32_t column, std::string message,
           const std::string& hint = {});
  void add(Code code, const Node& at, std::string message, const std::string& hint = {}) {
    add(code, at.line, at.column, std::move(message), hint);
  }
  void add(Code code, const Member& at, std::string message, const std::string& hint = {}) {
    add(code, at.line, at.column, std::move(message), hint);
  }
  /// The same for a hint that is costly to find: it is asked for only when the complaint is kept.
  void add(Code code, const Node& at, std::string message, const std::function<std::string()>& hint);
  /// About column `inside` (from 1) of a string: points into it where it stands in the file as it is.
  void add_inside(Code code, const Node& string, std::uint32_t inside, std::string message,
                  const std::string& hint = {});

  [[nodiscard]] bool empty() const { return list_.empty(); }
  [[nodiscard]] std::size_t count() const { return list_.size(); }
  [[nodiscard]] const std::string& file() const { return file_; }
  /// All of them in the order of the file.
  [[nodiscard]] Diagnostics take();

 private:
  /// The kept complaint, or null.
  Diagnostic* keep(Code code, std::uint32_t line, std::uint32_t column, std::string message);

  std::string file_;
  Diagnostics list_;
  std::set<std::string> seen_;
};

/// "did you mean 'ctl'?", or else the list of what is known, when that is short.
[[nodiscard]] std::string suggestion(std::string_view word, std::span<const std::string_view> known);

/// Lower-case letters, digits and '_', beginning with a letter, at most 64.
[[nodiscard]] bool is_plain_name(std::string_view text);

}  // namespace tcpjury::scenario
