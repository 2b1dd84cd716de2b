// How a user call is refused: RFC 9293's words for the reason.
#pragma once

#include <algorithm>
#include <string_view>

#include "targets/abi/tcpjury_target.h"

namespace tcpjury::reference {

inline int refuse(tcpjury_reply& reply, std::string_view why) {
  const std::size_t length = std::min(why.size(), sizeof reply.error - 1);
  std::copy_n(why.begin(), length, reply.error);
  reply.error[length] = '\0';
  return TCPJURY_FAILED;
}

}  // namespace tcpjury::reference
