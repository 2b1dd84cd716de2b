#include "harness/runner/testing/hostile.h"

#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "harness/runner/blackbox.h"
#include "harness/runner/worker_process.h"
#include "harness/scenario/load.h"
#include "harness/wire/packet.h"

namespace tcpjury::runner::testing {
namespace {

constexpr std::string_view cases = R"(
id = "trap"
title = "A SYN whose window tells the target what to do"
[matrix]
family = ["v4"]
n = [1, 2, 3, 4, 5, 6]
[[step]]
call = { listen = {} }
[[step]]
send = { ctl = "SYN", seq = "J", wnd = "n" }
[[step]]
expect = { ctl = "SYN,ACK" }
)";

/// The default action, also under a sanitizer that would catch the signal.
[[noreturn]] void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  std::raise(signal);
  std::_Exit(1);
}

void scribble() {
  void* box = ::mmap(nullptr, blackbox_size, PROT_READ | PROT_WRITE, MAP_SHARED, worker_blackbox_fd, 0);
  // The records and their number, but not the case under way: a stack that forges that is another test.
  if (box != MAP_FAILED) std::memset(static_cast<char*>(box) + 40, 0xa5, 65'536);
}

void spring(const std::string& kind) {
  if (kind == "segv") die_of(SIGSEGV);
  if (kind == "abort") die_of(SIGABRT);
  if (kind == "exit") std::_Exit(3);
  if (kind == "noise") {
    std::puts("to standard output");
    std::fflush(stdout);
    std::fputs("stack smashed at line 7\n", stderr);
    die_of(SIGABRT);
  }
  if (kind == "internal") {
    std::fputs("tcpjury: internal error: x > 0 at y.cpp:1; this is a bug of tcpjury\n", stderr);
    die_of(SIGABRT);
  }
  if (kind == "scribble") {
    scribble();
    die_of(SIGSEGV);
  }
  if (kind == "sleep") ::pause();
  if (kind == "garbage" && ::write(worker_socket_fd, "\x03\0\0\0{]}", 7) != 7) std::_Exit(1);
  while (kind == "loop") {
    static volatile unsigned turns = 0;
    turns = turns + 1;
  }
}

class HostileTarget final : public engine::VirtualTarget {
 public:
  explicit HostileTarget(std::string kind) : kind_{std::move(kind)} {
    using enum scenario::Capability;
    traits_.name = kind_;
    traits_.version = "1.0";
    traits_.capabilities = {ipv4, open_passive};
    traits_.v4 = {.target = wire::IpAddress::v4(192, 0, 2, 2),
                  .tester_first = wire::IpAddress::v4(198, 51, 100, 1),
                  .tester_count = 4};
  }
  [[nodiscard]] const engine::TargetTraits& traits() const override { return traits_; }
  Result<void> reset(std::uint64_t, TimePoint) override {
    if (kind_ == "no-reset") return fail("it cannot be reset");
    return {};
  }
  Result<void> packet_in(BytesView datagram) override {
    const wire::Decoded frame = wire::decode(datagram);
    const wire::TcpSegment* segment = frame.packet.tcp();
    if (kind_ == "no-reset" && segment != nullptr && segment->flags == wire::syn && ++syns_ > 1) {
      return fail("two cases in one process");
    }
    if (segment != nullptr && segment->flags == wire::syn && segment->window == trap_window) spring(kind_);
    return {};
  }
  Result<void> advance(TimePoint) override { return {}; }
  [[nodiscard]] TimePoint next_timer() override { return never; }
  engine::AppReply call(const engine::AppRequest&) override { return {.ok = true, .handle = 1}; }
  std::vector<Bytes> take_output() override { return {}; }
  std::vector<engine::AppEvent> take_events() override { return {}; }

 private:
  std::string kind_;
  engine::TargetTraits traits_ = {};
  int syns_ = 0;
};

}  // namespace

Result<std::vector<scenario::Variant>> hostile_cases(const std::string& file) {
  auto loaded = scenario::load_text(cases, file);
  if (!loaded.diagnostics.empty()) return fail(to_string(loaded.diagnostics.front()));
  return std::move(loaded.variants);
}

tl::expected<OpenedTarget, OpenFailure> open_hostile(const TargetSpec& spec) {
  if (spec.kind == "segv-at-start") die_of(SIGSEGV);
  if (spec.kind.starts_with("refuse")) {
    return tl::unexpected(OpenFailure{spec.kind == "refuse-environment", {"it will not", "ask it nicely"}});
  }
  OpenedTarget opened;
  opened.in_process = std::make_unique<HostileTarget>(spec.kind);
  opened.can_reset = spec.kind != "no-reset";
  return opened;
}

}  // namespace tcpjury::runner::testing
