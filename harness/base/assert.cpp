#include "harness/base/assert.h"

#include <cstdio>
#include <cstdlib>

namespace tcpjury {

void assertion_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "tcpjury: internal error: %s at %s:%d; this is a bug of tcpjury\n", expression, file,
               line);
  std::abort();
}

}  // namespace tcpjury
