#include "harness/wire/tcp_options.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "harness/wire/octets.h"

namespace tcpjury::wire {
namespace {

constexpr std::size_t sack_block_octets = 8;

/// The value of the first option of a kind, if it has the length its RFC gives it.
template <std::size_t Octets>
std::optional<std::span<const std::byte, Octets>> value_of(const OptionList& list, std::uint8_t kind) {
  const TcpOption* option = list.find(kind);
  if (option == nullptr || option->value.size() != Octets) return std::nullopt;
  return BytesView{option->value}.first<Octets>();
}

/// Appends `nops` No-Operations, the kind, and the length of an option with `value_octets` of value.
void open_option(Bytes& out, std::size_t nops, std::uint8_t kind, std::size_t value_octets) {
  out.insert(out.end(), nops, static_cast<std::byte>(option_kind::no_operation));
  out.push_back(static_cast<std::byte>(kind));
  out.push_back(static_cast<std::byte>(2 + value_octets));
}

void append_pair(Bytes& out, std::uint32_t first, std::uint32_t second) {
  std::array<std::byte, 8> fields{};
  put32<0>(std::span{fields}, first);
  put32<4>(std::span{fields}, second);
  append(out, fields);
}

}  // namespace

const TcpOption* OptionList::find(std::uint8_t kind) const {
  const auto found =
      std::find_if(options.begin(), options.end(), [kind](const TcpOption& o) { return o.kind == kind; });
  return found == options.end() ? nullptr : &*found;
}

std::optional<std::uint16_t> OptionList::mss() const {
  const auto value = value_of<2>(*this, option_kind::mss);
  if (!value) return std::nullopt;
  return get16<0>(*value);
}

std::optional<std::uint8_t> OptionList::window_scale() const {
  const auto value = value_of<1>(*this, option_kind::window_scale);
  if (!value) return std::nullopt;
  return get8<0>(*value);
}

bool OptionList::sack_permitted() const {
  return value_of<0>(*this, option_kind::sack_permitted).has_value();
}

std::optional<Timestamps> OptionList::timestamps() const {
  const auto value = value_of<8>(*this, option_kind::timestamps);
  if (!value) return std::nullopt;
  return Timestamps{get32<0>(*value), get32<4>(*value)};
}

std::vector<SackBlock> OptionList::sack_blocks() const {
  std::vector<SackBlock> blocks;
  const TcpOption* option = find(option_kind::sack);
  if (option == nullptr || option->value.size() % sack_block_octets != 0) return blocks;
  for (BytesView rest = option->value; !rest.empty(); rest = rest.subspan(sack_block_octets)) {
    const auto edges = rest.first<sack_block_octets>();
    blocks.push_back({SeqNum{get32<0>(edges)}, SeqNum{get32<4>(edges)}});
  }
  return blocks;
}

OptionList parse_options(BytesView octets) {
  OptionList list;
  const auto stop = [&list](OptionDefect defect) {
    list.defect = defect;
    return std::move(list);
  };
  while (!octets.empty()) {
    const std::uint8_t kind = octet(octets[0]);
    if (kind == option_kind::end_of_list) {
      list.options.push_back({.kind = kind});
      const bool clean = std::all_of(octets.begin(), octets.end(), [](std::byte b) { return octet(b) == 0; });
      return stop(clean ? OptionDefect::none : OptionDefect::nonzero_after_end);
    }
    if (kind == option_kind::no_operation) {
      list.options.push_back({.kind = kind});
      octets = octets.subspan(1);
      continue;
    }
    if (octets.size() < 2) return stop(OptionDefect::length_missing);
    const std::uint8_t length = octet(octets[1]);
    if (length < 2) return stop(OptionDefect::length_too_small);
    if (length > octets.size()) return stop(OptionDefect::length_past_end);
    list.options.push_back({kind, length, owned(octets.subspan(2, length - 2U))});
    octets = octets.subspan(length);
  }
  return list;
}

Bytes encode_options(const OptionFields& fields) {
  Bytes out;
  if (fields.mss) {
    open_option(out, 0, option_kind::mss, 2);
    out.push_back(static_cast<std::byte>(*fields.mss >> 8U));
    out.push_back(static_cast<std::byte>(*fields.mss & 0xffU));
  }
  if (fields.window_scale) {
    open_option(out, 1, option_kind::window_scale, 1);
    out.push_back(static_cast<std::byte>(*fields.window_scale));
  }
  if (fields.sack_permitted) open_option(out, 2, option_kind::sack_permitted, 0);
  if (fields.timestamps) {
    open_option(out, 2, option_kind::timestamps, 8);
    append_pair(out, fields.timestamps->tsval, fields.timestamps->tsecr);
  }
  if (!fields.sack.empty()) {
    open_option(out, 2, option_kind::sack, sack_block_octets * fields.sack.size());
    for (const SackBlock& block : fields.sack) append_pair(out, block.left.raw, block.right.raw);
  }
  return out;
}

}  // namespace tcpjury::wire
