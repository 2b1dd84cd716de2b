// What judging adds to an event while one hypothesis is alive. "off" does everything but ask the judge, so
// that the difference of the two is the model's own share; compare within one run, not between machines.
#include <benchmark/benchmark.h>

#include "harness/model/judge.h"
#include "harness/wire/packet.h"

namespace tcpjury::model {
namespace {

using std::chrono::microseconds;

const FourTuple tuple{{wire::IpAddress::v4(192, 0, 2, 2), wire::Port{80}},
                      {wire::IpAddress::v4(198, 51, 100, 1), wire::Port{4000}}};

/// A frame whose numbers are moved along as the connection lives.
wire::Decoded frame(const wire::Endpoint& from, const wire::Endpoint& to, std::uint32_t seq,
                    std::uint32_t ack, wire::FlagSet flags, std::size_t text) {
  wire::Packet packet;
  packet.ip = wire::Ipv4Header{.source = from.address, .destination = to.address};
  packet.payload =
      wire::TcpSegment{.source = from.port,
                       .destination = to.port,
                       .seq = {seq},
                       .ack = {ack},
                       .flags = flags,
                       .window = 65'535,
                       .options = flags.has(wire::syn) ? wire::encode_options({.mss = 1460}) : Bytes{},
                       .text = Bytes(text, std::byte{0x5a})};
  return wire::decode(wire::encode(packet));
}

wire::TcpSegment& segment(wire::Decoded& d) { return std::get<wire::TcpSegment>(d.packet.payload); }

Judge judge_of_an_established_connection(TimePoint& now) {
  Judge judge{Profile::rfc9293, {ClockKind::virtual_time, std::chrono::seconds{60}, {}, 1500}};
  UserCall listen{};
  listen.kind = UserCall::Kind::open_passive;
  listen.connection = tuple;
  judge.call(exactly(now), listen);
  judge.stimulus(exactly(now), frame(tuple.tester, tuple.target, 1000, 0, wire::syn, 0));
  judge.emission(exactly(now), frame(tuple.target, tuple.tester, 5000, 1001, wire::syn | wire::ack, 0));
  now += microseconds{1};
  judge.quiet_until(now);
  judge.stimulus(exactly(now), frame(tuple.tester, tuple.target, 1001, 5001, wire::ack, 0));
  now += microseconds{1};
  judge.quiet_until(now);
  return judge;
}

constexpr std::int64_t events_an_exchange = 5;

/// Text in order, two segments of it for each acknowledgment, read by the user: five reports an exchange.
void text_and_acknowledgment(benchmark::State& state, bool judged) {
  TimePoint now = clock_epoch;
  Judge judge = judge_of_an_established_connection(now);
  const auto octets = static_cast<std::size_t>(state.range(0));
  wire::Decoded text = frame(tuple.tester, tuple.target, 1001, 5001, wire::ack | wire::psh, octets);
  wire::Decoded answer = frame(tuple.target, tuple.tester, 5001, 1001, wire::ack, 0);
  UserCall receive{};
  receive.kind = UserCall::Kind::receive;
  receive.connection = tuple;
  receive.octets = segment(text).text;
  const wire::SeqLen length{static_cast<std::uint32_t>(octets)};
  for (auto _ : state) {
    for (int i = 0; i < 2; ++i) {
      if (judged) {
        judge.stimulus(exactly(now), text);
        judge.call(exactly(now), receive);
      }
      segment(text).seq = segment(text).seq + length;
    }
    segment(answer).ack = segment(text).seq;
    if (judged) {
      judge.emission(exactly(now), answer);
      judge.quiet_until(now + microseconds{1});
    }
    benchmark::DoNotOptimize(answer);
    now += microseconds{2};
  }
  if (!judge.violations().empty()) state.SkipWithError(judge.violations().front().message.c_str());
  state.SetItemsProcessed(state.iterations() * events_an_exchange);
  state.counters["per_event"] =
      benchmark::Counter(static_cast<double>(state.iterations() * events_an_exchange),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

BENCHMARK_CAPTURE(text_and_acknowledgment, model_off, false)->Arg(1)->Arg(100)->Arg(1460);
BENCHMARK_CAPTURE(text_and_acknowledgment, model_on, true)->Arg(1)->Arg(100)->Arg(1460);

}  // namespace
}  // namespace tcpjury::model
