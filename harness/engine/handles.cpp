#include "harness/engine/handles.h"

#include <algorithm>

namespace tcpjury::engine {
namespace {

std::optional<Handle> find_in(const std::map<std::string, Handle, std::less<>>& map, std::string_view label) {
  const auto found = map.find(label);
  if (found == map.end()) return std::nullopt;
  return found->second;
}

}  // namespace

void Handles::listener(std::string_view label, Handle handle) {
  listeners_.insert_or_assign(std::string{label}, handle);
  owners_.insert_or_assign(handle, std::string{label});
}

void Handles::connection(std::string_view label, Handle handle) {
  connections_.insert_or_assign(std::string{label}, handle);
  owners_.insert_or_assign(handle, std::string{label});
}

void Handles::stray(Handle handle) { owners_.insert_or_assign(handle, std::string{}); }

void Handles::gone(Handle handle) {
  owners_.erase(handle);
  const auto is_it = [handle](const auto& entry) { return entry.second == handle; };
  std::erase_if(listeners_, is_it);
  std::erase_if(connections_, is_it);
}

std::optional<Handle> Handles::listener_of(std::string_view label) const {
  return find_in(listeners_, label);
}
std::optional<Handle> Handles::connection_of(std::string_view label) const {
  return find_in(connections_, label);
}

bool Handles::is_listener(Handle handle) const {
  return std::any_of(listeners_.begin(), listeners_.end(),
                     [handle](const auto& entry) { return entry.second == handle; });
}

std::optional<std::string> Handles::owner(Handle handle) const {
  const auto found = owners_.find(handle);
  if (found == owners_.end()) return std::nullopt;
  return found->second;
}

std::vector<Handle> Handles::all() const {
  std::vector<Handle> list;
  for (const auto& [handle, label] : owners_) {
    if (!is_listener(handle)) list.push_back(handle);
  }
  for (const auto& [label, handle] : listeners_) list.push_back(handle);
  return list;
}

}  // namespace tcpjury::engine
