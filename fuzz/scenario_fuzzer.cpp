// Any octets are a scenario file: they become variants or complaints with a place, never both, never neither.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "harness/base/assert.h"
#include "harness/scenario/codes.h"
#include "harness/scenario/load.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tcpjury::scenario;
  const LoadResult result = load_text({reinterpret_cast<const char*>(data), size}, "input");
  TCPJURY_ASSERT(result.variants.empty() != result.diagnostics.empty());
  for (const tcpjury::Diagnostic& diagnostic : result.diagnostics) {
    TCPJURY_ASSERT(find_code(diagnostic.code) != nullptr);
    TCPJURY_ASSERT(!diagnostic.message.empty());
    TCPJURY_ASSERT((diagnostic.where.line == 0) == (diagnostic.where.column == 0));
  }
  for (const Variant& variant : result.variants) {
    TCPJURY_ASSERT(variant.id().starts_with(variant.scenario));
    TCPJURY_ASSERT(!variant.needs.empty());
  }
  return 0;
}
