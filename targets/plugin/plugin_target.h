// The host side of the C ABI: any shared object that exports tcpjury_target_entry() as a virtual target.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/engine/target_port.h"
#include "targets/abi/tcpjury_target.h"
#include "targets/plugin/ethernet.h"
#include "targets/plugin/inbox.h"
#include "targets/plugin/loaded.h"

namespace tcpjury::targets {

/// Where the target lives: one subnet of its own per family, everything else behind its gateway. The tester
/// is behind the gateway too, so that it can have as many addresses as it likes (RFC 5737, RFC 3849).
struct PluginAddresses {
  wire::IpAddress ipv4 = wire::IpAddress::v4(192, 0, 2, 2);
  std::uint8_t ipv4_prefix = 24;
  wire::IpAddress ipv4_gateway = wire::IpAddress::v4(192, 0, 2, 1);
  wire::IpAddress ipv4_tester = wire::IpAddress::v4(198, 51, 100, 1);
  std::uint32_t ipv4_testers = 254;
  wire::IpAddress ipv6 = {wire::Family::v6, {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}};
  std::uint8_t ipv6_prefix = 64;
  wire::IpAddress ipv6_gateway = {wire::Family::v6,
                                  {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  wire::IpAddress ipv6_tester = {wire::Family::v6,
                                 {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}};
  std::uint32_t ipv6_testers = 65'534;
};

struct PluginOptions {
  std::filesystem::path path;
  std::uint64_t seed = 1;
  TimePoint now = clock_epoch;
  std::uint32_t mtu = 1500;  ///< octets of an IP datagram, 1280 to 65535
  PluginAddresses addresses = {};
  /// What the user asked of this adapter alone (tcpjury_config.settings), by name. The plugin refuses to
  /// start on a name or value it does not know; neither may hold white space, a name no '='
  /// (plain_setting()).
  std::map<std::string, std::string> settings = {};
};

/// True when the pair survives the ABI's form "name=value name=value".
[[nodiscard]] bool plain_setting(std::string_view name, std::string_view value);

/// A stack behind the C ABI. Whatever the plugin does that the ABI forbids (short of writing to memory it
/// does not own) comes back as an error of the call during which it was noticed.
class PluginTarget final : public engine::VirtualTarget {
 public:
  /// Loads the shared object, checks what it says about itself and starts the stack. Errors name the file
  /// and what is wrong with it.
  static Result<std::unique_ptr<PluginTarget>> load(const PluginOptions& options);
  PluginTarget(const PluginTarget&) = delete;
  PluginTarget& operator=(const PluginTarget&) = delete;
  ~PluginTarget() override;

  [[nodiscard]] const engine::TargetTraits& traits() const override;
  /// False: reset() fails, every case needs a process of its own.
  [[nodiscard]] bool can_reset() const { return (plugin_.info().capabilities & TCPJURY_CAP_RESET) != 0; }
  /// Fails for a plugin without CAP_RESET: its worker process must be started anew.
  Result<void> reset(std::uint64_t seed, TimePoint now) override;
  Result<void> packet_in(BytesView datagram) override;
  Result<void> advance(TimePoint now) override;
  [[nodiscard]] TimePoint next_timer() override;
  engine::AppReply call(const engine::AppRequest& request) override;
  std::vector<Bytes> take_output() override;
  std::vector<engine::AppEvent> take_events() override;

 private:
  PluginTarget(LoadedPlugin plugin, const PluginOptions& options);
  Result<void> start(const PluginOptions& options);
  /// Waits for the stack's threads, and turns what was noted about the plugin into an error.
  Result<void> settled(int outcome, std::string_view function);
  Result<void> deliver(BytesView packet);
  /// Ethernet: takes the plugin's frames apart and answers for the gateway until the link is quiet.
  int run_link();

  LoadedPlugin plugin_;
  Inbox inbox_ = {};
  std::optional<EthernetGateway> gateway_ = {};  ///< for plugins that want Ethernet frames
  std::vector<Bytes> datagrams_ = {};            ///< Ethernet: taken out of frames, not yet taken
  tcpjury_target* target_ = nullptr;
  engine::TargetTraits traits_ = {};
  TimePoint now_ = clock_epoch;
};

}  // namespace tcpjury::targets
