#include "heap.h"

#include <cstdlib>
#include <new>

namespace tcpjury::lwip {

Heap::Heap() { ring_.before = ring_.after = &ring_; }

void* Heap::allocate(std::size_t size) {
  void* raw = std::malloc(sizeof(Header) + size);
  if (raw == nullptr) return nullptr;
  auto* header = new (raw) Header{.before = ring_.before, .after = &ring_};
  header->before->after = header;
  ring_.before = header;
  ++blocks_;
  return header + 1;
}

void Heap::release(void* block) {
  if (block == nullptr) return;
  auto* header = static_cast<Header*>(block) - 1;
  header->before->after = header->after;
  header->after->before = header->before;
  --blocks_;
  std::free(header);
}

void Heap::release_all() {
  while (ring_.after != &ring_) release(ring_.after + 1);
}

}  // namespace tcpjury::lwip
