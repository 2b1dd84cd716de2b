// What a plugin says through the callbacks, kept until the engine takes it; every misdeed is noted.
#pragma once

#include <string>
#include <vector>

#include "harness/base/bytes.h"
#include "harness/engine/target_port.h"
#include "targets/abi/tcpjury_target.h"

namespace tcpjury::targets {

class Inbox {
 public:
  static constexpr std::size_t events_max = 65'536;
  static constexpr std::size_t text_max = 512;  ///< octets of a text kept; the rest is cut off

  /// Callbacks for tcpjury_config; `inbox` is its `harness`.
  static void packet_out(void* inbox, const std::uint8_t* octets, std::size_t length);
  static void event(void* inbox, const tcpjury_event* event);
  static void log(void* inbox, const char* text);

  /// Notes what the plugin did wrong. Only the first is kept: what follows is often its consequence.
  void blame(std::string what);
  /// The first misdeed since the last time, or an empty text.
  [[nodiscard]] std::string take_blame();
  [[nodiscard]] std::string take_log();
  [[nodiscard]] std::vector<Bytes> take_packets();
  [[nodiscard]] std::vector<engine::AppEvent> take_events();
  void clear();

 private:
  std::vector<Bytes> packets_ = {};
  std::vector<engine::AppEvent> events_ = {};
  std::string blame_ = {};
  std::string log_ = {};
};

/// At most `max` octets of a text that may not be terminated within its buffer.
[[nodiscard]] std::string bounded_text(const char* text, std::size_t max);

}  // namespace tcpjury::targets
