#include "targets/reference/bench_test.h"

#include <algorithm>
#include <utility>

namespace tcpjury::reference {

Bench::Bench(std::string settings, std::uint64_t seed, wire::IpAddress v4, wire::IpAddress v6)
    : settings_{std::move(settings)} {
  tcpjury_config config{};
  config.struct_size = sizeof config;
  config.frame_kind = TCPJURY_FRAME_IP;
  config.mtu = 1500;
  config.seed = seed;
  config.now = now_;
  std::copy_n(v4.octets.begin(), 4, config.ipv4);
  config.ipv4_prefix = 24;
  std::ranges::copy(v6.octets, config.ipv6);
  config.ipv6_prefix = 64;
  config.harness = this;
  config.packet_out = [](void* self, const std::uint8_t* octets, std::size_t length) {
    const void* start = octets;
    const auto* first = static_cast<const std::byte*>(start);
    static_cast<Bench*>(self)->octets_.emplace_back(first, first + length);
  };
  config.event = [](void* self, const tcpjury_event* event) {
    static_cast<Bench*>(self)->happenings_.push_back({.kind = event->kind,
                                                      .handle = event->handle,
                                                      .child = event->child,
                                                      .text = event->text == nullptr ? "" : event->text});
  };
  config.log = [](void* self, const char* text) { static_cast<Bench*>(self)->log_ += text; };
  config.settings = settings_.empty() ? nullptr : settings_.c_str();
  if (table_->start(&config, &target_) != TCPJURY_OK) target_ = nullptr;
}

Bench::~Bench() {
  if (target_ != nullptr) table_->stop(target_);
}

Answer Bench::call(tcpjury_call& call) {
  call.struct_size = sizeof call;
  tcpjury_reply reply{};
  reply.struct_size = sizeof reply;
  const int outcome = table_->call(target_, &call, &reply);
  return {.ok = outcome == TCPJURY_OK,
          .handle = reply.handle,
          .count = reply.count,
          .state = reply.state,
          .peer_closed = reply.peer_closed != 0,
          .urgent = reply.urgent != 0,
          .error = reply.error};
}

Answer Bench::plain(std::uint32_t kind, tcpjury_handle handle) {
  tcpjury_call request{};
  request.kind = kind;
  request.handle = handle;
  return call(request);
}

Answer Bench::listen(std::uint16_t port, std::uint32_t backlog, wire::Family family) {
  tcpjury_call request{};
  request.kind = TCPJURY_CALL_OPEN_PASSIVE;
  request.family = family == wire::Family::v4 ? 4 : 6;
  request.local_port = port;
  request.backlog = backlog;
  return call(request);
}

Answer Bench::open(wire::Endpoint remote, std::uint16_t local_port) {
  tcpjury_call request{};
  request.kind = TCPJURY_CALL_OPEN_ACTIVE;
  request.family = remote.address.family == wire::Family::v4 ? 4 : 6;
  std::ranges::copy(remote.address.octets, request.remote);
  request.remote_port = remote.port.number;
  request.local_port = local_port;
  return call(request);
}

Answer Bench::open_by(wire::Endpoint remote, const std::vector<wire::IpAddress>& route) {
  tcpjury_call request{};
  request.kind = TCPJURY_CALL_OPEN_ACTIVE;
  request.family = 4;
  std::ranges::copy(remote.address.octets, request.remote);
  request.remote_port = remote.port.number;
  for (std::size_t i = 0; i < route.size(); ++i)
    std::copy_n(route[i].octets.begin(), 4, request.route + 4 * i);
  return call(request);
}

Answer Bench::set(tcpjury_handle handle, tcpjury_option option, std::uint64_t value) {
  tcpjury_call request{};
  request.kind = TCPJURY_CALL_SET;
  request.handle = handle;
  request.option = option;
  request.value = value;
  return call(request);
}

Answer Bench::send(tcpjury_handle handle, std::string_view text, bool urgent) {
  std::vector<std::uint8_t> octets(text.begin(), text.end());
  tcpjury_call request{};
  request.kind = TCPJURY_CALL_SEND;
  request.urgent = urgent ? 1 : 0;
  request.handle = handle;
  request.data = octets.data();
  request.length = octets.size();
  return call(request);
}

Answer Bench::receive(tcpjury_handle handle, std::size_t most) {
  std::vector<std::uint8_t> octets(most);
  tcpjury_call request{};
  request.kind = TCPJURY_CALL_RECEIVE;
  request.handle = handle;
  request.data = octets.data();
  request.length = octets.size();
  Answer answer = call(request);
  answer.text.assign(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(answer.count));
  return answer;
}

void Bench::arrive(BytesView datagram) {
  const void* start = datagram.data();
  EXPECT_EQ(table_->packet_in(target_, static_cast<const std::uint8_t*>(start), datagram.size()), TCPJURY_OK);
}

void Bench::reset(std::uint64_t seed) { EXPECT_EQ(table_->reset(target_, seed, now_), TCPJURY_OK); }

bool Bench::step(std::chrono::nanoseconds span) {
  const std::uint64_t due = next_timer();
  if (due > now_ + static_cast<std::uint64_t>(span.count())) return false;
  EXPECT_GT(due, now_) << "a timer that is always due";
  now_ = due;
  EXPECT_EQ(table_->advance(target_, now_), TCPJURY_OK);
  return true;
}

void Bench::wait(std::chrono::nanoseconds span) {
  const std::uint64_t end = now_ + static_cast<std::uint64_t>(span.count());
  while (step(std::chrono::nanoseconds{static_cast<std::int64_t>(end - now_)})) {
  }
  now_ = end;
  EXPECT_EQ(table_->advance(target_, now_), TCPJURY_OK);
}

std::vector<wire::Packet> Bench::take() {
  std::vector<wire::Packet> packets;
  for (const Bytes& octets : take_octets()) {
    wire::Decoded decoded = wire::decode(octets);
    EXPECT_TRUE(decoded.defects.empty()) << wire::to_string(decoded.packet);
    packets.push_back(std::move(decoded.packet));
  }
  return packets;
}

}  // namespace tcpjury::reference
