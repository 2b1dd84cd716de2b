// A TOML text as a tree with places: what the rest of the loader reads instead of toml++.
//
// The tree keeps the order of the file, which the order of matrix axes depends on, and costs its readers
// no heavy header.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/diagnostic.h"

namespace tcpjury::scenario {

inline constexpr std::size_t file_size_limit = 1U << 20U;
inline constexpr int nesting_limit = 32;

struct Member;

/// A value with the place where it begins.
struct Node {
  enum class Kind : std::uint8_t { string, integer, real, boolean, moment, array, table } kind = Kind::table;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string text = {};         ///< string
  std::int64_t integer = 0;      ///< integer; boolean as 0 or 1
  std::vector<Node> items = {};  ///< array
  std::vector<Member> members;   ///< table, in the order of the file
  /// True when `text` stands in the file octet for octet, between single quotation marks or double ones.
  bool verbatim = false;

  /// The member called `key`, or null.
  [[nodiscard]] const Member* find(std::string_view key) const;
};

struct Member {
  std::string key;
  std::uint32_t line = 0;  ///< of the key
  std::uint32_t column = 0;
  Node value;
};

/// "a string", "a table", ... for messages.
[[nodiscard]] std::string_view describe(Node::Kind kind);

/// Parses `text`, called `name` in diagnostics. Nothing, and one diagnostic, when it is larger than
/// file_size_limit, nested deeper than nesting_limit, or not TOML 1.0. No text makes it crash.
[[nodiscard]] std::optional<Node> parse_document(std::string_view text, const std::string& name,
                                                 Diagnostics& diagnostics);

}  // namespace tcpjury::scenario
