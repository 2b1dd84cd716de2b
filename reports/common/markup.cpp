#include "reports/common/markup.h"

#include "harness/base/assert.h"
#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

enum class Where : std::uint8_t { text, attribute };

bool allowed_in_xml(char32_t c) {
  if (c == U'\t' || c == U'\n' || c == U'\r') return true;
  return c >= 0x20 && c != 0xfffe && c != 0xffff;
}

std::string_view reference(char32_t c, Where where) {
  if (c == U'&') return "&amp;";
  if (c == U'<') return "&lt;";
  if (c == U'>') return "&gt;";
  if (c == U'\r') return "&#13;";
  if (where == Where::text) return {};
  if (c == U'"') return "&quot;";
  if (c == U'\n') return "&#10;";
  if (c == U'\t') return "&#9;";
  return {};
}

std::string escape(std::string_view text, Where where) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    text.remove_prefix(c.length);
    const char32_t value = c.valid ? c.value : U'\ufffd';
    if (!allowed_in_xml(value)) continue;
    const std::string_view named = reference(value, where);
    if (named.empty()) {
      append_utf8(out, value);
    } else {
      out += named;
    }
  }
  return out;
}

}  // namespace

std::string markup_text(std::string_view text) { return escape(text, Where::text); }
std::string markup_attribute(std::string_view text) { return escape(text, Where::attribute); }

Markup::Markup() : out_{"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"} {}

void Markup::start(std::string_view name, const Attributes& attributes) {
  out_.append(open_.size() * 2, ' ').append("<").append(name);
  for (const auto& [key, value] : attributes) {
    out_.append(" ").append(key).append("=\"").append(markup_attribute(value)).append("\"");
  }
}

void Markup::open(std::string_view name, const Attributes& attributes) {
  start(name, attributes);
  out_ += ">\n";
  open_.emplace_back(name);
}

void Markup::close() {
  TCPJURY_ASSERT(!open_.empty());
  const std::string name = std::move(open_.back());
  open_.pop_back();
  out_.append(open_.size() * 2, ' ').append("</").append(name).append(">\n");
}

void Markup::leaf(std::string_view name, const Attributes& attributes) {
  start(name, attributes);
  out_ += "/>\n";
}

void Markup::text(std::string_view name, std::string_view text, const Attributes& attributes) {
  start(name, attributes);
  out_.append(">").append(markup_text(text)).append("</").append(name).append(">\n");
}

std::string Markup::take() {
  TCPJURY_ASSERT(open_.empty());
  return std::move(out_);
}

}  // namespace tcpjury::reports
