// Exchanges about what the user sets: options of a connection, urgent text, source routes.
#include "targets/reference/stage_test.h"

namespace tcpjury::reference {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr std::uint64_t second = 1'000'000'000;

void set(Stage& stage, tcpjury_option option, std::uint64_t value) {
  stage.note(stage.bench.set(stage.handle, option, value).ok ? "set" : "not set");
}

/// CLOSE-WAIT and FIN-WAIT-2 differ in little; what differs between states shows in one of them.
enum class Half : std::uint8_t { open, closed_by_peer, closed_by_user };

void with_each_half(const std::string& settings, Log& log, void (*what)(Stage&)) {
  for (const Half half : {Half::open, Half::closed_by_peer, Half::closed_by_user}) {
    Stage stage{settings};
    stage.listener();
    if (half == Half::closed_by_peer) stage.send(wire::fin | wire::ack);
    if (half == Half::closed_by_user) {
      stage.close();
      stage.send(wire::ack);
    }
    what(stage);
    stage.state();
    keep(stage, log);
  }
}

std::string with(const std::string& settings, const std::string& more) {
  return settings.empty() ? more : settings + " " + more;
}

/// A completed loose source route: `router`, and the peer as the last.
Bytes came_by(unsigned router) { return hex({131, 11, 12, 203, 0, 113, router, 198, 51, 100, 1, 0}); }

}  // namespace

void user_options(const std::string& settings, Log& log) {
  with_each_half(settings, log, [](Stage& stage) {
    set(stage, TCPJURY_OPTION_KEEPALIVE_IDLE, 10 * second);
    set(stage, TCPJURY_OPTION_KEEPALIVE_INTERVAL, 2 * second);
    set(stage, TCPJURY_OPTION_KEEPALIVE, 1);
    stage.wait(seconds{13});
    stage.send(wire::ack);
    set(stage, TCPJURY_OPTION_KEEPALIVE, 0);
    stage.wait(minutes{1});
    stage.give(10);
    set(stage, TCPJURY_OPTION_KEEPALIVE, 1);
    stage.wait(seconds{14});
  });
  with_each_half(settings, log, [](Stage& stage) {
    set(stage, TCPJURY_OPTION_KEEPALIVE, 1);
    stage.wait(hours{3});
  });
  with_each_half(settings, log, [](Stage& stage) {
    set(stage, TCPJURY_OPTION_NAGLE, 0);
    set(stage, TCPJURY_OPTION_DIFFSERV, 46);
    set(stage, TCPJURY_OPTION_TTL, 33);
    stage.give(10);
    stage.give(10);
    stage.send(wire::ack, "x");
    stage.wait(seconds{1});
    set(stage, TCPJURY_OPTION_DIFFSERV, 8);
    stage.send(wire::ack, "y");
    stage.wait(seconds{1});
    set(stage, TCPJURY_OPTION_TTL, 256);
  });
  with_each_half(settings, log, [](Stage& stage) {
    set(stage, TCPJURY_OPTION_ERROR_REPORTS, 1);
    set(stage, TCPJURY_OPTION_USER_TIMEOUT, 20 * second);
    stage.give(10);
    wire::TcpSegment quoted;
    quoted.source = stage.peer.target.port;
    quoted.destination = stage.peer.self.port;
    quoted.seq = stage.theirs(0);
    stage.peer.icmp(3, 1, 0, quoted);
    set(stage, TCPJURY_OPTION_ERROR_REPORTS, 0);
    stage.peer.icmp(3, 1, 0, quoted);
    set(stage, TCPJURY_OPTION_ERROR_REPORTS, 1);
    stage.wait(minutes{1});
  });
  Stage closing{settings};  // FIN-WAIT-1 and LAST-ACK: the FIN is not acknowledged
  closing.listener();
  set(closing, TCPJURY_OPTION_USER_TIMEOUT, 20 * second);
  set(closing, TCPJURY_OPTION_TTL, 33);
  set(closing, TCPJURY_OPTION_DIFFSERV, 46);
  set(closing, TCPJURY_OPTION_ERROR_REPORTS, 1);
  closing.give(10);
  closing.close();
  wire::TcpSegment quoted;
  quoted.source = closing.peer.target.port;
  quoted.destination = closing.peer.self.port;
  quoted.seq = closing.theirs(0);
  closing.peer.icmp(3, 1, 0, quoted);
  closing.wait(minutes{2});
  closing.state();
  keep(closing, log);
}

void fast_open(const std::string& settings, Log& log) {
  const auto on = with(settings, "fast_open=on");
  for (const Bytes& option : {hex({34, 2, 1, 1}), hex({34, 10, 1, 2, 3, 4, 5, 6, 7, 8, 1, 1})}) {
    Stage server{on};
    server.bench.listen(80);
    server.send(wire::syn, "text", {.options = option});
    server.wait(seconds{2});
    keep(server, log);
  }
  Stage client{on};
  for (int round = 0; round < 2; ++round) {
    const auto opened = client.bench.open(client.peer.self);
    for (const auto& segment : client.peer.take()) client.peer.target.port = segment.source;
    client.peer.nxt = client.peer.iss;
    client.send(wire::syn | wire::ack, {}, {.options = hex({34, 6, 9, 8, 7, 6, 1, 1})});
    client.bench.abort(opened.handle);
    client.wait(seconds{1});
  }
  keep(client, log);
  Stage alone{on};
  for (int round = 0; round < 2; ++round) {
    alone.bench.open(alone.peer.self);
    alone.wait(minutes{6});
  }
  keep(alone, log);
}

