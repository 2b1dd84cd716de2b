#include "targets/reference/exchanges_test.h"

#include "targets/reference/peer_test.h"

namespace tcpjury::reference {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using wire::ack;
using wire::fin;
using wire::FlagSet;
using wire::psh;
using wire::rst;
using wire::SeqNum;
using wire::syn;
using wire::urg;

std::string text_of(std::size_t size) {
  std::string text(size, ' ');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i % 23);
  return text;
}

Bytes hex(std::initializer_list<unsigned> values) {
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
  void send(FlagSet flags, std::string_view text = {}, const Unusual& unusual = {}) {
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
  [[nodiscard]] SeqNum theirs(std::int64_t count) const { return plus(peer.target_iss, 1 + count); }
  [[nodiscard]] SeqNum ours(std::int64_t count) const { return plus(peer.iss, 1 + count); }
  void acknowledge(std::int64_t count) { send(ack, {}, {.ack = theirs(count)}); }
  void note(const std::string& line) { peer.transcript.push_back(line); }

  Bench bench;
  Peer peer;
  tcpjury_handle handle = 0;
};

using Exchange = void (*)(const std::string& settings, std::vector<std::string>& log);

void keep(Stage& stage, std::vector<std::string>& log) {
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
    if (state == TCPJURY_CLOSE_WAIT || state == TCPJURY_LAST_ACK) stage.send(fin | ack);
    if (state != TCPJURY_ESTABLISHED && state != TCPJURY_CLOSE_WAIT) stage.close();
    if (state == TCPJURY_FIN_WAIT_2) stage.send(ack);
    if (state == TCPJURY_CLOSING) stage.send(fin | ack, {}, {.ack = stage.theirs(0)});
    if (state == TCPJURY_TIME_WAIT) stage.send(fin | ack);
    stage.state();
    what(stage);
    stage.state();
    stage.read();
    keep(stage, log);
  }
}

void openings(const std::string& settings, std::vector<std::string>& log) {
  for (const FlagSet flags :
       {syn, syn | fin, fin, FlagSet{}, FlagSet{rst}, FlagSet{ack}, rst | ack, syn | psh}) {
    for (const bool listening : {true, false}) {
      for (const std::string_view text : {"", "text"}) {
        Stage stage{settings};
        if (listening) stage.bench.listen(80);
        stage.peer.rcv_nxt = SeqNum{777};
        stage.send(flags, text);
        stage.wait(seconds{2});
        if (flags.has(syn)) stage.send(ack);
        stage.handle = stage.peer.accepted();
        stage.wait(seconds{1});
        stage.read();
        keep(stage, log);
      }
    }
  }
}

