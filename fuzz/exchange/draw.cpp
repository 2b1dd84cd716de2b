#include "fuzz/exchange/draw.h"

#include <algorithm>
#include <array>

namespace tcpjury::exchange {
namespace {

using model::State;
using namespace std::chrono_literals;

constexpr std::int32_t far = 0x4000'0000;
constexpr std::int32_t farthest = INT32_MIN;

/// True when an octet of a datagram belongs to the addresses of its IP header.
bool in_addresses(BytesView datagram, std::size_t at) {
  const bool v6 = (datagram.front() >> 4) == std::byte{6};
  return v6 ? at >= 8 && at < 40 : at >= 12 && at < 20;
}

bool gone(State s) { return s == State::closed || s == State::listen; }

}  // namespace

Event Drawer::next(const Player& player) {
  if (!begun_) {
    begun_ = true;
    if (!once_in(5)) return Call{.kind = Call::Kind::listen};
  }
  if (once_in(150) && !player.listening()) return Call{.kind = Call::Kind::listen};
  if (once_in(600)) return Call{.kind = Call::Kind::stop_listening};
  return for_flow(player, choose_flow(player));
}

Flow Drawer::choose_flow(const Player& player) {
  const auto states = player.states(current_);
  const bool over =
      states.empty() || (!player.untouched(current_) && std::ranges::all_of(states, gone) && once_in(2));
  if (over && current_ + 1U < flows_max) {
    ++current_;
  } else if (once_in(40)) {  // a little of another connection in between
    return static_cast<Flow>(random_.below(std::min<std::size_t>(current_ + 2U, flows_max)));
  }
  return current_;
}

Event Drawer::for_flow(const Player& player, Flow flow) {
  const auto states = player.states(flow);
  if (states.empty()) return pause();
  const State state = states[random_.below(states.size())];
  if (gone(state)) return player.untouched(flow) ? begin(player, flow) : again(flow);
  if (once_in(60)) return rarity(player, flow);
  if (state == State::syn_sent) return answer_syn(flow);
  if (state == State::syn_received) return finish_handshake(flow);
  return live(player, flow);
}

// ---- opening ---------------------------------------------------------------------------------------------

Segment Drawer::syn(Flow flow) {
  Segment s{.flow = flow, .flags = wire::syn};
  if (!once_in(8)) s.syn.mss = static_cast<std::uint16_t>(once_in(3) ? between(64, 9000) : 1460);
  if (once_in(2)) s.syn.window_scale = static_cast<std::uint8_t>(random_.below(16));
  s.syn.sack_permitted = once_in(2);
  s.syn.timestamps = once_in(2);
  s.window = once_in(3) ? any_window() : std::uint16_t{65'535};
  if (once_in(25)) s.length = any_length();
  if (once_in(40) && lies_.control)
    s.flags = s.flags | wire::FlagSet{static_cast<std::uint8_t>(random_.next32())};
  return s;
}

Event Drawer::begin(const Player& player, Flow flow) {
  const std::uint64_t choice = random_.below(100);
  if (choice < 8 || (!player.listening() && choice < 70)) return Call{.kind = Call::Kind::open, .flow = flow};
  if (choice < 16) return lie(flow);
  if (!player.listening() && choice < 85) return Call{.kind = Call::Kind::listen};
  return syn(flow);
}

/// The connection is gone: a new one on the same ports, or segments that come too late.
Event Drawer::again(Flow flow) {
  if (once_in(3)) return lie(flow);
  if (once_in(6)) return pause();
  Segment s = syn(flow);
  constexpr std::array<std::int32_t, 6> steps{0, 1, 64'000, -1, far, 250'000};
  s.seq.offset = steps[random_.below(steps.size())];
  return s;
}

Event Drawer::answer_syn(Flow flow) {
  const std::uint64_t choice = random_.below(100);
  if (choice < 6) return pause();
  if (choice < 10) return Call{.kind = Call::Kind::send, .flow = flow, .length = any_length()};
  if (choice < 12) return Call{.kind = Call::Kind::close, .flow = flow};
  if (choice < 26) return lie(flow);
  Segment s = syn(flow);
  s.seq = {Base::irs, 0};
  if (choice >= 40) s.flags = s.flags | wire::ack;  // else both open at once
  if (choice >= 94 && lies_.acknowledgment) s.ack = any_ack();
  return s;
}

Event Drawer::finish_handshake(Flow flow) {
  const std::uint64_t choice = random_.below(100);
  if (choice < 6) return pause();
  if (choice < 8) return Call{.kind = Call::Kind::close, .flow = flow};
  if (choice < 30) return lie(flow);
  if (choice < 36 && lies_.syn) {  // our SYN again
    Segment s = syn(flow);
    s.seq = {Base::irs, 0};
    return s;
  }
  Segment s = choice < 50 ? text(flow) : Segment{.flow = flow};
  if (choice < 42) s.flags = s.flags | wire::fin;
  return s;
}

// ---- a living connection ---------------------------------------------------------------------------------

std::uint16_t Drawer::any_length() {
  constexpr std::array<std::uint16_t, 8> usual{1, 2, 100, 536, 537, 1000, 1400, 1460};
  return once_in(3) ? static_cast<std::uint16_t>(between(1, 1400)) : usual[random_.below(usual.size())];
}

std::uint16_t Drawer::any_window() {
  constexpr std::array<std::uint16_t, 7> usual{0, 0, 1, 535, 1460, 4096, 65'535};
  return once_in(4) ? static_cast<std::uint16_t>(random_.next32()) : usual[random_.below(usual.size())];
}

Advance Drawer::pause() {
  constexpr std::array<Duration, 14> usual{1us,    1ms, 10ms, 100ms, 250ms, 500ms, 1s,
                                           1500ms, 3s,  5s,   20s,   60s,   2min,  10min};
  if (once_in(80)) return {std::chrono::minutes{between(10, 150)}};
  // Short ones most of the time: what waits long is soon over.
  const std::size_t least = std::min(random_.below(usual.size()), random_.below(usual.size()));
  return {usual[once_in(6) ? random_.below(usual.size()) : least]};
}

Segment Drawer::text(Flow flow) {
  Segment s{.flow = flow, .flags = wire::ack};
  if (once_in(2)) s.flags = s.flags | wire::psh;
  s.length = any_length();
  return s;
}

Number Drawer::any_seq() {
  switch (random_.below(14)) {
    case 0:
      return {Base::rcv_nxt, -1};
    case 1:
      return {Base::rcv_nxt, 1};
    case 2:
      return {Base::rcv_nxt, -between(1, 3000)};
    case 3:
      return {Base::rcv_nxt, between(1, 3000)};
    case 4:
      return {Base::rcv_edge, -1};
    case 5:
      return {Base::rcv_edge, 0};
    case 6:
      return {Base::rcv_edge, 1};
    case 7:
      return {Base::rcv_edge, -between(1, 1500)};
    case 8:
      return {Base::irs, between(-1, 1)};
    case 9:
      return {Base::rcv_nxt, once_in(2) ? far : farthest};
    case 10:
      return {Base::rcv_nxt, static_cast<std::int32_t>(random_.next32())};
    default:
      return {Base::rcv_nxt, 0};
  }
}

Number Drawer::any_ack() {
  switch (random_.below(12)) {
    case 0:
      return {Base::snd_una, -1};
    case 1:
      return {Base::snd_una, 0};
    case 2:
      return {Base::snd_una, 1};
    case 3:
      return {Base::snd_nxt, 1};
    case 4:
      return {Base::snd_nxt, between(1, 100'000)};
    case 5:
      return {Base::iss, between(-1, 1)};
    case 6:
      return {Base::snd_una, once_in(2) ? far : farthest};
    case 7:
      return {Base::snd_una, -between(1, 70'000)};
    default:
      return {Base::snd_nxt, 0};
  }
}

Segment Drawer::lie(Flow flow) {
  Segment s = once_in(2) ? text(flow) : Segment{.flow = flow};
  if (!once_in(3) && lies_.sequence) s.seq = any_seq();
  if (once_in(2) && lies_.acknowledgment) s.ack = any_ack();
  if (once_in(2) && lies_.control)
    s.flags = wire::FlagSet{static_cast<std::uint8_t>(random_.below(once_in(4) ? 256 : 64))};
  if (!lies_.syn) s.flags = s.flags - wire::syn;
  if (once_in(4)) s.window = any_window();
  if (once_in(20)) s.urgent = static_cast<std::uint16_t>(random_.below(2000));
  if (once_in(20)) s.bad_checksum = true;
  if (once_in(40)) s.reserved = static_cast<std::uint8_t>(random_.below(16));
  if (once_in(40)) s.data_offset = static_cast<std::uint8_t>(random_.below(16));
  if (s.flags.has(wire::syn)) s.syn = syn(flow).syn;
  return s;
}

Event Drawer::live(const Player& player, Flow flow) {
  const std::uint64_t choice = random_.below(1000);
  if (choice < 200) return text(flow);
  if (choice < 260) return Segment{.flow = flow, .window = once_in(3) ? any_window() : std::uint16_t{65'535}};
  if (choice < 370)
    return Call{.kind = Call::Kind::send, .flow = flow, .length = once_in(6) ? 20'000U : any_length()};
  if (choice < 460)
    return Call{.kind = Call::Kind::receive, .flow = flow, .length = once_in(3) ? 100'000U : any_length()};
  if (choice < 560) return pause();
  if (choice < 590) {  // the user's part of the end
    const auto kind = choice < 578   ? Call::Kind::close
                      : choice < 585 ? Call::Kind::release
                                     : Call::Kind::abort;
    return Call{.kind = kind, .flow = flow};
  }
  if (choice < 625) {
    Segment s = once_in(2) ? text(flow) : Segment{.flow = flow};
    s.flags = s.flags | wire::fin;
    if (once_in(4) && lies_.sequence) s.seq = any_seq();
    return s;
  }
  if (choice < 665) {  // text again, wholly or in part
    Segment s = text(flow);
    s.seq.offset = -between(1, 2 * s.length);
    return s;
  }
  if (choice < 705) {  // text with a gap before it
    Segment s = text(flow);
    s.seq.offset = between(1, 3000);
    return s;
  }
  if (choice < 735) {  // part of what is outstanding
    const std::uint32_t outstanding =
        player.resolve(flow, {Base::snd_nxt, 0}) - player.resolve(flow, {Base::snd_una, 0});
    Segment s{.flow = flow};
    s.ack = {Base::snd_una, static_cast<std::int32_t>(random_.below(std::min(outstanding, 100'000U) + 1ULL))};
    return s;
  }
  return lie(flow);
}

/// What ends connections or makes the model abstain: rarely, or nothing would get deep.
Event Drawer::rarity(const Player& player, Flow flow) {
  switch (random_.below(6)) {
    case 0: {
      Segment s{.flow = flow, .flags = wire::rst};
      if (once_in(2)) s.flags = s.flags | wire::ack;
      if (once_in(2) && lies_.sequence) s.seq = any_seq();
      return s;
    }
    case 1: {
      if (!lies_.syn) return pause();
      Segment s = syn(flow);
      s.seq = any_seq();
      if (once_in(2)) s.flags = s.flags | wire::ack;
      return s;
    }
    case 2: {
      constexpr std::array<std::uint8_t, 6> codes{0, 1, 2, 3, 4, 13};
      Icmp i{.flow = flow, .code = codes[random_.below(codes.size())]};
      if (player.traits().v4 && once_in(4)) i.type = 11;
      return i;
    }
    case 3: {
      Raw raw{player.last_sent(flow)};
      if (raw.octets.empty()) return pause();
      for (std::uint64_t flips = 1 + random_.below(4); flips > 0; --flips) {
        const std::size_t at = random_.below(raw.octets.size());
        // Another host's address would make it another host's business.
        if (!in_addresses(raw.octets, at)) raw.octets[at] ^= static_cast<std::byte>(1U << random_.below(8));
      }
      return raw;
    }
    case 4: {
      Segment s = text(flow);
      s.options = Bytes(4 * (1 + random_.below(10)));
      for (std::byte& b : *s.options) b = static_cast<std::byte>(random_.below(once_in(2) ? 10 : 256));
      return s;
    }
    default:
      return pause();
  }
}

// ---- sessions --------------------------------------------------------------------------------------------

DrawnSession play_drawn(engine::VirtualTarget& target, std::uint64_t seed, Lies lies,
                        model::Profile profile) {
  Random random{seed};
  const engine::TargetTraits& traits = target.traits();
  const bool v6 = !traits.v4 || (traits.v6 && random.below(2) == 0);
  DrawnSession session;
  session.exchange.family = v6 ? wire::Family::v6 : wire::Family::v4;
  session.exchange.seed = random.next();
  const std::uint64_t length = 10 + random.below(random.below(4) == 0 ? 400 : 120);
  Drawer drawer{random.next(), lies};
  Player player{target, {session.exchange.family, session.exchange.seed, profile}};
  while (!player.over() && session.exchange.events.size() < length) {
    Event event = drawer.next(player);
    player.play(event);
    session.exchange.events.push_back(std::move(event));
  }
  // What is owed later than at once comes due too.
  Event last = Advance{random.below(3) == 0 ? Duration{5min} : Duration{2s}};
  player.play(last);
  session.exchange.events.push_back(std::move(last));
  session.played = player.take();
  return session;
}

Exchange shrunk(Exchange exchange, const std::function<bool(const Exchange&)>& still, std::size_t tries) {
  for (std::size_t chunk = std::max<std::size_t>(exchange.events.size() / 2, 1); chunk > 0; chunk /= 2) {
    for (std::size_t end = exchange.events.size(); end > 0 && tries > 0;) {
      const std::size_t begin = end > chunk ? end - chunk : 0;
      Exchange shorter = exchange;
      shorter.events.erase(shorter.events.begin() + static_cast<std::ptrdiff_t>(begin),
                           shorter.events.begin() + static_cast<std::ptrdiff_t>(end));
      --tries;
      if (still(shorter)) exchange = std::move(shorter);
      end = begin;
    }
  }
  return exchange;
}

}  // namespace tcpjury::exchange