void user_timeout_option(const std::string& settings, Log& log) {
  const auto on = with(settings, "user_timeout_option=on");
  for (const bool peer_closed : {false, true}) {
    Stage stage{on};
    stage.listener();
    if (peer_closed) stage.send(wire::fin | wire::ack);
    for (const std::uint64_t timeout : {20U, 30U}) {
      set(stage, TCPJURY_OPTION_USER_TIMEOUT, timeout * second);
      stage.give(10);
      stage.send(wire::ack);
    }
    set(stage, TCPJURY_OPTION_KEEPALIVE_IDLE, 10 * second);
    set(stage, TCPJURY_OPTION_KEEPALIVE, 1);
    stage.wait(minutes{1});
    keep(stage, log);
  }
}

void too_big_again(const std::string& settings, Log& log) {
  for (const bool peer_closed : {false, true}) {
    Stage stage{settings};
    stage.listener();
    if (peer_closed) stage.send(wire::fin | wire::ack);
    stage.give(2'920);
    wire::TcpSegment quoted;
    quoted.source = stage.peer.target.port;
    quoted.destination = stage.peer.self.port;
    quoted.seq = stage.theirs(0);
    for (int round = 0; round < 2; ++round) {
      stage.peer.icmp(3, 4, 1'000, quoted);
      stage.wait(milliseconds{100});
    }
    keep(stage, log);
  }
}

void tail_loss_probes(const std::string& settings, Log& log) {
  const auto on = with(settings, "tail_loss_probe=on");
  for (const std::size_t octets : {4'380U, 30'000U}) {
    for (const bool peer_closed : {false, true}) {
      Stage stage{on};
      stage.bench.listen(80);
      stage.send(wire::syn, {}, {.options = wire::encode_options({.mss = 1460, .sack_permitted = true})});
      stage.wait(milliseconds{100});
      stage.send(wire::ack);
      stage.handle = stage.peer.accepted();
      if (peer_closed) stage.send(wire::fin | wire::ack);
      stage.give(100);
      stage.wait(milliseconds{100});
      stage.acknowledge(100);
      stage.give(octets);
      stage.wait(seconds{5});
      keep(stage, log);
    }
  }
}

void urgent_text(const std::string& settings, Log& log) {
  with_each_half(settings, log, [](Stage& stage) {
    set(stage, TCPJURY_OPTION_URGENT, 1);
    stage.bench.send(stage.handle, text_of(3'000), true);
    static_cast<void>(stage.peer.take());
    stage.acknowledge(3'000);
    stage.give(10);
    stage.acknowledge(3'010);
    stage.send(wire::ack | wire::urg, text_of(20), {.urgent = 20});
    stage.note(stage.bench.receive(stage.handle, 10).urgent ? "more urgent" : "no more");
    stage.send(wire::ack | wire::urg, text_of(5), {.urgent = 5});
    stage.note(stage.bench.receive(stage.handle, 10).urgent ? "more urgent" : "no more");
    stage.note(stage.bench.receive(stage.handle, 10).urgent ? "more urgent" : "no more");
  });
  for (const bool peer_closed : {false, true}) {
    Stage far{settings};
    far.listener();
    if (peer_closed) far.send(wire::fin | wire::ack);
    far.send(wire::ack, {}, {.window = 0});
    far.give(65'000);
    far.bench.send(far.handle, text_of(536), true);
    far.send(wire::ack, {}, {.window = 3'000});
    far.wait(seconds{1});
    keep(far, log);
  }
}

void source_routes(const std::string& settings, Log& log) {
  for (const bool peer_closed : {false, true}) {
    Stage stage{settings};
    stage.bench.listen(80);
    stage.send(wire::syn, {}, {.ip_options = came_by(1)});
    stage.send(wire::ack);
    stage.send(wire::ack, "a", {.ip_options = came_by(2)});
    if (peer_closed) stage.send(wire::fin | wire::ack);
    stage.wait(seconds{1});
    stage.send(wire::ack, {}, {.seq = stage.ours(0), .ip_options = came_by(3)});
    stage.send(wire::ack, {}, {.ip_options = came_by(4)});
    stage.handle = stage.peer.accepted();
    stage.give(10);
    stage.wait(seconds{1});
    keep(stage, log);
  }
  Stage opener{settings};
  opener.handle =
      opener.bench.open_by(opener.peer.self, {peer_v4, wire::IpAddress::v4(203, 0, 113, 7)}).handle;
  for (const auto& segment : opener.peer.take()) opener.peer.target.port = segment.source;
  opener.send(wire::syn | wire::ack, {}, {.ip_options = came_by(9)});
  opener.give(10);
  opener.send(wire::fin | wire::ack);
  opener.give(10);
  opener.wait(seconds{2});
  keep(opener, log);
}

}  // namespace tcpjury::reference
