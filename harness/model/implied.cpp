#include "harness/model/implied.h"

#include <array>
#include <vector>

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
      {"RFC9293-3.10.7.2-ACK-LISTEN", {"RFC9293-3.5.2-RST-SEQ"}},
      {"RFC9293-3.10.7.1-RST-", {"RFC9293-3.5.2-NORESTRST"}},
      {"RFC9293-3.10.7.2-RST-", {"RFC9293-3.5.2-NORESTRST"}},
      {"RFC9293-3.10.7.3-RST-", {"RFC9293-3.5.2-NORESTRST", "RFC9293-3.5.3-RST-VALID", "RFC5961-3.2-5"}},
      {"RFC9293-3.10.7.4-RST-OUT-", {"RFC9293-3.5.2-NORESTRST", "RFC9293-3.5.3-RST-VALID", "RFC5961-3.2-1"}},
      {"RFC9293-3.10.7.4-RST-EXACT-", {"RFC9293-3.5.2-NORESTRST", "RFC5961-3.2-2"}},
      {"RFC9293-3.10.7.4-RST-INWND-", {"RFC9293-3.5.2-NORESTRST", "RFC5961-3.2-3"}},
      {"RFC9293-3.10.7.4-SYN-OUT-", {"RFC9293-3.5.1-HALFOPEN-SYN", "RFC5961-4.2-1"}},
      {"RFC9293-3.10.7.4-SYN-INWND-", {"RFC9293-3.5.1-HALFOPEN-SYN"}},
      {"RFC9293-3.10.7.4-SEQ-", {"RFC9293-3.5.2-ONLYWHENCLEAR"}},
      {"RFC9293-3.10.7.4-ACK-FUTURE-", {"RFC9293-3.5.2-ONLYWHENCLEAR"}},
      {"RFC9293-3.10.7.4-DATA-INORDER-FINWAIT", {"RFC9293-MUST-40", "RFC9293-3.6-HALFCLOSED-RCV"}},
      {"RFC9293-3.10.7.4-DATA-INORDER-", {"RFC9293-MUST-40"}},
      {"RFC9293-3.10.7.4-FIN-INORDER-", {"RFC9293-3.4-FIN-SEQ"}},
      {"RFC9293-3.10.7.4-FIN-RETX-TIMEWAIT", {"RFC9293-MUST-13"}},
      {"RFC9293-3.10.7.4-FIN+ACK-FIN-", {"RFC9293-3.4-FIN-SEQ"}},
      {"RFC9293-3.10.4-CLOSE-", {"RFC9293-3.4-FIN-SEQ"}},
      {"RFC9293-3.10.2-SEND-CLOSEWAIT", {"RFC9293-3.6-HALFCLOSED-SEND"}},
      {"RFC9293-3.10.8-RETRANSMISSION-FINWAIT1", {"RFC9293-3.6-FIN-RELIABLE"}},
      {"RFC9293-3.10.8-RETRANSMISSION-LASTACK", {"RFC9293-3.6-FIN-RELIABLE"}},
      {"RFC9293-MUST-16", {"RFC9293-MUST-14"}},
      {"RFC9293-3.1-BAD-CHECKSUM-", {"RFC9293-MUST-3"}},
  };
  return rows;
}

}  // namespace

std::span<const std::string_view> implied_by(const Rule& held) {
  for (const Row& row : table()) {
    if (held.requirement->id.starts_with(row.prefix)) return row.implied;
  }
  return {};
}

}  // namespace tcpjury::model
