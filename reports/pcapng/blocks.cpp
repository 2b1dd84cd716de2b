#include "reports/pcapng/blocks.h"

#include "reports/common/text.h"

namespace tcpjury::reports::pcapng {
namespace {

constexpr std::size_t option_text_max = 65'535;

/// The longest prefix of valid UTF-8 that fits; zero octets would end the text for C readers.
std::string option_text(std::string_view text) {
  std::string out = valid_utf8(text);
  for (char& c : out) {
    if (c == '\0') c = ' ';
  }
  if (out.size() <= option_text_max) return out;
  std::size_t end = option_text_max;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0U) == 0x80U) --end;
  out.resize(end);
  return out;
}

}  // namespace

void Block::put(std::uint64_t v, unsigned octets) {
  for (unsigned i = 0; i < octets; ++i) body_ += static_cast<char>(static_cast<unsigned char>(v >> (8U * i)));
}

void Block::put_padded(BytesView octets) {
  for (const std::byte b : octets) body_ += static_cast<char>(octet(b));
  while (body_.size() % 4 != 0) body_ += '\0';
}

void Block::option_head(std::uint16_t code, std::size_t length) {
  has_options_ = true;
  put16(code);
  put16(static_cast<std::uint16_t>(length));
}

void Block::text_option(std::uint16_t code, std::string_view text) {
  const std::string fitting = option_text(text);
  option_head(code, fitting.size());
  put_padded(bytes_of(fitting));
}

void Block::octet_option(std::uint16_t code, std::uint8_t value) {
  option_head(code, 1);
  put32(value);
}

void Block::word_option(std::uint16_t code, std::uint32_t value) {
  option_head(code, 4);
  put32(value);
}

void Block::long_option(std::uint16_t code, std::uint64_t value) {
  option_head(code, 8);
  put64(value);
}

std::string Block::finish() {
  if (has_options_) put32(option::end);
  const std::string body = std::move(body_);
  const auto total = static_cast<std::uint32_t>(body.size() + 12);  // type and the two lengths
  body_.clear();
  put32(type_);
  put32(total);
  body_ += body;
  put32(total);
  return std::move(body_);
}

}  // namespace tcpjury::reports::pcapng
