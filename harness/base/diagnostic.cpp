#include "harness/base/diagnostic.h"

#include <fmt/format.h>

namespace tcpjury {

std::string to_string(const Diagnostic& d) {
  std::string place = d.where.file;
  if (d.where.line != 0) place += fmt::format(":{}:{}", d.where.line, d.where.column);
  std::string text = fmt::format("{}: {}: {}", place, d.code, d.message);
  if (!d.hint.empty()) text += fmt::format("\n  hint: {}", d.hint);
  return text;
}

}  // namespace tcpjury
