// A shared object that was opened and whose vtable holds what the ABI asks for.
#pragma once

#include <filesystem>
#include <string>

#include "harness/base/result.h"
#include "targets/abi/tcpjury_target.h"

namespace tcpjury::targets {

class LoadedPlugin {
 public:
  /// Opens `path` with all symbols resolved at once and none given to others.
  static Result<LoadedPlugin> open(const std::filesystem::path& path);
  LoadedPlugin(LoadedPlugin&& other) noexcept;
  LoadedPlugin& operator=(LoadedPlugin&&) = delete;
  LoadedPlugin(const LoadedPlugin&) = delete;
  LoadedPlugin& operator=(const LoadedPlugin&) = delete;
  ~LoadedPlugin();

  [[nodiscard]] const tcpjury_vtable& table() const { return *table_; }
  [[nodiscard]] const tcpjury_info& info() const { return info_; }

 private:
  LoadedPlugin(void* library, const tcpjury_vtable* table, const tcpjury_info& info)
      : library_{library}, table_{table}, info_{info} {}

  void* library_ = nullptr;
  const tcpjury_vtable* table_ = nullptr;
  tcpjury_info info_{};
};

}  // namespace tcpjury::targets
