// Assertions about ourselves. They stay on in every build: a wrong verdict costs more than a cycle.
#pragma once

namespace tcpjury {

/// Prints the broken assumption with its place and aborts; the process ends with a stack for the
/// debugger, and the runner reports it as a bug of tcpjury (exit 70), never as a verdict.
[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);

}  // namespace tcpjury

#define TCPJURY_ASSERT(expression)                                                   \
  do {                                                                               \
    if (!(expression)) ::tcpjury::assertion_failed(#expression, __FILE__, __LINE__); \
  } while (false)

#define TCPJURY_UNREACHABLE() ::tcpjury::assertion_failed("unreachable", __FILE__, __LINE__)
