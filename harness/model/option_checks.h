// Validity of the options of everything the target emits: rules that need no hypothesis about the connection.
#pragma once

#include "harness/model/header_checks.h"

namespace tcpjury::model {

/// Adds to `verdict`. `mtu` is that of the link to the target.
void check_options(const wire::Decoded& frame, const wire::OptionList& options, std::uint32_t mtu,
                   State state, HeaderVerdict& verdict);

}  // namespace tcpjury::model
