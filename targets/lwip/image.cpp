#include "image.h"

#include <link.h>

#include <algorithm>
#include <utility>

// Sections of instrumentation; the linker defines the symbols where a section of that name exists.
extern "C" {
#define TCPJURY_SECTION(name)                                               \
  extern char __start_##name[] __attribute__((weak, visibility("hidden"))); \
  extern char __stop_##name[] __attribute__((weak, visibility("hidden")))
TCPJURY_SECTION(__sancov_cntrs);
TCPJURY_SECTION(__sancov_bools);
TCPJURY_SECTION(__sancov_guards);
TCPJURY_SECTION(__sancov_pcs);
TCPJURY_SECTION(asan_globals);
TCPJURY_SECTION(__llvm_prf_cnts);
TCPJURY_SECTION(__llvm_prf_bits);
TCPJURY_SECTION(__llvm_prf_data);
#undef TCPJURY_SECTION
}

namespace tcpjury::lwip {
namespace {

// Sanitizers surround variables with octets that nobody may touch, and intercept memcpy to see to it. This
// copy touches them on purpose; the barrier keeps compilers from recognising a memcpy in it.
#if defined(__clang__)
#define TCPJURY_RAW_COPY __attribute__((noinline, no_sanitize("address", "thread", "undefined")))
#else
#define TCPJURY_RAW_COPY __attribute__((noinline, no_sanitize("address"), no_sanitize("thread")))
#endif
struct __attribute__((packed, may_alias)) UnalignedWord {
  std::uint64_t value;
};
TCPJURY_RAW_COPY void raw_copy(std::uint8_t* to, const std::uint8_t* from, std::size_t length) {
  std::size_t i = 0;
  for (; i + sizeof(UnalignedWord) <= length; i += sizeof(UnalignedWord)) {
    reinterpret_cast<UnalignedWord*>(to + i)->value = reinterpret_cast<const UnalignedWord*>(from + i)->value;
    __asm__ volatile("" : : : "memory");
  }
  for (; i < length; ++i) {
    to[i] = from[i];
    __asm__ volatile("" : : : "memory");
  }
}

std::uintptr_t address(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

struct Segments {
  std::uintptr_t inside = 0;  // an address in the object looked for
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> writable = {};
  std::vector<std::pair<std::uintptr_t, std::uintptr_t>> excluded = {};
};

int find_segments(dl_phdr_info* info, std::size_t, void* argument) {
  auto& found = *static_cast<Segments*>(argument);
  bool mine = false;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    mine =
        mine || (header.p_type == PT_LOAD && found.inside >= begin && found.inside < begin + header.p_memsz);
  }
  if (!mine) return 0;
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const auto& header = info->dlpi_phdr[i];
    const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
    if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0)
      found.writable.emplace_back(begin, begin + header.p_memsz);
    if (header.p_type == PT_GNU_RELRO) found.excluded.emplace_back(begin, begin + header.p_memsz);
  }
  return 1;
}

}  // namespace

std::vector<Image::Range> Image::writable_ranges() {
  static char anchor;  // an address in the writable image of this object and of no other
  Segments found{.inside = address(&anchor)};
  dl_iterate_phdr(find_segments, &found);
  const Range instrumentation[] = {
      {address(__start___sancov_cntrs), address(__stop___sancov_cntrs)},
      {address(__start___sancov_bools), address(__stop___sancov_bools)},
      {address(__start___sancov_guards), address(__stop___sancov_guards)},
      {address(__start___sancov_pcs), address(__stop___sancov_pcs)},
      {address(__start_asan_globals), address(__stop_asan_globals)},
      {address(__start___llvm_prf_cnts), address(__stop___llvm_prf_cnts)},
      {address(__start___llvm_prf_bits), address(__stop___llvm_prf_bits)},
      {address(__start___llvm_prf_data), address(__stop___llvm_prf_data)},
  };
  for (const auto& [begin, end] : instrumentation)
    if (begin != end) found.excluded.emplace_back(begin, end);
  std::sort(found.excluded.begin(), found.excluded.end());

  std::vector<Range> ranges;
  for (auto [begin, end] : found.writable) {
    for (const auto& [from, to] : found.excluded) {
      if (to <= begin || from >= end) continue;
      if (from > begin) ranges.push_back({begin, from});
      begin = std::min(to, end);
    }
    if (begin < end) ranges.push_back({begin, end});
  }
  return ranges;
}

Image::Image() : ranges_{writable_ranges()} {
  std::size_t octets = 0;
  for (const auto& range : ranges_) octets += range.end - range.begin;
  copy_.resize(octets);
  auto* to = copy_.data();
  for (const auto& range : ranges_) {
    raw_copy(to, reinterpret_cast<const std::uint8_t*>(range.begin), range.end - range.begin);
    to += range.end - range.begin;
  }
}

void Image::restore() const {
  const auto* from = copy_.data();
  for (const auto& range : ranges_) {
    raw_copy(reinterpret_cast<std::uint8_t*>(range.begin), from, range.end - range.begin);
    from += range.end - range.begin;
  }
}

}  // namespace tcpjury::lwip
