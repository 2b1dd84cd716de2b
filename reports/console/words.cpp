#include "reports/console/words.h"

#include <fmt/format.h>

#include "harness/base/assert.h"
#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

std::string_view escape_sequence(engine::Verdict v) {
  switch (v) {
    case engine::Verdict::pass:
      return "\x1b[32m";
    case engine::Verdict::fail:
    case engine::Verdict::xpass:
    case engine::Verdict::error:
      return "\x1b[1;31m";
    case engine::Verdict::warn:
    case engine::Verdict::inconclusive:
      return "\x1b[33m";
    case engine::Verdict::xfail:
    case engine::Verdict::not_applicable:
      return "\x1b[36m";
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace

std::string_view status_word(engine::Verdict v) {
  switch (v) {
    case engine::Verdict::pass:
      return "PASS";
    case engine::Verdict::warn:
      return "WARN";
    case engine::Verdict::fail:
      return "FAIL";
    case engine::Verdict::xfail:
      return "XFAIL";
    case engine::Verdict::xpass:
      return "XPASS";
    case engine::Verdict::inconclusive:
      return "INCONC";
    case engine::Verdict::not_applicable:
      return "N/A";
    case engine::Verdict::error:
      return "ERROR";
  }
  TCPJURY_UNREACHABLE();
}

std::string coloured(std::string_view text, engine::Verdict v, Colour colour) {
  if (colour == Colour::off) return std::string{text};
  return fmt::format("{}{}\x1b[0m", escape_sequence(v), text);
}

std::string bold(std::string_view text, Colour colour) {
  return colour == Colour::off ? std::string{text} : fmt::format("\x1b[1m{}\x1b[0m", text);
}

std::string short_variant(std::string_view variant) {
  constexpr std::string_view implicit = "family=";
  if (variant.substr(0, implicit.size()) == implicit) variant.remove_prefix(implicit.size());
  return printable(variant);
}

std::string paragraph(std::string_view text, std::string_view indent) {
  constexpr std::size_t message_max = 2000;
  constexpr std::size_t text_width = 100;
  std::string out;
  for (const std::string& line : wrap(clip(printable(text), message_max), text_width)) {
    out.append(indent).append(line).append("\n");
  }
  return out;
}

}  // namespace tcpjury::reports
