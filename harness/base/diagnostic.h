// A complaint about something a person wrote, with its place and a way out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tcpjury {

/// A place in a text file. Lines and columns count from 1; 0 means "unknown".
struct SourceRegion {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  friend bool operator==(const SourceRegion&, const SourceRegion&) = default;
};

/// `code` is stable (S001, ...) and is what tests and `tcpjury explain` refer to; the message may change.
struct Diagnostic {
  std::string code;
  SourceRegion where;
  std::string message;
  std::string hint = {};
  friend bool operator==(const Diagnostic&, const Diagnostic&) = default;
};

using Diagnostics = std::vector<Diagnostic>;

/// "file:line:column: S014: message" and, where there is one, an indented "hint: ..." line.
[[nodiscard]] std::string to_string(const Diagnostic& d);

}  // namespace tcpjury
