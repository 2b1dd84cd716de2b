// What the exchanges are made of: a stack and its peer on one stage, and a log of all that is said.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "targets/reference/peer_test.h"

namespace tcpjury::reference {

inline std::string text_of(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

inline Bytes hex(std::initializer_list<unsigned> values) {
  Bytes octets;
  for (const unsigned value : values) octets.push_back(static_cast<std::byte>(value));
  return octets;
}

/// A stack, its peer, and what is written down.
struct Stage {
  explicit Stage(const std::string& settings, wire::Family family = wire::Family::v4)
      : bench{settings}, peer{bench, 40'000, family} {}

  void listener(const Bytes& options = Peer::mss_1460()) { handle = peer.connect_to_listener(options); }
  void opener(const Bytes& options = Peer::mss_1460()) { handle = peer.answer_open(options); }
  void wait(std::chrono::nanoseconds span) {
    const auto end = bench.now() + span;
    while (bench.step(end - bench.now())) static_cast<void>(peer.take());
    bench.wait(end - bench.now());
    static_cast<void>(peer.take());
  }
  void send(wire::FlagSet flags, std::string_view text = {}, const Unusual& unusual = {}) {
    note("> " + wire::to_string(flags));
    peer.send(flags, text, unusual);
    static_cast<void>(peer.take());
  }
  void give(std::size_t size) {
    note("send " + std::to_string(bench.send(handle, text_of(size)).count));
    static_cast<void>(peer.take());
  }
  void read(std::size_t most = 65'536) {
    const auto answer = bench.receive(handle, most);
    note("read " + answer.text + (answer.peer_closed ? " end" : ""));
    static_cast<void>(peer.take());
  }
  void close() {
    note(bench.close(handle).ok ? "closed" : "not closed");
    static_cast<void>(peer.take());
  }
  void state() { note("state " + std::to_string(bench.state(handle))); }
  /// Where the target's first octet stands, plus `count`.
  [[nodiscard]] wire::SeqNum theirs(std::int64_t count) const { return plus(peer.target_iss, 1 + count); }
  [[nodiscard]] wire::SeqNum ours(std::int64_t count) const { return plus(peer.iss, 1 + count); }
  void acknowledge(std::int64_t count) { send(wire::ack, {}, {.ack = theirs(count)}); }
  void note(const std::string& line) { peer.transcript.push_back(line); }

  Bench bench;
  Peer peer;
  tcpjury_handle handle = 0;
};

inline void keep(Stage& stage, std::vector<std::string>& log) {
  static_cast<void>(stage.peer.take());
  log.insert(log.end(), stage.peer.transcript.begin(), stage.peer.transcript.end());
  log.emplace_back("--");
}

/// Brings a connection into each state from ESTABLISHED on, and then does `what`.
template <class What>
void in_each_state(const std::string& settings, std::vector<std::string>& log, const Bytes& options,
                   What what) {
  for (const int state : {TCPJURY_ESTABLISHED, TCPJURY_FIN_WAIT_1, TCPJURY_FIN_WAIT_2, TCPJURY_CLOSE_WAIT,
                          TCPJURY_CLOSING, TCPJURY_LAST_ACK, TCPJURY_TIME_WAIT}) {
    Stage stage{settings};
    stage.listener(options);
    if (state == TCPJURY_CLOSE_WAIT || state == TCPJURY_LAST_ACK) stage.send(wire::fin | wire::ack);
    if (state != TCPJURY_ESTABLISHED && state != TCPJURY_CLOSE_WAIT) stage.close();
    if (state == TCPJURY_FIN_WAIT_2) stage.send(wire::ack);
    if (state == TCPJURY_CLOSING) stage.send(wire::fin | wire::ack, {}, {.ack = stage.theirs(0)});
    if (state == TCPJURY_TIME_WAIT) stage.send(wire::fin | wire::ack);
    stage.state();
    what(stage);
    stage.state();
    stage.read();
    keep(stage, log);
  }
}

using Log = std::vector<std::string>;

// exchanges_opening_test.cpp
void openings(const std::string& settings, Log& log);
void syn_received(const std::string& settings, Log& log);
void syn_sent(const std::string& settings, Log& log);
void headers(const std::string& settings, Log& log);
void addresses(const std::string& settings, Log& log);

// exchanges_synchronized_test.cpp
void synchronized_states(const std::string& settings, Log& log);
void timestamps(const std::string& settings, Log& log);
void icmp(const std::string& settings, Log& log);
void endings(const std::string& settings, Log& log);

// exchanges_text_test.cpp
void text_arrives(const std::string& settings, Log& log);
void window_closes(const std::string& settings, Log& log);
void selective(const std::string& settings, Log& log);
void sending(const std::string& settings, Log& log);

// exchanges_user_test.cpp
void user_options(const std::string& settings, Log& log);
void fast_open(const std::string& settings, Log& log);
void user_timeout_option(const std::string& settings, Log& log);
void too_big_again(const std::string& settings, Log& log);
void tail_loss_probes(const std::string& settings, Log& log);
void urgent_text(const std::string& settings, Log& log);
void source_routes(const std::string& settings, Log& log);

// exchanges_flow_test.cpp
void window_of_peer(const std::string& settings, Log& log);
void windows_scaled(const std::string& settings, Log& log);
void congestion(const std::string& settings, Log& log);
void congestion_marks(const std::string& settings, Log& log);
void timers(const std::string& settings, Log& log);

}  // namespace tcpjury::reference
