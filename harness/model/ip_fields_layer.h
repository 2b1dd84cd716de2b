// What the user sets for the IP layer: the Diffserv field and the Time to Live of the segments of a
// connection (RFC 9293 sections 3.9.1.9 and 3.9.2).
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class IpFieldsLayer : public Layer {
 public:
  void call(TimeSpan at, const UserCall& call, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);

 private:
  struct Asked {
    std::uint8_t value = 0;
    TimeSpan at = {};
    bool again = false;  ///< another value was set before
  };
  std::optional<Asked> diffserv_ = {};
  std::optional<Asked> ttl_ = {};
  Reporter report_ = {};

  void judge_diffserv(const Emitted& e, State state, Findings& f);
  void judge_ttl(const Emitted& e, State state, Findings& f);
};

}  // namespace tcpjury::model
