// The state of a connection as this kernel tells it through TCP_INFO.
#pragma once

#include <optional>

#include "harness/model/state.h"

namespace tcpjury::targets::kernel {

/// The kernel's number (TCP_ESTABLISHED, ...); nothing when `fd` is no TCP socket.
[[nodiscard]] std::optional<int> tcp_state(int fd);
/// The RFC's state of a kernel's number; nothing for a number this program does not know.
[[nodiscard]] std::optional<model::State> model_state(int kernel_state);

}  // namespace tcpjury::targets::kernel