void syn_received(const std::string& settings, std::vector<std::string>& log) {
  const auto begin = [](Stage& stage) {
    stage.bench.listen(80);
    stage.send(syn, {}, {.options = Peer::mss_1460()});
  };
  for (const int variant : {0, 1, 2, 3, 4, 5, 6, 7, 8}) {
    Stage stage{settings};
    begin(stage);
    if (variant == 0) stage.acknowledge(500);
    if (variant == 1) stage.acknowledge(-1);
    if (variant == 2) stage.send(rst);
    if (variant == 3) stage.send(syn, {}, {.seq = stage.ours(100)});
    if (variant == 4) stage.send(syn, {}, {.seq = stage.ours(-1)});
    if (variant == 5) stage.send(ack, "third", {});
    if (variant == 6) stage.wait(minutes{6});
    if (variant == 7) stage.send(fin | ack);
    if (variant == 8) stage.send(rst, {}, {.seq = stage.ours(50)});
    stage.acknowledge(0);
    stage.handle = stage.peer.accepted();
    stage.wait(seconds{1});
    stage.read();
    stage.send(syn, {}, {.seq = SeqNum{70'000}});
    keep(stage, log);
  }
}

void syn_sent(const std::string& settings, std::vector<std::string>& log) {
  for (int variant = 0; variant < 13; ++variant) {
    Stage stage{settings};
    stage.handle = stage.bench.open(stage.peer.self).handle;
    for (const auto& segment : stage.peer.take()) stage.peer.target.port = segment.source;
    if (variant == 0) stage.send(syn | ack, {}, {.ack = stage.theirs(1'000)});
    if (variant == 1) stage.send(ack, {}, {.ack = stage.theirs(1'000)});
    if (variant == 2) stage.send(rst | ack, {}, {.ack = stage.theirs(1'000)});
    if (variant == 3) stage.send(rst | ack);
    if (variant == 4) stage.send(rst);
    if (variant == 5) stage.send(ack);
    if (variant == 6) stage.send(psh);
    if (variant == 7) stage.send(syn | ack, "with text");
    if (variant == 8) stage.send(syn | ack | fin);
    if (variant == 9) stage.send(syn | ack);
    if (variant >= 10) stage.send(syn);
    if (variant == 11) stage.acknowledge(0);
    if (variant == 12) stage.send(syn | ack, {}, {.seq = stage.ours(-1)});
    stage.state();
    stage.wait(minutes{variant % 2 == 0 ? 7 : 1});
    stage.state();
    stage.read();
    keep(stage, log);
  }
}

void synchronized_states(const std::string& settings, std::vector<std::string>& log) {
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

void text_arrives(const std::string& settings, std::vector<std::string>& log) {
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

void window_closes(const std::string& settings, std::vector<std::string>& log) {
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

void window_of_peer(const std::string& settings, std::vector<std::string>& log) {
  Stage stage{settings};
  stage.peer.window = 3'000;
  stage.listener();
  stage.give(30'000);
  stage.send(ack, {}, {.ack = stage.theirs(1'460), .window = 3'000});
  stage.send(ack, "x", {.ack = stage.theirs(0), .window = 60'000});
  stage.send(ack, {}, {.ack = stage.theirs(1'460), .window = 4'400});
  stage.send(ack, {}, {.ack = stage.theirs(4'380), .window = 100});
  stage.send(ack, {}, {.ack = stage.theirs(4'380), .window = 110});
  stage.send(ack, {}, {.ack = stage.theirs(4'380), .window = 40'000});
  stage.wait(seconds{20});
  keep(stage, log);
  for (const int variant : {0, 1, 2}) {
    Stage closed{settings};
    closed.peer.window = 0;
    closed.listener();
    closed.give(variant == 1 ? 0 : 20);
    if (variant == 1) closed.close();
    for (int i = 0; i < 12; ++i) {
      closed.wait(seconds{20});
      if (variant != 2) closed.send(ack, {}, {.ack = closed.theirs(0), .window = 0});
    }
    closed.send(ack, {}, {.ack = closed.theirs(0), .window = 500});
    closed.wait(seconds{5});
    closed.state();
    keep(closed, log);
  }
  Stage shrunk{settings};
  shrunk.listener();
  shrunk.send(ack, {}, {.window = 10'000});
  shrunk.give(5'000);
  shrunk.send(ack, {}, {.ack = shrunk.theirs(2'920), .window = 2'500});
  shrunk.give(4'000);
  shrunk.wait(seconds{10});
  keep(shrunk, log);
}

void windows_scaled(const std::string& settings, std::vector<std::string>& log) {
  for (const unsigned shift : {3U, 20U}) {
    for (const bool active : {false, true}) {
      Stage stage{settings};
      stage.peer.window = 500;
      auto options = wire::encode_options({.mss = 1460, .window_scale = static_cast<std::uint8_t>(shift)});
      if (active)
        stage.opener(options);
      else
        stage.listener(options);
      stage.give(60'000);
      stage.send(ack, {}, {.window = 1});
      for (int i = 1; i < 12; ++i) stage.send(ack, {}, {.ack = stage.theirs(1'460 * i), .window = 1});
      keep(stage, log);
    }
  }
  Stage large{settings};
  large.listener();
  large.send(ack, {}, {.window = 0x9000});
  large.give(5'000);
  keep(large, log);
}

void timestamps(const std::string& settings, std::vector<std::string>& log) {
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

void selective(const std::string& settings, std::vector<std::string>& log) {
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

void congestion(const std::string& settings, std::vector<std::string>& log) {
  for (const bool sack : {false, true}) {
    for (const int variant : {0, 1, 2, 3, 4, 5}) {
      Stage stage{settings};
      stage.listener(wire::encode_options({.mss = 1460, .sack_permitted = sack}));
      stage.give(60'000);
      if (variant == 0) {
        for (int i = 1; i < 42; ++i) stage.acknowledge(1'460LL * i);
        stage.acknowledge(60'000);
        stage.wait(seconds{30});
        stage.give(60'000);
      }
      for (int i = 0; variant > 0 && variant < 5 && i < 4 * variant - 3; ++i) {
        const SeqNum left = stage.theirs(1'460);
        const std::vector<wire::SackBlock> blocks{{left, plus(left, 1'460 * (i + 1))}};
        Unusual duplicate{.ack = stage.theirs(0)};
        if (sack) duplicate.sack = blocks;
        stage.send(ack, variant == 4 && i < 6 ? "piggyback" : "", duplicate);
      }
      if (variant == 2) stage.acknowledge(2'920);
      if (variant == 3) {
        stage.acknowledge(14'600);
        stage.acknowledge(17'520);
      }
      stage.wait(seconds{2});
      stage.acknowledge(1'460);
      for (int i = variant == 5 ? 2 : 4; i < 40; ++i) stage.acknowledge(1'460LL * i);
      keep(stage, log);
    }
  }
  Stage moving{settings};
  moving.listener();
  moving.give(60'000);
  for (std::uint16_t i = 0; i < 5; ++i)
    moving.send(ack, {}, {.ack = moving.theirs(0), .window = static_cast<std::uint16_t>(60'000 + i)});
  moving.wait(seconds{2});
  keep(moving, log);
}

void congestion_marks(const std::string& settings, std::vector<std::string>& log) {
  for (const FlagSet bits : {wire::ece | wire::cwr, FlagSet{wire::ece}, FlagSet{}}) {
    Stage stage{settings};
    stage.bench.listen(80);
    stage.send(syn | bits, {}, {.options = Peer::mss_1460()});
    stage.send(ack);
    stage.handle = stage.peer.accepted();
    stage.send(ack, "marked", {.ecn = 3});
    stage.wait(seconds{1});
    stage.send(ack, "a", {.ecn = 2});
    stage.wait(seconds{1});
    stage.send(ack | wire::cwr, "b", {.ecn = 2});
    stage.wait(seconds{1});
    stage.give(60'000);
    stage.send(ack | wire::ece, {}, {.ack = stage.theirs(7'300)});
    for (int i = 6; i < 14; ++i) stage.acknowledge(1'460LL * i);
    stage.wait(seconds{3});
    keep(stage, log);
  }
}

void timers(const std::string& settings, std::vector<std::string>& log) {
  Stage stage{settings};
  stage.listener();
  stage.give(2'920);
  stage.wait(milliseconds{900});
  stage.acknowledge(1'460);
  stage.wait(seconds{4});
  stage.acknowledge(2'920);
  stage.give(1'460);
  stage.wait(seconds{8});
  stage.acknowledge(4'380);
  stage.wait(minutes{1});
  stage.give(10);
  stage.give(10);
  stage.wait(milliseconds{300});
  stage.acknowledge(4'390);
  stage.acknowledge(4'400);
  stage.give(1'460);
  stage.wait(seconds{5});
  keep(stage, log);
  Stage steady{settings};
  steady.listener();
  steady.give(14'600);
  for (int i = 1; i < 9; ++i) {
    steady.wait(minutes{1});
    steady.acknowledge(100LL * i);
  }
  steady.state();
  keep(steady, log);
  Stage idle{settings};
  idle.listener();
  idle.wait(hours{5});
  idle.state();
  keep(idle, log);
  Stage lossy{settings};
  lossy.bench.listen(80);
  lossy.send(syn);
  lossy.wait(seconds{2});
  lossy.send(ack);
  lossy.handle = lossy.peer.accepted();
  lossy.give(8'000);
  lossy.wait(seconds{5});
  keep(lossy, log);
}

void sending(const std::string& settings, std::vector<std::string>& log) {
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

void headers(const std::string& settings, std::vector<std::string>& log) {
  const std::vector<Bytes> option_areas{hex({253, 6, 1, 2, 3, 4, 2, 4, 1, 44, 1, 1}),
                                        hex({1, 2, 4, 1, 44, 0, 0, 0}),
                                        hex({0, 2, 4, 1, 44, 1, 1, 1}),
                                        hex({2, 0, 0, 0}),
                                        hex({2, 40, 0, 0}),
                                        hex({1, 1, 8, 10, 0, 0, 19, 136, 0, 0, 0, 0})};
  for (const Bytes& area : option_areas) {
    Stage stage{settings};
    stage.listener(area);
    stage.give(2'000);
    stage.send(ack, "more", {.options = hex({2, 4, 5, 180})});
    stage.wait(seconds{1});
    stage.read();
    keep(stage, log);
  }
  Stage odd{settings};
  odd.bench.listen(80);
  odd.send(syn, {}, {.reserved = 5});
  odd.send(syn, {}, {.seq = SeqNum{20'000}, .options = Bytes{}, .data_offset = 15});
  odd.send(syn, {}, {.seq = SeqNum{20'000}, .options = Bytes{}, .data_offset = 4});
  odd.send(syn, {}, {.seq = SeqNum{20'000}, .checksum = 0x1111});
  keep(odd, log);
}

void addresses(const std::string& settings, std::vector<std::string>& log) {
  const auto from_or_to = [&](const char* text, bool from) {
    const auto address = *wire::IpAddress::parse(text);
    Stage stage{settings, address.family};
    stage.bench.listen(80, 16, address.family);
    (from ? stage.peer.self : stage.peer.target).address = address;
    stage.send(syn);
    stage.peer.target.port = {81};
    stage.send(syn);
    keep(stage, log);
  };
  for (const char* source :
       {"224.0.0.1", "255.255.255.255", "127.0.0.1", "0.0.0.0", "192.0.2.255", "192.0.2.2", "ff02::1", "::"})
    from_or_to(source, true);
  for (const char* destination :
       {"224.0.0.1", "255.255.255.255", "192.0.2.255", "192.0.2.77", "ff02::1", "2001:db8::77"})
    from_or_to(destination, false);
  Stage group{settings};
  group.note(group.bench.open({.address = wire::IpAddress::v4(224, 0, 0, 1), .port = {80}}).error);
  keep(group, log);
}

void icmp(const std::string& settings, std::vector<std::string>& log) {
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

void endings(const std::string& settings, std::vector<std::string>& log) {
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

constexpr Exchange exchanges[] = {
    openings,       syn_received,   syn_sent,   synchronized_states, text_arrives, window_closes,
    window_of_peer, windows_scaled, timestamps, selective,           congestion,   congestion_marks,
    timers,         sending,        headers,    addresses,           icmp,         endings};

}  // namespace

std::vector<std::string> run_exchanges(const std::string& settings) {
  std::vector<std::string> log;
  for (const Exchange exchange : exchanges) exchange(settings, log);
  return log;
}

}  // namespace tcpjury::reference
