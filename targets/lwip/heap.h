// The heap lwIP allocates from: ordinary malloc blocks that can all be freed at once.
#pragma once

#include <cstddef>

namespace tcpjury::lwip {

class Heap {
 public:
  Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;
  ~Heap() { release_all(); }

  [[nodiscard]] void* allocate(std::size_t size);
  void release(void* block);
  void release_all();
  [[nodiscard]] std::size_t blocks() const { return blocks_; }

 private:
  // Stands before each block, in a ring, so that a block can leave it without a search.
  struct alignas(std::max_align_t) Header {
    Header* before = nullptr;
    Header* after = nullptr;
  };
  Header ring_;
  std::size_t blocks_ = 0;
};

}  // namespace tcpjury::lwip
