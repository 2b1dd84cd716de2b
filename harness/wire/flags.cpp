#include "harness/wire/flags.h"

#include <array>
#include <cctype>

namespace tcpjury::wire {
namespace {

struct NamedFlag {
  FlagSet flag;
  std::string_view name;
};
constexpr std::array<NamedFlag, 8> named_flags{{{syn, "SYN"},
                                                {fin, "FIN"},
                                                {rst, "RST"},
                                                {ack, "ACK"},
                                                {psh, "PSH"},
                                                {urg, "URG"},
                                                {ece, "ECE"},
                                                {cwr, "CWR"}}};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t";
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool same_word(std::string_view text, std::string_view upper_case) {
  if (text.size() != upper_case.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::toupper(static_cast<unsigned char>(text[i])) != upper_case[i]) return false;
  }
  return true;
}

std::optional<FlagSet> flag_named(std::string_view word) {
  for (const NamedFlag& named : named_flags) {
    if (same_word(word, named.name)) return named.flag;
  }
  return std::nullopt;
}

}  // namespace

std::string to_string(FlagSet flags) {
  std::string text;
  for (const NamedFlag& named : named_flags) {
    if (!flags.has(named.flag)) continue;
    if (!text.empty()) text += ',';
    text += named.name;
  }
  return text;
}

std::optional<FlagSet> parse_flags(std::string_view text) {
  text = trimmed(text);
  if (text.empty() || same_word(text, "NONE")) return no_flags;
  FlagSet flags;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::optional<FlagSet> flag = flag_named(trimmed(text.substr(0, comma)));
    if (!flag) return std::nullopt;
    flags = flags | *flag;
    if (comma == std::string_view::npos) return flags;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace tcpjury::wire
