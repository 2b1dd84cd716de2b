#include "reports/common/text.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace tcpjury::reports {
namespace {

std::uint8_t at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

/// Characters that move the cursor, change colours or reorder what follows them.
bool disturbs_a_terminal(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
  const bool direction = (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e ||
                         c == 0x200f || c == 0x061c;
  const bool line_break = c == 0x2028 || c == 0x2029;
  return control || direction || line_break || c == 0xfeff;
}

std::string visible_escape(char32_t c) {
  if (c == U'\n') return "\\n";
  if (c == U'\t') return "\\t";
  if (c == U'\r') return "\\r";
  if (c <= 0xff) return fmt::format("\\x{:02x}", static_cast<unsigned>(c));
  return fmt::format("\\u{:04x}", static_cast<unsigned>(c));
}

/// The octets of the prefix of `text` that takes at most `most` columns.
std::size_t prefix_of_columns(std::string_view text, std::size_t most) {
  std::size_t used = 0;
  for (std::size_t column = 0; column < most && used < text.size(); ++column) {
    used += first_code_point(text.substr(used)).length;
  }
  return used;
}

}  // namespace

CodePoint first_code_point(std::string_view text) {
  const std::uint8_t lead = at(text, 0);
  const CodePoint stray{lead, 1, false};
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return stray;
  constexpr std::array<std::uint8_t, 5> lead_bits{0, 0, 0x1f, 0x0f, 0x07};
  constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x1'0000};
  char32_t value = lead & lead_bits[length];
  for (std::size_t i = 1; i < length; ++i) {
    const std::uint8_t next = at(text, i);
    if ((next & 0xc0U) != 0x80U) return stray;
    value = (value << 6U) | (next & 0x3fU);
  }
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (value < smallest[length] || value > 0x10'ffff || surrogate) return stray;
  return {value, length, true};
}

void append_utf8(std::string& out, char32_t value) {
  const auto put = [&out](char32_t octet) { out += static_cast<char>(static_cast<unsigned char>(octet)); };
  if (value < 0x80) return put(value);
  if (value < 0x800) {
    put(0xc0U | (value >> 6U));
  } else if (value < 0x1'0000) {
    put(0xe0U | (value >> 12U));
    put(0x80U | ((value >> 6U) & 0x3fU));
  } else {
    put(0xf0U | (value >> 18U));
    put(0x80U | ((value >> 12U) & 0x3fU));
    put(0x80U | ((value >> 6U) & 0x3fU));
  }
  put(0x80U | (value & 0x3fU));
}

std::string valid_utf8(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    append_utf8(out, c.valid ? c.value : U'\ufffd');
    text.remove_prefix(c.length);
  }
  return out;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const CodePoint c = first_code_point(text);
    if (!c.valid || disturbs_a_terminal(c.value)) {
      out += visible_escape(c.value);
    } else {
      out += text.substr(0, c.length);
    }
    text.remove_prefix(c.length);
  }
  return out;
}

std::size_t columns(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(first_code_point(text).length);
    ++count;
  }
  return count;
}

std::string clip(std::string_view text, std::size_t most) {
  constexpr std::string_view dots = "...";
  if (text.size() <= most || columns(text) <= most) return std::string{text};
  if (most <= dots.size()) return std::string{text.substr(0, prefix_of_columns(text, most))};
  return std::string{text.substr(0, prefix_of_columns(text, most - dots.size()))}.append(dots);
}

std::string pad(std::string_view text, std::size_t width) {
  const std::size_t used = columns(text);
  return std::string{text}.append(used < width ? width - used : 0, ' ');
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
  std::vector<std::string> lines;
  width = std::max<std::size_t>(width, 1);
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return lines;
    std::size_t cut = prefix_of_columns(text, width);
    if (cut < text.size() && text[cut] != ' ') {
      const std::size_t blank = text.rfind(' ', cut);
      if (blank != std::string_view::npos && blank > 0) cut = blank;
    }
    std::string_view line = text.substr(0, cut);
    text.remove_prefix(cut);
    line.remove_suffix(line.size() - (line.find_last_not_of(' ') + 1));
    lines.emplace_back(line);
  }
}

std::string seconds(Duration d) {
  const bool negative = d < Duration::zero();
  const std::int64_t ms = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
  const std::uint64_t magnitude =
      negative ? 0 - static_cast<std::uint64_t>(ms) : static_cast<std::uint64_t>(ms);
  return fmt::format("{}{}.{:03}", negative && magnitude != 0 ? "-" : "", magnitude / 1000, magnitude % 1000);
}

std::string exact_seconds(Duration d) {
  const auto ns = static_cast<std::uint64_t>(d.count());
  const bool negative = d < Duration::zero();
  const std::uint64_t magnitude = negative ? 0 - ns : ns;
  constexpr std::uint64_t second = 1'000'000'000;
  std::string out = fmt::format("{}{}", negative ? "-" : "", magnitude / second);
  if (magnitude % second == 0) return out;
  out += fmt::format(".{:09}", magnitude % second);
  out.erase(out.find_last_not_of('0') + 1);
  return out;
}

std::string hex(BytesView octets) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  out.reserve(octets.size() * 2);
  for (const std::byte b : octets) {
    out += digits[octet(b) >> 4U];
    out += digits[octet(b) & 0x0fU];
  }
  return out;
}

std::string shell_word(std::string_view word) {
  const auto harmless = [](char c) {
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return alphanumeric || std::string_view{"_-./:=,@%+"}.find(c) != std::string_view::npos;
  };
  if (!word.empty() && std::all_of(word.begin(), word.end(), harmless)) return std::string{word};
  std::string out = "'";
  for (const char c : word) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

}  // namespace tcpjury::reports
