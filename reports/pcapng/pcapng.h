// A capture of everything that crossed the link, with what tcpjury thought of each packet.
#pragma once

#include <string>

#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports {

/// The octets of a pcapng file (draft-ietf-opsawg-pcapng, little-endian). One section with one interface,
/// since libpcap stops at a second one. Its comments name the run, and scenario, seed, verdict and broken
/// rules of the case, or of every case that did not pass where there are several. Packets are bare IP
/// datagrams (LINKTYPE_RAW) with nanoseconds on the clock of their case, the direction as the tester sees
/// it, the index in the transcript as packet id, and comments, the first of which names case and step.
[[nodiscard]] std::string pcapng_report(const runner::RunRecord& record, const Context& context);

}  // namespace tcpjury::reports
