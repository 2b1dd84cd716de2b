#include "reports/json/json_text.h"

#include <fmt/format.h>

#include "reports/common/text.h"

namespace tcpjury::reports {

std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    text.remove_prefix(c.length);
    if (!c.valid) {
      append_utf8(out, U'\ufffd');
    } else if (c.value == U'"' || c.value == U'\\') {
      out += '\\';
      out += static_cast<char>(c.value);
    } else if (c.value == U'\n') {
      out += "\\n";
    } else if (c.value == U'\t') {
      out += "\\t";
    } else if (c.value < 0x20 || c.value == 0x7f) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c.value));
    } else {
      append_utf8(out, c.value);
    }
  }
  return out + '"';
}

void JsonText::separate() {
  if (!first_) out_ += ',';
  if (line_pending_) out_ += '\n';
  first_ = false;
  line_pending_ = false;
}

void JsonText::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
}

void JsonText::close(char bracket) {
  if (line_pending_) out_ += '\n';
  line_pending_ = false;
  out_ += bracket;
  first_ = false;
}

void JsonText::key(std::string_view name) {
  separate();
  out_.append(json_string(name)).append(":");
  first_ = true;
}

void JsonText::value(std::string_view text) { literal(json_string(text)); }
void JsonText::value(std::uint64_t number) { literal(fmt::format("{}", number)); }
void JsonText::flag(bool b) { literal(b ? "true" : "false"); }

void JsonText::literal(std::string_view text) {
  separate();
  out_ += text;
}

}  // namespace tcpjury::reports
