// Whatever arrives, and whatever mistakes are switched on, the stack neither crashes nor floods nor spins.
#include <algorithm>

#include "harness/base/random.h"
#include "targets/reference/faults.h"
#include "targets/reference/peer_test.h"

namespace tcpjury::reference {
namespace {

using std::chrono::milliseconds;

std::string some_faults(Random& random) {
  const auto families = fault_families();
  std::string setting;
  for (std::uint64_t i = random.below(4); i > 0; --i)
    setting += (setting.empty() ? "fault=" : ",") + std::string{families[random.below(families.size())].name};
  return setting;
}

Bytes some_options(Random& random) {
  Bytes octets(random.below(11) * 4);
  for (std::byte& octet : octets)
    octet = static_cast<std::byte>(random.below(random.below(3) == 0 ? 256 : 12));
  return octets;
}

/// A number near what matters, or anywhere.
wire::SeqNum near(Random& random, wire::SeqNum number) {
  const std::int64_t spans[] = {0, 0, 0, 1, -1, 10, -10, 1'460, -1'460, 64'239, 64'240, 70'000, -100'000};
  if (random.below(20) == 0) return {random.next32()};
  return plus(number, spans[random.below(std::size(spans))]);
}

void send_something(Peer& peer, Random& random) {
  Unusual unusual{.seq = near(random, peer.nxt), .ack = near(random, peer.rcv_nxt)};
  if (random.below(3) == 0) unusual.window = static_cast<std::uint16_t>(random.next32() >> random.below(32));
  unusual.urgent = static_cast<std::uint16_t>(random.below(2) * random.below(3'000));
  unusual.ecn = static_cast<std::uint8_t>(random.below(4));
  if (random.below(6) == 0) unusual.options = some_options(random);
  if (random.below(4) == 0) unusual.tsval = peer.tsval + static_cast<std::uint32_t>(random.below(200)) - 100;
  for (std::uint64_t i = random.below(4) * random.below(2); i > 0; --i) {
    const wire::SeqNum left = near(random, peer.rcv_nxt);
    unusual.sack.push_back({left, plus(left, static_cast<std::int64_t>(random.below(5'000)))});
  }
  if (random.below(12) == 0) unusual.data_offset = static_cast<std::uint8_t>(random.below(16));
  const std::uint8_t usual[] = {0x10, 0x10, 0x10, 0x18, 0x11, 0x02, 0x12, 0x04, 0x14};
  wire::FlagSet flags{usual[random.below(std::size(usual))]};
  if (random.below(6) == 0) flags.bits = static_cast<std::uint8_t>(random.below(256));
  const std::string text(random.below(4) == 0 ? random.below(1'500) : random.below(20), 't');
  peer.send(flags, text, unusual);
  if (random.below(2) == 0 && flags.has(wire::ack))
    peer.nxt = plus(*unusual.seq, static_cast<std::int64_t>(text.size()));
}

void call_something(Bench& bench, Random& random, tcpjury_handle handle) {
  switch (random.below(12)) {
    case 0:
      bench.close(handle);
      return;
    case 1:
      if (random.below(4) == 0) bench.release(handle);
      return;
    case 2:
      if (random.below(4) == 0) bench.abort(handle);
      return;
    case 3:
    case 4:
      bench.receive(handle, random.below(3'000));
      return;
    case 5:
      bench.wait(milliseconds{random.below(100'000)});
      return;
    default:
      bench.send(handle, std::string(random.below(5'000), 's'));
      return;
  }
}

TEST(Robustness, NothingThatArrivesBreaksIt) {
  for (std::uint64_t seed = 0; seed < 400; ++seed) {
    Random random{seed};
    const std::string setting = some_faults(random);
    SCOPED_TRACE(setting + " seed " + std::to_string(seed));
    Bench bench{setting, seed};
    ASSERT_EQ(bench.refusal(), "");
    Peer peer{bench, 40'000, random.below(2) == 0 ? wire::Family::v4 : wire::Family::v6};
    const Bytes options = random.below(2) == 0 ? Peer::everything() : Peer::mss_1460();
    tcpjury_handle handle =
        random.below(3) == 0 ? peer.answer_open(options) : peer.connect_to_listener(options);
    std::size_t said = 0;
    for (int i = 0; i < 80; ++i) {
      if (random.below(3) == 0) call_something(bench, random, handle);
      send_something(peer, random);
      if (random.below(8) == 0) bench.wait(milliseconds{random.below(3'000)});
      const auto segments = peer.take();
      said += segments.size();
      if (!segments.empty() && random.below(10) == 0)
        peer.icmp(static_cast<std::uint8_t>(random.below(13)), static_cast<std::uint8_t>(random.below(6)),
                  static_cast<std::uint32_t>(random.below(1'600)), segments.front());
      if (const auto child = peer.accepted(); child != 0) handle = child;
    }
    EXPECT_LT(said, 20'000U);
  }
}

TEST(Robustness, OctetsThatAreNoDatagramAreIgnored) {
  Random random{7};
  Bench bench;
  for (int i = 0; i < 5'000; ++i) {
    Bytes octets(random.below(120));
    for (std::byte& octet : octets) octet = static_cast<std::byte>(random.below(256));
    if (!octets.empty()) octets.front() = static_cast<std::byte>(random.below(2) == 0 ? 0x45 : 0x60);
    bench.arrive(octets);
  }
  EXPECT_TRUE(bench.take_octets().empty());
}

}  // namespace
}  // namespace tcpjury::reference
