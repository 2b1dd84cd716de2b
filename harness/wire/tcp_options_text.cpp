// TCP options as people read them.
#include <fmt/format.h>

#include "harness/base/assert.h"
#include "harness/wire/tcp_options.h"

namespace tcpjury::wire {
namespace {

bool is_padding(const TcpOption& option) {
  return option.kind == option_kind::end_of_list || option.kind == option_kind::no_operation;
}

std::string sack_to_string(const OptionList& list) {
  std::string text = "sack";
  for (const SackBlock& block : list.sack_blocks()) {
    text += fmt::format(" {}-{}", block.left.raw, block.right.raw);
  }
  return text;
}

/// The words for an option tcpjury understands; empty when it does not, or when the length is not the RFC's.
std::string known_to_string(const TcpOption& option) {
  const OptionList alone{{option}, OptionDefect::none};
  if (const auto mss = alone.mss()) return fmt::format("mss {}", *mss);
  if (const auto shift = alone.window_scale()) return fmt::format("wscale {}", *shift);
  if (alone.sack_permitted()) return "sackOK";
  if (const auto ts = alone.timestamps()) return fmt::format("ts {}/{}", ts->tsval, ts->tsecr);
  if (!alone.sack_blocks().empty()) return sack_to_string(alone);
  return {};
}

std::string to_string(const TcpOption& option) {
  std::string known = known_to_string(option);
  if (!known.empty()) return known;
  return fmt::format("kind {} [{} octets]", option.kind, option.value.size());
}

}  // namespace

std::string_view to_string(OptionDefect defect) {
  switch (defect) {
    case OptionDefect::none:
      return "none";
    case OptionDefect::length_missing:
      return "length missing";
    case OptionDefect::length_too_small:
      return "length too small";
    case OptionDefect::length_past_end:
      return "length past end";
    case OptionDefect::nonzero_after_end:
      return "nonzero after end";
  }
  TCPJURY_UNREACHABLE();
}

std::string to_string(const OptionList& list) {
  std::string text;
  const auto add = [&text](std::string_view words) {
    if (!text.empty()) text += ", ";
    text += words;
  };
  for (const TcpOption& option : list.options) {
    if (!is_padding(option)) add(to_string(option));
  }
  if (list.defect != OptionDefect::none) add(fmt::format("malformed: {}", to_string(list.defect)));
  return text;
}

}  // namespace tcpjury::wire
