#include <fmt/format.h>

#include "harness/runner/codec.h"

namespace tcpjury::runner {
namespace {

constexpr std::size_t length_size = 4;

std::size_t length_at(std::string_view octets) {
  std::size_t length = 0;
  for (std::size_t i = length_size; i-- > 0;) length = length << 8U | static_cast<unsigned char>(octets[i]);
  return length;
}

}  // namespace

std::string framed(std::string_view message) {
  std::string out;
  out.reserve(length_size + message.size());
  for (std::size_t i = 0; i < length_size; ++i) out += static_cast<char>(message.size() >> (8U * i) & 0xffU);
  return out.append(message);
}

void FrameReader::feed(std::string_view octets) {
  if (begin_ != 0 && begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  }
  buffer_.append(octets);
}

Result<std::optional<std::string>> FrameReader::next() {
  const std::string_view rest = std::string_view{buffer_}.substr(begin_);
  if (rest.size() < length_size) return std::optional<std::string>{};
  const std::size_t length = length_at(rest);
  if (length > message_max) return fail(fmt::format("a message of {} octets was announced", length));
  if (rest.size() - length_size < length) return std::optional<std::string>{};
  std::optional<std::string> message{rest.substr(length_size, length)};
  begin_ += length_size + length;
  if (begin_ > std::size_t{1} << 20U) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  return message;
}

}  // namespace tcpjury::runner
