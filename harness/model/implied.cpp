#include "harness/model/implied.h"

#include <algorithm>
#include <vector>

#include "harness/base/assert.h"

namespace tcpjury::model {
namespace {

using Ids = std::vector<std::string_view>;

struct Row {
  std::string_view prefix;  ///< of the requirement id of a row
  Ids implied;
};

const std::vector<Row>& table() {
  static const std::vector<Row> rows{
      {"RFC9293-3.10.7.2-SYN-LISTEN", {"RFC9293-3.5-3WHS-SYNACK", "RFC9293-3.1-PORTS"}},
      {"RFC9293-3.10.7.3-SYN-ACK-SYNSENT", {"RFC9293-3.5-3WHS-ACK"}},
      {"RFC9293-3.10.7.3-SYN-SYNSENT", {"RFC9293-MUST-10"}},
      {"RFC9293-3.10.7.3-ACK-BAD-SYNSENT", {"RFC9293-3.5.1-HALFOPEN-ACK", "RFC9293-3.5.2-RST-SEQ"}},
      {"RFC9293-3.10.7.1-ACK-CLOSED", {"RFC9293-3.5.1-HALFOPEN-DATA", "RFC9293-3.5.2-RST-SEQ"}},
      {"RFC9293-3.10.7.1-NO-ACK-CLOSED", {"RFC9293-3.5.2-RST-SEQ"}},
      {"RFC9293-3.10.7.2-ACK-LISTEN", {"RFC9293-3.5.2-RST-SEQ", "RFC4987-3.6-2"}},
      {"RFC9293-3.10.7.1-RST-", {"RFC9293-3.5.2-NORESTRST"}},
      {"RFC9293-3.10.7.2-RST-", {"RFC9293-3.5.2-NORESTRST"}},
      {"RFC9293-3.10.7.3-RST-", {"RFC9293-3.5.2-NORESTRST", "RFC9293-3.5.3-RST-VALID", "RFC5961-3.2-5"}},
      {"RFC9293-3.10.7.4-RST-OUT-", {"RFC9293-3.5.2-NORESTRST", "RFC9293-3.5.3-RST-VALID", "RFC5961-3.2-1"}},
      {"RFC9293-3.10.7.4-RST-EXACT-SYNRCVD-",
       {"RFC9293-3.5.2-NORESTRST", "RFC5961-3.2-2", "RFC9293-MUST-11"}},
      {"RFC9293-3.10.7.4-RST-EXACT-", {"RFC9293-3.5.2-NORESTRST", "RFC5961-3.2-2"}},
      {"RFC9293-3.10.7.4-RST-INWND-", {"RFC9293-3.5.2-NORESTRST"}},
      {"RFC9293-3.10.7.4-SYN-OUT-", {"RFC9293-3.5.1-HALFOPEN-SYN"}},
      {"RFC9293-3.10.7.4-SYN-INWND-", {"RFC9293-3.5.1-HALFOPEN-SYN"}},
      {"RFC9293-3.10.7.4-SEQ-", {"RFC9293-3.5.2-ONLYWHENCLEAR"}},
      {"RFC9293-3.10.7.4-ACK-FUTURE-", {"RFC9293-3.5.2-ONLYWHENCLEAR"}},
      {"RFC9293-3.10.7.4-DATA-INORDER-FINWAIT", {"RFC9293-MUST-40", "RFC9293-3.6-HALFCLOSED-RCV"}},
      {"RFC9293-3.10.7.4-DATA-INORDER-", {"RFC9293-MUST-40"}},
      {"RFC9293-3.10.7.4-DATA-OVERLAP-", {"RFC9293-3.10.7.4-TRIM", "RFC9293-MUST-40"}},
      {"RFC9293-3.10.7.4-FIN-INORDER-", {"RFC9293-3.4-FIN-SEQ"}},
      {"RFC9293-3.10.7.4-FIN-RETX-TIMEWAIT", {"RFC9293-MUST-13"}},
      {"RFC9293-3.10.7.4-FIN+ACK-FIN-", {"RFC9293-3.4-FIN-SEQ"}},
      {"RFC9293-3.10.4-CLOSE-UNREAD-", {}},
      {"RFC9293-3.10.4-CLOSE-", {"RFC9293-3.4-FIN-SEQ"}},
      {"RFC9293-3.10.2-SEND-CLOSEWAIT", {"RFC9293-3.6-HALFCLOSED-SEND"}},
      {"RFC9293-3.10.8-RETRANSMISSION-FINWAIT1", {"RFC9293-3.6-FIN-RELIABLE", "RFC9293-3.10.8-RETX"}},
      {"RFC9293-3.10.8-RETRANSMISSION-LASTACK", {"RFC9293-3.6-FIN-RELIABLE", "RFC9293-3.10.8-RETX"}},
      {"RFC9293-MUST-16", {"RFC9293-MUST-14"}},
      {"RFC9293-SHLD-14", {"RFC9293-3.10.7.4-WND-KEEP"}},
      {"RFC9293-3.10.8-RETRANSMISSION-SYNRCVD-P", {"RFC9293-3.10.8-RETX", "RFC4987-4-3"}},
      {"RFC9293-3.10.8-RETRANSMISSION-", {"RFC9293-3.10.8-RETX"}},
      {"RFC9293-3.10.8-USER-TIMEOUT-", {"RFC9293-3.10.8-USER"}},
      {"RFC9293-MUST-54", {"RFC5927-5.2-2"}},
      {"RFC9293-3.1-BAD-CHECKSUM-", {"RFC9293-MUST-3"}},
      {"RFC9293-3.9.2.3-INVALID-SRC-", {"RFC1122-3.2.1.3-1"}},
      {"RFC9293-MUST-63", {"RFC1122-3.2.1.3-1"}},
  };
  return rows;
}

using Found = std::vector<const Requirement*>;

/// The table by place in the catalogue: asked several times an event.
std::vector<Found> resolve() {
  std::vector<Found> all;
  for (const Requirement& requirement : requirement_catalogue()) {
    Found& found = all.emplace_back();
    const auto row =
        std::ranges::find_if(table(), [&](const Row& r) { return requirement.id.starts_with(r.prefix); });
    if (row == table().end()) continue;
    for (const std::string_view id : row->implied) {
      found.push_back(find_requirement(id));
      TCPJURY_ASSERT(found.back() != nullptr);
    }
  }
  return all;
}

}  // namespace

std::span<const Requirement* const> implied_by(const Rule& held) {
  static const std::vector<Found> resolved = resolve();
  return resolved[static_cast<std::size_t>(held.requirement - requirement_catalogue().data())];
}

}  // namespace tcpjury::model
