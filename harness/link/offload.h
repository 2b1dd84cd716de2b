// Turning off what makes a network card's host leave segments unfinished.
#pragma once

#include <string>

#include "harness/base/result.h"

namespace tcpjury::link {

/// Checksums are computed and segments cut before they leave `interface`, and arriving ones are not merged.
/// Without this a virtual Ethernet pair hands over segments whose TCP checksum nobody has filled in yet.
Result<void> disable_offloads(const std::string& interface);

}  // namespace tcpjury::link
