// Every field of a scenario file, once: what the loader accepts, what it suggests, what 'explain field' says
// and what the JSON schema contains are all read from this table.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tcpjury::scenario {

/// What a field's value looks like.
enum class Shape : std::uint8_t {
  text,          ///< a string
  texts,         ///< an array of strings
  requirements,  ///< a requirement id, or an array of them
  word,          ///< one of a few strings, see words()
  flags,         ///< "SYN,ACK"
  expression,    ///< a number or an expression
  pair,          ///< an array of two expressions
  pairs,         ///< an array of pairs
  integer,
  boolean,
  checksum,  ///< "bad", or where `maximum` is not 0 a number
  octets,    ///< "hex:0204"
  data,      ///< a length, a text, "hex:..", or { length = expression }
  duration,  ///< "200ms", "2MSL+5s"
  quiet,     ///< a duration, or the table expect_nothing
  state,     ///< a state, or the table expect_state
  condition,
  table,        ///< the table `refers`
  tables,       ///< an array of the table `refers`
  one_or_more,  ///< the table `refers`, or an array of it
  free_table,   ///< keys of the author's choice
};

/// Where a field of a segment has a meaning.
enum class Use : std::uint8_t { both, send_only };

struct Field {
  std::string_view table;  ///< "step", "segment", ...
  std::string_view name;
  Shape shape;
  std::string_view doc;
  std::string_view example;
  std::string_view refers = {};  ///< the table inside, or the list of words
  std::uint32_t maximum = 0;     ///< largest number; 0: 32 bits
  bool required = false;
  Use use = Use::both;
};

/// All fields, grouped by table, in the order in which people write them.
[[nodiscard]] std::span<const Field> all_fields();
/// The fields of one table; empty for an unknown table.
[[nodiscard]] std::span<const Field> fields_of(std::string_view table);
/// The names of the fields of a table, for suggestions.
[[nodiscard]] std::vector<std::string_view> field_names(std::string_view table);
/// Finds "step.within" or "segment.ctl"; the table may be left out where the name alone is unique. Null when
/// unknown.
[[nodiscard]] const Field* find_field(std::string_view path);
/// The words of a list: "tier", "role", "event", "state", "icmp", "family", "peer". Empty for an unknown
/// list.
[[nodiscard]] std::span<const std::string_view> words(std::string_view list);
/// Names other tools use for a field ("flags" for "ctl"); empty when there is none.
[[nodiscard]] std::string_view usual_name(std::string_view foreign);
/// A page about one field for the terminal: place, shape, meaning, example.
[[nodiscard]] std::string describe_field(const Field& field);

}  // namespace tcpjury::scenario
