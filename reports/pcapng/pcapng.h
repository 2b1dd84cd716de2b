// A capture of everything that crossed the link, with what tcpjury thought of each packet.
#pragma once

#include <string>

#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// The octets of a pcapng file (draft-ietf-opsawg-pcapng, little-endian). One section a case, since every
/// case starts its own clock; its comment names case, seed, verdict and broken rules. Packets are bare IP
/// datagrams (LINKTYPE_RAW) with nanoseconds, direction as the tester sees it, the index in the transcript
/// as packet id, and comments. Cases without a transcript are left out.
[[nodiscard]] std::string pcapng_report(const runner::RunRecord& record, const Context& context);

}  // namespace tcpjury::reports
