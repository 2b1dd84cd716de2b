// Nanoseconds for each of the things done for every segment. Compare within one run, not between machines.
#include <benchmark/benchmark.h>

#include "harness/wire/checksum.h"
#include "harness/wire/packet.h"
#include "harness/wire/tcp_view.h"

namespace tcpjury::wire {
namespace {

Packet sample(Family family, std::size_t text) {
  Packet packet;
  if (family == Family::v4) {
    packet.ip = Ipv4Header{.source = IpAddress::v4(192, 0, 2, 1), .destination = IpAddress::v4(192, 0, 2, 2)};
  } else {
    packet.ip = Ipv6Header{.source = *IpAddress::parse("2001:db8::1"),
                           .destination = *IpAddress::parse("2001:db8::2")};
  }
  packet.payload = TcpSegment{.source = {80},
                              .destination = {40000},
                              .seq = {1000},
                              .ack = {2000},
                              .flags = ack,
                              .window = 65535,
                              .options = encode_options({.timestamps = Timestamps{1, 2}}),
                              .text = Bytes(text, std::byte{0x5a})};
  return packet;
}

void count_octets(benchmark::State& state, std::size_t octets) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(octets));
}

/// Arguments: octets of text; 4 or 6.
Packet sample(const benchmark::State& state) {
  return sample(state.range(1) == 4 ? Family::v4 : Family::v6, static_cast<std::size_t>(state.range(0)));
}

void encode_datagram(benchmark::State& state) {
  const Packet packet = sample(state);
  for (auto _ : state) benchmark::DoNotOptimize(encode(packet));
  count_octets(state, encode(packet).size());
}

void decode_datagram(benchmark::State& state) {
  const Bytes frame = encode(sample(state));
  for (auto _ : state) benchmark::DoNotOptimize(decode(frame));
  count_octets(state, frame.size());
}

void view_segment(benchmark::State& state) {
  const Packet packet = sample(state);
  const Bytes octets = encode_segment(*packet.tcp(), packet.source(), packet.destination());
  for (auto _ : state) {
    const auto view = TcpView::parse(octets);
    benchmark::DoNotOptimize(view->checksum() == view->right_checksum(packet.source(), packet.destination()));
  }
  count_octets(state, octets.size());
}

void checksum(benchmark::State& state) {
  const Bytes octets(static_cast<std::size_t>(state.range(0)), std::byte{0x5a});
  for (auto _ : state) benchmark::DoNotOptimize(internet_checksum(octets));
  count_octets(state, octets.size());
}

void notation(benchmark::State& state) {
  const Packet packet = sample(Family::v4, 100);
  for (auto _ : state) benchmark::DoNotOptimize(to_notation(*packet.tcp(), {.seq = SeqNum{1000}}));
}

BENCHMARK(encode_datagram)->ArgsProduct({{0, 100, 1448}, {4, 6}});
BENCHMARK(decode_datagram)->ArgsProduct({{0, 100, 1448}, {4, 6}});
BENCHMARK(view_segment)->ArgsProduct({{0, 1448}, {4, 6}});
BENCHMARK(checksum)->Arg(20)->Arg(40)->Arg(1500)->Arg(65535);
BENCHMARK(notation);

}  // namespace
}  // namespace tcpjury::wire
