// The IPv6 flow label of a SYN,ACK is that of the segments that follow (RFC 4987 section 4).
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class FlowLabelLayer : public Layer {
 public:
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f) {
    const auto* ip = std::get_if<wire::Ipv6Header>(&e.frame->packet.ip);
    if (ip == nullptr || e.has(wire::rst)) return;
    if (e.has(wire::syn)) {
      label_ = ip->flow_label;
      return;
    }
    if (what == EmissionClass::retransmission) label_.reset();  // a lost path may be left for another
    if (!label_) return;
    const State state = view.after.front().state;
    if (*label_ == ip->flow_label) {
      report_.held("RFC4987-4-4", state, f);
    } else {
      report_.broken(rule("RFC4987-4-4", "FLOW-LABEL", state), "the flow label changed after the SYN,ACK",
                     {"the label of the SYN,ACK"}, "another label", f);
    }
    label_.reset();
  }

 private:
  std::optional<std::uint32_t> label_ = {};
  Reporter report_ = {};
};

}  // namespace tcpjury::model
