// Opening connections, header and addresses.
#include "targets/reference/stage_test.h"

namespace tcpjury::reference {

using std::chrono::minutes;
using std::chrono::seconds;
using wire::ack;
using wire::fin;
using wire::FlagSet;
using wire::psh;
using wire::rst;
using wire::SeqNum;
using wire::syn;

void openings(const std::string& settings, Log& log) {
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

void syn_received(const std::string& settings, Log& log) {
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

void syn_sent(const std::string& settings, Log& log) {
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

void headers(const std::string& settings, Log& log) {
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

void addresses(const std::string& settings, Log& log) {
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

}  // namespace tcpjury::reference
