#include "fuzz/exchange/player.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "harness/base/assert.h"
#include "harness/base/random.h"
#include "harness/engine/judge_input.h"

namespace tcpjury::exchange {
namespace {

using engine::TranscriptEvent;

constexpr wire::Port target_port{7000};
constexpr std::uint16_t tester_port_first = 40'000;
/// Turns of the clock in one exchange. Far above what hours with a coarse timer take.
constexpr std::uint64_t turns_max = 20'000'000;

const engine::AddressPlan& plan_of(const engine::TargetTraits& traits, wire::Family family) {
  const auto& plan = family == wire::Family::v4 ? traits.v4 : traits.v6;
  TCPJURY_ASSERT(plan.has_value());
  return *plan;
}

std::uint64_t mixed(std::uint64_t hash, BytesView octets) {
  return hash64({reinterpret_cast<const char*>(octets.data()), octets.size()}, hash);
}

}  // namespace

Player::Player(engine::VirtualTarget& target, const Setup& setup)
    : target_{target},
      setup_{setup},
      judge_{setup.profile, engine::facts_of(target.traits())},
      hash_{hash64("")} {
  const engine::AddressPlan& plan = plan_of(target.traits(), setup.family);
  local_ = {plan.target, target_port};
  for (std::size_t i = 0; i < flows_.size(); ++i) {
    const auto port = static_cast<std::uint16_t>(tester_port_first + i);
    flows_[i].tuple = {local_, {plan.tester_first, wire::Port{port}}};
  }
  played_.result.scenario = "random";
  played_.result.variant = fmt::format("family={},seed={:#x}", wire::to_string(setup.family), setup.seed);
  survived(target_.reset(setup.seed, clock_epoch));
}

void Player::play(const Event& event) {
  if (over_) return;
  ++played_.events;
  std::visit([this](const auto& e) { perform(e); }, event);
  settle();
}

Played Player::take() {
  using engine::Verdict;
  played_.result.verdict = outcome_.verdict();
  played_.result.reason = outcome_.reason();
  played_.result.requirements = outcome_.requirements({}, &judge_, engine::Strictness::normal);
  played_.result.violations = outcome_.violations();
  played_.result.duration = now_ - clock_epoch;
  played_.result.transcript = recorder_.take();
  played_.undecided = judge_.undecided();
  played_.hash = hash_;
  return std::move(played_);
}

// ---- what a generator may look at ------------------------------------------------------------------------

std::vector<model::State> Player::states(Flow flow) const {
  const Channel& channel = flows_[flow];
  if (channel.target_opens && channel.tuple.target.port.number == 0) return {model::State::syn_sent};
  return judge_.states(channel.tuple);
}

std::uint32_t Player::fresh_iss(Flow flow) const {
  Random random{setup_.seed ^ (0x1551'0000ULL + flow)};
  // Near the wrap and near the sign bit is where arithmetic goes wrong.
  constexpr std::uint32_t edges[] = {0xffff'fff0, 0x7fff'fff0, 0, 0xffff'0000};
  const std::uint64_t choice = random.below(8);
  return choice < 4 ? edges[choice] : random.next32();
}

std::uint32_t Player::resolve(Flow flow, const Number& number) const {
  const Channel& channel = flows_[flow];
  const engine::TesterSide& side = channel.side;
  const auto known = [&](std::string_view name) { return judge_.variable(channel.tuple, name); };
  const auto rcv_nxt = [&] {
    return known("rcv.nxt").value_or(side.iss() ? side.snd_nxt().raw : fresh_iss(flow));
  };
  const std::uint32_t base = [&]() -> std::uint32_t {
    switch (number.base) {
      case Base::zero:
        return 0;
      case Base::rcv_nxt:
        return rcv_nxt();
      case Base::rcv_edge:
        return rcv_nxt() + known("rcv.wnd").value_or(side.variable("snd.wnd").value_or(0));
      case Base::irs:
        return side.iss() ? side.iss()->raw : fresh_iss(flow);
      case Base::snd_una:
        return known("snd.una").value_or(side.rcv_nxt().raw);
      case Base::snd_nxt:
        return known("snd.nxt").value_or(side.rcv_nxt().raw);
      case Base::iss:
        return known("iss").value_or(side.irs() ? side.irs()->raw : 0);
    }
    TCPJURY_UNREACHABLE();
  }();
  return base + static_cast<std::uint32_t>(number.offset);
}

// ---- what the target says --------------------------------------------------------------------------------

Player::Channel* Player::channel_at(const wire::Endpoint& tester) {
  const auto found = std::ranges::find_if(flows_, [&](const Channel& c) { return c.tuple.tester == tester; });
  return found == flows_.end() ? nullptr : &*found;
}

std::string Player::label(const Channel& channel) const {
  const auto index = &channel - flows_.data();
  return index == 0 ? std::string{"main"} : fmt::format("{}", index);
}

void Player::record(TranscriptEvent event) {
  event.at = now_;
  event.step = static_cast<std::uint32_t>(played_.events);
  const auto at = static_cast<std::uint64_t>(now_.time_since_epoch().count());
  hash_ = hash64(fmt::format("{}|{}|{}", at, static_cast<int>(event.kind), event.note), hash_);
  hash_ = mixed(hash_, event.octets);
  recorder_.add(std::move(event));
}

void Player::report() {
  for (const Bytes& datagram : target_.take_output()) frame(datagram);
  for (const engine::AppEvent& event : target_.take_events()) notice(event);
  judge_.quiet_until(now_);
  look();
}

void Player::frame(const Bytes& datagram) {
  wire::Decoded decoded = wire::decode(datagram);
  const wire::TcpSegment* segment = decoded.packet.tcp();
  Channel* channel =
      segment == nullptr ? nullptr : channel_at({decoded.packet.destination(), segment->destination});
  record({.kind = TranscriptEvent::Kind::received,
          .conn = channel == nullptr ? std::string{} : label(*channel),
          .octets = datagram});
  if (channel != nullptr && channel->target_opens && segment->flags.has(wire::syn) &&
      channel->tuple.target.port.number == 0)
    channel->tuple.target.port = segment->source;
  judge_.emission(exactly(now_), decoded);
  if (channel != nullptr && segment->source == channel->tuple.target.port) {
    if (decoded.defects.empty()) channel->side.received(*segment);
    channel->last_received = std::move(decoded.packet);
  }
  look();
}

void Player::notice(const engine::AppEvent& event) {
  Channel* channel = nullptr;
  if (event.kind == scenario::UserEvent::accepted) {
    channel = channel_at(event.remote);
    if (channel != nullptr) channel->handle = event.child;
  } else {
    const auto found = std::ranges::find(flows_, std::optional{event.handle}, &Channel::handle);
    if (found != flows_.end()) channel = &*found;
  }
  record({.kind = TranscriptEvent::Kind::notice,
          .conn = channel == nullptr ? std::string{} : label(*channel),
          .note = event.text.empty() ? std::string{scenario::to_string(event.kind)}
                                     : fmt::format("{}: {}", scenario::to_string(event.kind), event.text)});
  if (channel == nullptr) return;
  judge_.notice(exactly(now_), {engine::notice_kind(event.kind), channel->tuple});
  if (engine::ends_connection(event.kind)) channel->handle.reset();
  look();
}

void Player::look() {
  played_.hypotheses = std::max(played_.hypotheses, judge_.hypotheses());
  for (Channel& channel : flows_) {
    if (!channel.touched || channel.tuple.target.port.number == 0) continue;
    auto states = judge_.states(channel.tuple);
    if (states == channel.states_noted) continue;
    channel.states_noted = std::move(states);
    std::vector<std::string_view> names;
    for (const model::State s : channel.states_noted) names.push_back(model::to_string(s));
    record({.kind = TranscriptEvent::Kind::state,
            .conn = label(channel),
            .note = names.empty() ? "not judged any more" : fmt::format("{}", fmt::join(names, " or "))});
  }
  const auto& found = judge_.violations();
  for (; violations_seen_ < found.size(); ++violations_seen_) {
    const model::Violation& violation = found[violations_seen_];
    record({.kind = TranscriptEvent::Kind::mark,
            .note = fmt::format("{} ({}): {}", violation.requirement, model::to_string(violation.level),
                                violation.message)});
    outcome_.add({.what = violation,
                  .step = static_cast<std::uint32_t>(played_.events),
                  .fingerprint = engine::fingerprint(violation, "")});
    outcome_.worsen(engine::verdict_of(violation.level, engine::Strictness::normal),
                    fmt::format("{}: {}", violation.requirement, violation.message));
    over_ = over_ || violation.fatal;
  }
  if (!judge_.undecided().empty() && !over_) {
    outcome_.worsen(engine::Verdict::inconclusive, judge_.undecided());
    over_ = true;
  }
}

// ---- time ------------------------------------------------------------------------------------------------

void Player::step_time(TimePoint until) {
  if (++turns_ > turns_max) return break_down(fmt::format("no end after {} turns of the clock", turns_max));
  const TimePoint due = std::min({until, target_.next_timer(), judge_.next_deadline()});
  now_ = std::min(until, std::max(due, now_ + Duration{1}));
  survived(target_.advance(now_));
  report();
}

void Player::settle() {
  while (!over_ && !judge_.settled() && judge_.next_deadline() != never) step_time(never);
}

void Player::perform(const Advance& advance) {
  const TimePoint until = now_ + advance.by;
  while (!over_ && now_ < until) step_time(until);
}

void Player::survived(const Result<void>& result) {
  if (!result) break_down(result.error().message);
}

void Player::break_down(std::string why) {
  outcome_.worsen(engine::Verdict::fail, fmt::format("the target failed: {}", why));
  record({.kind = TranscriptEvent::Kind::mark, .note = why});
  if (played_.broken.empty()) played_.broken = std::move(why);
  over_ = true;
}

Played play(const Exchange& exchange, engine::VirtualTarget& target, model::Profile profile) {
  Player player{target, {.family = exchange.family, .seed = exchange.seed, .profile = profile}};
  for (const Event& event : exchange.events) {
    if (player.over()) break;
    player.play(event);
  }
  return player.take();
}

}  // namespace tcpjury::exchange
