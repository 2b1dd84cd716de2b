// TCP Fast Open as it shows over several connections (RFC 7413): whose cookies a target sends, when it stops
// trying, and what its listeners take of a SYN whose cookie nobody gave.
//
// Who does not use Fast Open shows nothing here. Text on a SYN with a cookie the target did give is not
// judged: whether it is taken hangs on how many such requests wait, which nobody outside can count.
#pragma once

#include <map>
#include <set>

#include "harness/model/findings.h"
#include "harness/model/judge.h"

namespace tcpjury::model {

class FastOpen {
 public:
  /// A segment is about to reach the target. False when what it makes of it cannot be judged.
  [[nodiscard]] bool stimulus(const FourTuple& tuple, const wire::TcpSegment& segment);
  /// The target sent a segment; called before its connection judges it.
  void emission(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f);
  /// The attempt to open a connection has ended without one.
  void attempt_failed(const FourTuple& tuple);

 private:
  /// An active OPEN whose first SYN has been seen.
  struct Attempt {
    wire::SeqNum iss = {};
    bool with_option = false;
    bool answered = false;
  };
  std::map<FourTuple, Attempt> attempts_ = {};
  std::map<wire::IpAddress, Bytes> cookies_ = {};  ///< that testers gave to the target
  std::set<wire::Endpoint> negative_ = {};         ///< testers that never answered a SYN with the option

  std::map<wire::IpAddress, Bytes> given_ = {};        ///< that the target gave to testers
  std::map<FourTuple, wire::TcpSegment> forged_ = {};  ///< SYNs with text and a cookie it did not give
  std::map<FourTuple, bool> answers_ = {};             ///< SYN,ACKs seen; true: with the option

  void syn_sent(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f);
  void first_syn(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f);
  void syn_ack_sent(const FourTuple& tuple, const wire::TcpSegment& segment, Findings& f);
};

}  // namespace tcpjury::model
