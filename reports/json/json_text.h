// Emits JSON text piece by piece: a run of many transcripts never exists as a tree in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tcpjury::reports {

/// Quoted and escaped after RFC 8259; octets that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string json_string(std::string_view text);

/// Objects and arrays in the order of the calls. The caller keeps begin and end in balance.
class JsonText {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }
  /// The next value is this member's.
  void key(std::string_view name);
  void value(std::string_view text);
  void value(std::uint64_t number);
  void flag(bool b);
  /// A number or other JSON text, taken literally.
  void literal(std::string_view text);
  /// Starts a new line before the next value: for people who read the file with line tools.
  void line() { line_pending_ = true; }

  void member(std::string_view name, std::string_view text) { key(name), value(text); }
  void member(std::string_view name, std::uint64_t number) { key(name), value(number); }
  /// Nothing when `text` is empty.
  void member_unless_empty(std::string_view name, std::string_view text) {
    if (!text.empty()) member(name, text);
  }

  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();

  std::string out_;
  bool first_ = true;  ///< nothing stands yet in the innermost bracket, or a key was just written
  bool line_pending_ = false;
};

}  // namespace tcpjury::reports
