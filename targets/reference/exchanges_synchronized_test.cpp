// One segment, call or message in each state, timestamps, ICMP, and the end.
#include "targets/reference/stage_test.h"

namespace tcpjury::reference {

using std::chrono::minutes;
using std::chrono::seconds;
using wire::ack;
using wire::fin;
using wire::psh;
using wire::rst;
using wire::SeqNum;
using wire::syn;
using wire::urg;

void synchronized_states(const std::string& settings, Log& log) {
  const auto all = [&](auto what) { in_each_state(settings, log, Peer::mss_1460(), what); };
  all([](Stage& s) { s.send(ack, "old", {.seq = s.ours(-3)}); });
  all([](Stage& s) { s.send(ack, "far", {.seq = plus(s.peer.nxt, 100'000)}); });
  all([](Stage& s) { s.send(ack, "1", {.seq = plus(s.peer.nxt, -1)}); });
  all([](Stage& s) { s.send(ack, {}, {.seq = plus(s.peer.nxt, -1)}); });
  all([](Stage& s) { s.send(rst, {}, {.seq = plus(s.peer.nxt, -1)}); });
  all([](Stage& s) { s.send(rst, {}, {.seq = plus(s.peer.nxt, 100'000)}); });
  all([](Stage& s) { s.send(rst, {}, {.seq = plus(s.peer.nxt, 10)}); });
  all([](Stage& s) { s.send(rst | ack, {}, {}); });
  all([](Stage& s) { s.send(rst); });
  all([](Stage& s) { s.send(rst, "why"); });
  all([](Stage& s) { s.send(syn, {}, {.seq = plus(s.peer.nxt, 10)}); });
  all([](Stage& s) { s.send(syn | ack, "in", {.seq = s.peer.nxt}); });
  all([](Stage& s) { s.send(syn, {}, {.seq = plus(s.peer.nxt, 100'000)}); });
  all([](Stage& s) { s.send(syn | ack, {}, {.seq = s.ours(-1)}); });
  all([](Stage& s) { s.send(psh, "no ack"); });
  all([](Stage& s) { s.send(ack, "future", {.ack = plus(s.peer.rcv_nxt, 1'000)}); });
  all([](Stage& s) { s.send(ack); });
  all([](Stage& s) { s.send(ack, {}, {.ack = s.theirs(0)}); });
  all([](Stage& s) { s.send(fin | ack); });
  all([](Stage& s) { s.send(fin | ack, {}, {.seq = plus(s.peer.nxt, -1)}); });
  all([](Stage& s) { s.send(fin | ack, "text"); });
  all([](Stage& s) {
    s.send(fin | ack, {}, {.seq = plus(s.peer.nxt, 10)});
    s.send(ack, "0123456789");
  });
  all([](Stage& s) { s.send(fin | ack, {}, {.seq = plus(s.peer.nxt, 100'000)}); });
  all([](Stage& s) { s.send(ack | urg, "urgent", {.urgent = 3}); });
  all([](Stage& s) { s.send(ack | urg, {}, {.urgent = 30}); });
  all([](Stage& s) {
    s.send(ack, "text");
    s.wait(seconds{1});
  });
  all([](Stage& s) {
    s.wait(seconds{70});
    s.send(ack, "late");
  });
  all([](Stage& s) {
    s.note(s.bench.abort(s.handle).error);
    s.send(ack, "after");
  });
  all([](Stage& s) {
    s.note(s.bench.release(s.handle).error);
    s.send(ack, "after");
  });
  all([](Stage& s) {
    s.close();
    s.close();
  });
  all([](Stage& s) {
    s.give(100);
    s.wait(minutes{7});
  });
  all([](Stage& s) { s.send(ack, "bad sum", {.checksum = 0x1234}); });
  all([](Stage& s) {
    for (int i = 0; i < 150; ++i) s.send(syn, {}, {.seq = plus(s.peer.nxt, 10)});
  });
  all([](Stage& s) { s.send(syn, {}, {.seq = plus(s.peer.nxt, 900'000)}); });
  all([](Stage& s) {
    s.wait(seconds{45});
    s.send(fin | ack, {}, {.seq = plus(s.peer.nxt, -1)});
    s.wait(seconds{45});
    s.send(ack, "x");
  });
}

void timestamps(const std::string& settings, Log& log) {
  in_each_state(settings, log, Peer::everything(), [](Stage& s) {
    s.send(ack, "old", {.tsval = 4'000});
    s.send(rst, {}, {.seq = plus(s.peer.nxt, 10), .tsval = 9'000});
    s.send(ack, "next", {.tsval = 5'002});
    s.send(ack, "equal", {.tsval = 5'002});
    s.send(ack, "beyond", {.seq = plus(s.peer.nxt, 50), .tsval = 5'100});
    s.wait(seconds{5});
    s.send(ack, "none", {.options = Bytes{}});
    s.send(rst, {}, {.tsval = 3'000});
  });
  in_each_state(settings, log, Peer::everything(), [](Stage& s) {
    s.send(ack, "big", {.tsval = 0x7000'0000});
    s.wait(seconds{1});
    s.send(ack, "wrap", {.tsval = 0xd000'0000});
    s.wait(seconds{1});
    s.send(ack, "past", {.tsval = 4});
    s.give(3'000);
    s.note(s.bench.abort(s.handle).error);
  });
  Stage unagreed{settings};
  unagreed.listener();
  unagreed.send(ack, "stamped", {.tsval = 17});
  unagreed.wait(seconds{1});
  keep(unagreed, log);
  Stage opener{settings};
  opener.opener(Peer::everything());
  opener.give(5'000);
  opener.wait(seconds{3});
  opener.send(ack);
  keep(opener, log);
}

void icmp(const std::string& settings, Log& log) {
  struct Message {
    std::uint8_t type, code;
    std::uint32_t rest;
  };
  const auto play = [&](wire::Family family, Message message, std::int64_t shift, bool opening) {
    Stage stage{settings, family};
    wire::TcpSegment about;
    if (opening) {
      stage.handle = stage.bench.open(stage.peer.self).handle;
      const auto first = stage.peer.take();
      if (!first.empty()) about = first.front();
    } else {
      stage.listener();
      stage.bench.send(stage.handle, text_of(3'000));
      const auto first = stage.peer.take();
      if (!first.empty()) about = first.front();
    }
    about.seq = plus(about.seq, shift);
    stage.peer.icmp(message.type, message.code, message.rest, about);
    static_cast<void>(stage.peer.take());
    stage.state();
    stage.give(20'000);
    stage.wait(seconds{4});
    keep(stage, log);
  };
  for (const bool opening : {true, false}) {
    for (const std::int64_t shift : {0, 100'000}) {
      for (const Message message :
           {Message{3, 1, 0}, Message{3, 3, 0}, Message{11, 0, 0}, Message{12, 0, 0}, Message{4, 0, 0},
            Message{3, 4, 1'000}, Message{3, 4, 0}, Message{3, 4, 50}})
        play(wire::Family::v4, message, shift, opening);
      for (const Message message :
           {Message{1, 0, 0}, Message{1, 4, 0}, Message{2, 0, 1'300}, Message{2, 0, 900}})
        play(wire::Family::v6, message, shift, opening);
    }
  }
}

void endings(const std::string& settings, Log& log) {
  for (const bool stamped : {false, true}) {
    for (const int variant : {0, 1, 2}) {
      Stage stage{settings};
      stage.listener(stamped ? Peer::everything() : Peer::mss_1460());
      stage.close();
      stage.send(fin | ack);
      stage.peer.timestamps = false;
      const std::optional<std::uint32_t> later = stamped ? std::optional{6'000U} : std::nullopt;
      const std::optional<std::uint32_t> earlier = stamped ? std::optional{4'000U} : std::nullopt;
      if (variant == 0) stage.send(syn, {}, {.seq = SeqNum{900'000}, .tsval = later});
      if (variant == 1) stage.send(syn, {}, {.seq = SeqNum{9'000}, .tsval = earlier});
      if (variant == 2) stage.wait(minutes{3});
      stage.state();
      stage.send(ack, "late");
      keep(stage, log);
    }
  }
  Stage unread{settings};
  unread.listener();
  unread.send(ack, "unread");
  unread.note(unread.bench.release(unread.handle).error);
  unread.send(ack, "more");
  keep(unread, log);
  Stage again{settings};
  for (const std::uint16_t port : std::initializer_list<std::uint16_t>{40'001, 40'002, 40'003}) {
    Peer other{again.bench, port};
    other.connect_to_listener();
    again.note(other.transcript.empty() ? "" : other.transcript.front());
    again.wait(seconds{1});
  }
  keep(again, log);
}

}  // namespace tcpjury::reference
