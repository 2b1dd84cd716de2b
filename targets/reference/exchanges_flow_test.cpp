// The peer's window, congestion control and timers.
#include "targets/reference/stage_test.h"

namespace tcpjury::reference {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using wire::ack;
using wire::FlagSet;
using wire::SeqNum;
using wire::syn;

void window_of_peer(const std::string& settings, Log& log) {
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

void windows_scaled(const std::string& settings, Log& log) {
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

void congestion(const std::string& settings, Log& log) {
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

void congestion_marks(const std::string& settings, Log& log) {
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

void timers(const std::string& settings, Log& log) {
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

}  // namespace tcpjury::reference
