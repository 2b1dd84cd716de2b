#include "harness/link/system_error.h"

#include <system_error>

namespace tcpjury::link {

tl::unexpected<Error> system_failure(std::string_view what, int error_number, std::string hint) {
  std::string message{what};
  message += ": ";
  message += std::generic_category().message(error_number);
  return fail(std::move(message), std::move(hint));
}

}  // namespace tcpjury::link
