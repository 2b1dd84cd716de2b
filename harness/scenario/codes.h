// Every complaint the loader can make, with a stable code and an explanation.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tcpjury::scenario {

/// The number is the code: S001 is Code{1}. Numbers are never reused.
enum class Code : std::uint8_t {
  unreadable_file = 1,
  file_too_large,
  toml_syntax,
  nested_too_deep,
  unknown_field,
  wrong_type,
  missing_field,
  out_of_range,
  bad_control_bits,
  bad_expression,
  bad_duration,
  bad_octets,
  unknown_word,
  unknown_requirement,
  bad_name,
  id_not_path,
  duplicate_id,
  not_one_action,
  out_of_place,
  contradiction,
  unbound_name,
  name_taken,
  unknown_axis,
  bad_condition,
  unused,
  empty_matrix,
  too_many,
  impossible_start,
  unknown_scenario,
};

struct CodeInfo {
  Code code;
  std::string_view id;           ///< "S001"
  std::string_view title;        ///< a few words
  std::string_view explanation;  ///< what it means and how to mend it
};

/// All codes, ascending.
[[nodiscard]] std::span<const CodeInfo> diagnostic_codes();
/// "S001"
[[nodiscard]] std::string_view to_string(Code code);
/// Reads "S001" (upper or lower case S); null for anything else.
[[nodiscard]] const CodeInfo* find_code(std::string_view id);

}  // namespace tcpjury::scenario
