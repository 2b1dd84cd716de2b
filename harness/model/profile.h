// Which rules apply: published suites disagree, so the set of rules is an input, never a constant.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace tcpjury::model {

enum class Profile : std::uint8_t {
  rfc9293,      ///< RFC 9293 with RFC 5961 as it refers to it (default)
  rfc793_1122,  ///< the older pair, as RFC 5961, 1337 and 6633 found it
  tc8,          ///< as the automotive suites judge: as above, and a crossing SYN in SYN-RECEIVED is reset
};
[[nodiscard]] std::string_view to_string(Profile p);  ///< "rfc9293", "rfc793-1122", "tc8"
[[nodiscard]] std::optional<Profile> parse_profile(std::string_view text);

}  // namespace tcpjury::model
