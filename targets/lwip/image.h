// The writable image of this shared object: lwIP keeps its state in static variables and has no way to
// forget it, so the adapter does it from outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace tcpjury::lwip {

/// A copy of every writable octet of the shared object this code is linked into, as it was when the copy was
/// made. Left out are what the loader made read-only after relocation, and the tables of instrumentation:
/// its counters must survive a reset, and the rest never changes.
class Image {
 public:
  Image();
  /// Writes the copy back. Must not run while a function of the object holds static state in registers,
  /// i.e. only between two calls into the stack.
  void restore() const;
  [[nodiscard]] std::size_t size() const { return copy_.size(); }

 private:
  struct Range {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
  };
  static std::vector<Range> writable_ranges();

  std::vector<Range> ranges_;
  std::vector<std::uint8_t> copy_;
};

}  // namespace tcpjury::lwip
