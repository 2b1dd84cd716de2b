// The words for a system call that failed.
#pragma once

#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace tcpjury::link {

/// "what: Operation not permitted" for the given errno, with an optional hint.
[[nodiscard]] tl::unexpected<Error> system_failure(std::string_view what, int error_number,
                                                   std::string hint = {});

}  // namespace tcpjury::link
