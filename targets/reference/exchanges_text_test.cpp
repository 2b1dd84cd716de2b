// Text in both directions, the own window, selective acknowledgments.
#include "targets/reference/stage_test.h"

namespace tcpjury::reference {

using std::chrono::minutes;
using std::chrono::seconds;
using wire::ack;
using wire::fin;
using wire::rst;
using wire::SeqNum;
using wire::urg;

void text_arrives(const std::string& settings, Log& log) {
  for (const auto family : {wire::Family::v4, wire::Family::v6}) {
    Stage stage{settings, family};
    stage.listener();
    stage.send(ack, "one");
    stage.wait(seconds{1});
    stage.read();
    for (int i = 0; i < 6; ++i) stage.send(ack, text_of(1'460));
    stage.wait(seconds{1});
    stage.send(ack, "beyond", {.seq = plus(stage.peer.nxt, 10)});
    stage.send(ack, "0123456789");
    stage.wait(seconds{1});
    stage.read();
    stage.peer.nxt = plus(stage.peer.nxt, 6);
    stage.send(ack, "xyz0", {.seq = plus(stage.peer.nxt, -3)});
    stage.peer.nxt = plus(stage.peer.nxt, 1);
    stage.send(ack, "1");
    stage.wait(seconds{1});
    stage.read();
    stage.send(ack | urg, "urgent", {.urgent = 3});
    stage.send(ack | urg, "later", {.urgent = 300});
    stage.send(ack | urg, "zero", {.urgent = 0});
    stage.wait(seconds{1});
    stage.read();
    stage.give(101);
    stage.acknowledge(101);
    stage.note(stage.bench.close(stage.handle).error);
    keep(stage, log);
  }
  Stage wrap{settings};
  wrap.peer.iss = SeqNum{0xffff'fff0};
  wrap.listener();
  for (int i = 0; i < 4; ++i) wrap.send(ack, "0123456789");
  wrap.read();
  keep(wrap, log);
}

void window_closes(const std::string& settings, Log& log) {
  for (const bool scaled : {false, true}) {
    Stage stage{settings};
    stage.listener(scaled ? wire::encode_options({.mss = 1460, .window_scale = 2}) : Peer::mss_1460());
    stage.give(300);
    for (int i = 0; i < 43; ++i) stage.send(ack, text_of(1'460), {.ack = stage.theirs(0)});
    stage.send(ack, text_of(2'000), {.ack = stage.theirs(0)});
    stage.peer.nxt = plus(stage.peer.iss, 1 + 44 * 1'460);
    stage.send(ack, "full", {.seq = stage.peer.nxt});
    stage.wait(seconds{3});
    stage.send(rst, {}, {.seq = plus(stage.peer.nxt, 1)});
    for (int i = 0; i < 4; ++i) stage.read(500);
    stage.send(ack, "more");
    stage.wait(seconds{1});
    stage.read();
    stage.read();
    keep(stage, log);
  }
  Stage full{settings};
  full.listener();
  for (int i = 0; i < 44; ++i) full.send(ack, text_of(1'460));
  full.send(rst);
  full.state();
  keep(full, log);
}

void selective(const std::string& settings, Log& log) {
  for (const auto& options :
       {Peer::everything(), wire::encode_options({.mss = 1460, .sack_permitted = true}), Peer::mss_1460()}) {
    Stage stage{settings};
    stage.listener(options);
    const SeqNum start = stage.peer.nxt;
    for (const int at : {20, 60, 100, 20}) stage.send(ack, "held", {.seq = plus(start, at)});
    stage.peer.nxt = start;
    stage.send(ack, text_of(20));
    stage.peer.nxt = plus(start, 24);
    stage.send(ack, "gap and more", {.seq = plus(start, 16)});
    stage.send(ack, "x", {.seq = plus(start, 28)});
    stage.send(ack, "old", {.seq = start});
    stage.send(ack, "y", {.seq = plus(start, 29)});
    stage.wait(seconds{1});
    stage.read();
    keep(stage, log);
  }
}

void sending(const std::string& settings, Log& log) {
  for (const unsigned mss : {0U, 300U, 1'460U}) {
    for (const auto family : {wire::Family::v4, wire::Family::v6}) {
      Stage stage{settings, family};
      wire::OptionFields fields{.timestamps = {{.tsval = 5'000, .tsecr = 0}}};
      if (mss != 0) fields.mss = static_cast<std::uint16_t>(mss);
      stage.listener(wire::encode_options(fields));
      stage.send(ack, "peer");
      stage.give(2'001);
      stage.wait(seconds{2});
      stage.acknowledge(500);
      stage.wait(seconds{10});
      stage.close();
      stage.acknowledge(2'001);
      stage.wait(seconds{5});
      keep(stage, log);
    }
  }
  Stage narrow{settings};
  narrow.peer.window = 1'000;
  narrow.listener();
  narrow.give(3'000);
  narrow.close();
  for (int i = 1; i < 5; ++i) narrow.acknowledge(1'000 * i > 3'000 ? 3'001 : 1'000 * i);
  narrow.state();
  keep(narrow, log);
  Stage half{settings};
  half.listener();
  half.send(fin | ack);
  half.give(500);
  half.acknowledge(500);
  half.close();
  half.wait(seconds{3});
  half.acknowledge(501);
  half.state();
  half.send(ack, "gone");
  keep(half, log);
  Stage waits{settings};
  waits.listener();
  waits.close();
  waits.acknowledge(1);
  waits.wait(minutes{3});
  waits.send(ack, "still here");
  waits.wait(seconds{1});
  waits.read();
  keep(waits, log);
}

}  // namespace tcpjury::reference
