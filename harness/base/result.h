// Errors of the world and of the user are values: Result<T> is either a T or an Error.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tcpjury {

/// What went wrong, in words for the person who can mend it.
struct Error {
  std::string message;    ///< one sentence, no trailing newline
  std::string hint = {};  ///< what to do about it; may be empty
  friend bool operator==(const Error&, const Error&) = default;
};

/// A value or an Error. A subclass only so that ignoring it is a compiler warning.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

[[nodiscard]] inline tl::unexpected<Error> fail(std::string message, std::string hint = {}) {
  return tl::unexpected<Error>{Error{std::move(message), std::move(hint)}};
}

}  // namespace tcpjury
