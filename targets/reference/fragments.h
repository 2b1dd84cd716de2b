// Reassembly of fragments (RFC 791 section 3.2, RFC 8200 section 4.5).
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "targets/reference/host.h"

namespace tcpjury::reference {

class Fragments {
 public:
  /// True for a part of a datagram.
  [[nodiscard]] static bool is_fragment(const wire::Packet& packet);
  /// Keeps a fragment; gives back the octets of the whole datagram once every part is there. Datagrams whose
  /// parts overlap are dropped (RFC 5722), and so is what is not complete after a minute.
  std::optional<Bytes> take(const wire::Packet& fragment, Time now);
  void clear() { waiting_.clear(); }

 private:
  struct Part {
    std::size_t offset = 0;
    bool more = false;
    Bytes octets = {};
  };
  struct Datagram {
    wire::Packet first = {};  ///< the header all parts share
    std::uint32_t id = 0;
    Time since = 0;
    bool congestion = false;  ///< a part was marked CE (RFC 3168 section 5.3)
    std::vector<Part> parts = {};
  };
  static std::optional<Bytes> whole(const Datagram& datagram);

  std::deque<Datagram> waiting_ = {};
};

}  // namespace tcpjury::reference
