// Which handle of the target's user interface belongs to which connection of the scenario.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/target_port.h"

namespace tcpjury::engine {

class Handles {
 public:
  void listener(std::string_view label, Handle handle);
  void connection(std::string_view label, Handle handle);
  /// A child nobody of this scenario asked for: kept only so that it is closed at the end.
  void stray(Handle handle);
  /// The target said that the handle is gone.
  void gone(Handle handle);

  [[nodiscard]] std::optional<Handle> listener_of(std::string_view label) const;
  [[nodiscard]] std::optional<Handle> connection_of(std::string_view label) const;
  [[nodiscard]] bool any_listener() const { return !listeners_.empty(); }
  [[nodiscard]] bool is_listener(Handle handle) const;
  /// The label a handle belongs to; empty for a stray, nothing for a handle that is not ours.
  [[nodiscard]] std::optional<std::string> owner(Handle handle) const;
  /// Connections first, then listeners.
  [[nodiscard]] std::vector<Handle> all() const;

 private:
  std::map<std::string, Handle, std::less<>> listeners_;
  std::map<std::string, Handle, std::less<>> connections_;
  std::map<Handle, std::string> owners_;  ///< living handles
};

}  // namespace tcpjury::engine
