// Explicit Congestion Notification (RFC 3168 section 6.1): who may mark, what is echoed, when CWR is set. Of
// how far a sender slows down only that it does.
#pragma once

#include "harness/model/ecn_rules.h"
#include "harness/model/layer.h"

namespace tcpjury::model {

class EcnLayer : public Layer {
 public:
  void arrival(const Arrival& a, const View& v, Findings& f);
  void emission(const Emitted& e, EmissionClass what, const View& v, Findings& f);

 private:
  /// What the SYNs of one side said.
  struct Side {
    bool setup = false;    ///< an ECN-setup SYN or SYN,ACK
    bool refused = false;  ///< one that is not
  };
  enum class Echo : std::uint8_t { off, on, unclear };  ///< whether acknowledgments must carry ECE

  Side own_ = {};
  Side peer_ = {};
  /// A further SYN while the connection was half-open: it counts once it was answered by a SYN,ACK.
  std::optional<bool> later_setup_ = {};
  bool peer_reflected_ = false;  ///< the tester's SYN or SYN,ACK had flags that are no setup
  bool accurate_ = false;        ///< the tester's SYN used the third bit (RFC 9768): other answers are right
  Echo echo_ = Echo::off;
  bool ce_since_ = false;        ///< CE arrived since the last emission
  bool plain_after_ce_ = false;  ///< and text without CE after it
  bool cwr_seen_ = false;        ///< the last text had CWR: what follows is without the echo
  bool ce_outside_ = false;      ///< CE arrived on text outside the window only
  bool ce_probe_ = false;        ///< CE arrived on a probe of the closed window
  bool reduced_ = false;         ///< something happened that may reduce the congestion window
  bool ever_reduced_ = false;
  bool cwr_owed_ = false;                ///< ECE acknowledged new text: the next new text carries CWR
  bool cwr_sent_ = false;                ///< the last new text carried it
  std::optional<SeqNum> recovery_ = {};  ///< ECE up to this belongs to the window already reduced for
  /// A window of text at the moment of a congestion indication, when nothing but the congestion window
  /// limited it.
  std::optional<std::uint32_t> flight_ = {};
  EcnRules rules_ = {};

  [[nodiscard]] bool negotiated() const {
    return own_.setup && peer_.setup && !own_.refused && !peer_.refused;
  }
  void syn_arrives(const Arrival& a, const View& v);
  void text_arrives(const Arrival& a, const View& v);
  void ack_arrives(const Arrival& a, const View& v);
  void judge_reduction(const Arrival& a, const View& v, Findings& f);
  void syn_emitted(const Emitted& e, std::uint8_t field, State state, Findings& f);
  void text_emitted(const Emitted& e, std::uint8_t field, EmissionClass what, State state, Findings& f);
  void new_text_emitted(const Emitted& e, std::uint8_t field, const View& v, Findings& f);
  void judge_echo(const Emitted& e, State state, Findings& f);
};

}  // namespace tcpjury::model
