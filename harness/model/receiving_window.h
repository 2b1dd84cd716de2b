// The window the target offers: it opens in steps worth a segment (MUST-39, RFC 9293 section 3.8.6.2.2).
#pragma once

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class ReceivingWindow : public Layer {
 public:
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);

 private:
  Reporter report_ = {};
  std::uint32_t largest_ = 0;  ///< window ever offered
  std::uint32_t tiny_ = 0;     ///< updates in a row that opened it by less than a segment
  bool read_little_ = false;   ///< the user has read a few octets since the last segment
};

}  // namespace tcpjury::model
