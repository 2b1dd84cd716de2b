// A SYN in TIME-WAIT: whether it opens anew (RFC 6191 section 2, RFC 9293 SHLD-4 and MAY-2), and how a reset
// is taken there (RFC 1337). That nothing worse happens is the business of the hypotheses.
#pragma once

#include <optional>

#include "harness/model/layer_support.h"

namespace tcpjury::model {

class TimeWaitLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& view, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& view, Findings& f);
  void succeeded(Findings& f) {
    if (syn_) decide(true, f);
  }
  void quiet_until(TimePoint now, const View& view, Findings& f);
  [[nodiscard]] TimePoint next_deadline() const { return syn_ ? syn_->due : never; }

  /// Whether the connection is gone shows in the answer to the next segment.
  [[nodiscard]] TimeWaitLayer renewed() const { return *this; }

 private:
  struct Syn {
    std::string_view id = {};  ///< of RFC 6191
    bool opens = false;        ///< what it asks for
    bool timestamps = false;
    TimePoint due = never;
  };
  Reporter report_ = {};
  std::optional<Syn> syn_ = {};
  bool reset_ = false;          ///< an exact reset came: is TIME-WAIT still there?
  bool old_duplicate_ = false;  ///< and before it an old segment drew the ACK that led to it
  bool over_ = false;           ///< 2MSL are over: the tuple must answer as CLOSED or LISTEN

  void decide(bool opened, Findings& f);
};

}  // namespace tcpjury::model
