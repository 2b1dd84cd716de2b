#include "targets/plugin/loaded.h"

#include <dlfcn.h>
#include <fmt/core.h>

#include <memory>
#include <utility>

namespace tcpjury::targets {
namespace {

constexpr const char* rebuild = "rebuild the plugin with the targets/abi/tcpjury_target.h of this tcpjury";

struct Closer {
  void operator()(void* library) const { ::dlclose(library); }
};

// What is wrong with a vtable; empty when nothing is. The version is read first: nothing behind it is known
// to lie where this header says if it differs.
std::string defect_of(const tcpjury_vtable& table) {
  if (table.abi_version != TCPJURY_ABI_VERSION)
    return fmt::format("it speaks version {} of the target ABI, this tcpjury speaks version {}",
                       table.abi_version, TCPJURY_ABI_VERSION);
  if (table.struct_size < sizeof(tcpjury_vtable))
    return fmt::format("its vtable has {} octets, expected {}", table.struct_size, sizeof(tcpjury_vtable));
  const std::pair<const char*, bool> required[] = {
      {"info", table.info != nullptr},       {"start", table.start != nullptr},
      {"stop", table.stop != nullptr},       {"packet_in", table.packet_in != nullptr},
      {"advance", table.advance != nullptr}, {"next_timer", table.next_timer != nullptr},
      {"call", table.call != nullptr},
  };
  for (const auto& [name, present] : required)
    if (!present) return fmt::format("its vtable has no {}()", name);
  return {};
}

std::string defect_of(const tcpjury_info& info, const tcpjury_vtable& table) {
  if (info.struct_size != sizeof(tcpjury_info))
    return fmt::format("info() says its structure has {} octets, expected {}", info.struct_size,
                       sizeof(tcpjury_info));
  if (info.abi_version != TCPJURY_ABI_VERSION)
    return fmt::format("info() says ABI version {}, its vtable says {}", info.abi_version,
                       TCPJURY_ABI_VERSION);
  if (info.name == nullptr || *info.name == '\0') return "info() gives no name";
  if (info.version == nullptr) return "info() gives no version";
  if (info.frame_kind != TCPJURY_FRAME_IP && info.frame_kind != TCPJURY_FRAME_ETHERNET)
    return fmt::format("info() names an unknown frame kind, {}", info.frame_kind);
  if ((info.capabilities & (TCPJURY_CAP_IPV4 | TCPJURY_CAP_IPV6)) == 0)
    return "it speaks neither IPv4 nor IPv6";
  if ((info.capabilities & TCPJURY_CAP_RESET) != 0 && table.reset == nullptr)
    return "it claims CAP_RESET, but its vtable has no reset()";
  return {};
}

}  // namespace

Result<LoadedPlugin> LoadedPlugin::open(const std::filesystem::path& path) {
  const auto name = path.string();
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored))
    return fail(fmt::format("there is no file {}", name), "give the path of a target's shared object");
  // A name without a slash would be looked for in the system's library folders.
  const auto absolute = std::filesystem::absolute(path, ignored);
  std::unique_ptr<void, Closer> library{::dlopen(absolute.c_str(), RTLD_NOW | RTLD_LOCAL)};
  if (!library) return fail(fmt::format("{} cannot be loaded: {}", name, ::dlerror()));

  using Entry = decltype(&tcpjury_target_entry);
  const auto entry = reinterpret_cast<Entry>(::dlsym(library.get(), "tcpjury_target_entry"));
  if (entry == nullptr)
    return fail(fmt::format("{} is not a target: it does not export tcpjury_target_entry()", name), rebuild);
  const auto* table = entry();
  if (table == nullptr)
    return fail(fmt::format("{} is not a target: tcpjury_target_entry() gives no vtable", name));
  if (const auto defect = defect_of(*table); !defect.empty())
    return fail(fmt::format("{} is not a usable target: {}", name, defect), rebuild);

  tcpjury_info info{};
  info.struct_size = sizeof info;
  table->info(&info);
  if (const auto defect = defect_of(info, *table); !defect.empty())
    return fail(fmt::format("{} is not a usable target: {}", name, defect), rebuild);
  return LoadedPlugin{library.release(), table, info};
}

LoadedPlugin::LoadedPlugin(LoadedPlugin&& other) noexcept
    : library_{std::exchange(other.library_, nullptr)}, table_{other.table_}, info_{other.info_} {}

LoadedPlugin::~LoadedPlugin() {
  if (library_ != nullptr) ::dlclose(library_);
}

}  // namespace tcpjury::targets
