#include "harness/model/violation.h"

#include "harness/base/assert.h"

namespace tcpjury::model {

std::string_view to_string(EmissionClass c) {
  switch (c) {
    case EmissionClass::progress:
      return "progress";
    case EmissionClass::retransmission:
      return "retransmission";
    case EmissionClass::duplicate_ack:
      return "duplicate ACK";
    case EmissionClass::window_update:
      return "window update";
    case EmissionClass::probe:
      return "probe";
    case EmissionClass::foreign:
      return "foreign";
    case EmissionClass::violation:
      return "violation";
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace tcpjury::model
