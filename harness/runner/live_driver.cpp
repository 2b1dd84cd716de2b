#include "harness/runner/live_driver.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/assert.h"
#include "harness/wire/packet.h"

namespace tcpjury::runner {

using engine::AppEvent;
using engine::AppReply;
using engine::AppRequest;
using engine::Handle;

namespace {

/// A link that lost something was full, so a short drain needs no look at its counters.
constexpr std::size_t drain_without_suspicion = 64;
constexpr Duration drops_check_interval = std::chrono::milliseconds{100};
/// A session whose deadline stays in the past after it was told the time is asked again this much later.
constexpr Duration overdue_pause = std::chrono::milliseconds{1};
constexpr std::size_t strays_described_max = 32;
constexpr unsigned actions_between_looks = 64;

/// The destination of an IP datagram; nothing when there is no whole header.
std::optional<wire::IpAddress> destination_of(BytesView datagram) {
  const unsigned version = datagram.empty() ? 0 : octet(datagram[0]) >> 4U;
  const std::size_t at = version == 4 ? 16 : 24;
  wire::IpAddress address{version == 4 ? wire::Family::v4 : wire::Family::v6, {}};
  if ((version != 4 && version != 6) || datagram.size() < at + address.size()) return std::nullopt;
  std::transform(datagram.begin() + static_cast<std::ptrdiff_t>(at),
                 datagram.begin() + static_cast<std::ptrdiff_t>(at + address.size()), address.octets.begin(),
                 octet);
  return address;
}

bool ends_handle(const AppRequest& request) {
  return request.kind == AppRequest::Kind::release || request.kind == AppRequest::Kind::abort;
}

}  // namespace

struct LiveDriver::Case {
  CaseNumber number;
  engine::Session session;
  engine::Slot slot;
  std::set<Handle> handles = {};
  TimePoint deadline = never;  ///< as it stands in deadlines_
  bool ready = false;          ///< stands in ready_
  bool touched = false;        ///< stands in touched_
};

LiveDriver::LiveDriver(link::Link& link, engine::AppControl& control, link::EventLoop& loop)
    : link_{link},
      control_{control},
      loop_{loop},
      empty_at_{loop.now()},
      events_polled_at_{empty_at_},
      drops_checked_at_{empty_at_},
      drops_before_{link.dropped()} {
  for (const int descriptor : {link_.native_handle(), control_.native_handle()}) {
    if (descriptor < 0) continue;
    if (auto watched = loop_.watch(descriptor); !watched) broken_ = watched.error();
  }
}

LiveDriver::~LiveDriver() {
  for (const int descriptor : {link_.native_handle(), control_.native_handle()}) loop_.unwatch(descriptor);
}

void LiveDriver::add(CaseNumber number, engine::Session session, engine::Slot slot) {
  auto one =
      std::make_unique<Case>(Case{.number = number, .session = std::move(session), .slot = std::move(slot)});
  for (const wire::IpAddress& address : one->slot.tester_addresses) {
    const bool fresh = by_address_.emplace(address, one.get()).second;
    TCPJURY_ASSERT(fresh);
  }
  if (broken_) one->session.stop(engine::Verdict::error, broken_->message);
  make_ready(*one);
  reschedule(*one);
  const bool fresh = cases_.emplace(number, std::move(one)).second;
  TCPJURY_ASSERT(fresh);
}

LiveDriver::Turn LiveDriver::turn() {
  work();
  if (finished_.empty() && !broken_ && !loop_.interrupted()) wait();
  if (broken_) return Turn::broken;
  return loop_.interrupted() ? Turn::interrupted : Turn::progress;
}

void LiveDriver::stop_all(engine::Verdict verdict, const std::string& reason) {
  for (auto& [number, one] : cases_) {
    one->session.stop(verdict, reason);
    make_ready(*one);
  }
  while (!ready_.empty()) work();
}

// ---- one action --------------------------------------------------------------------------------------

void LiveDriver::work() {
  for (unsigned actions = 1; !ready_.empty(); ++actions) {
    const auto found = cases_.find(ready_.front());
    ready_.pop_front();
    if (found != cases_.end()) act(*found->second);
    if (actions % actions_between_looks != 0) continue;
    expire();
    if (!finished_.empty() || loop_.interrupted()) return;
  }
}

void LiveDriver::act(Case& one) {
  one.ready = false;
  std::optional<engine::Action> action;
  if (!one.session.finished()) action = one.session.next(loop_.now());
  if (one.session.finished()) return retire(one);
  if (!action) return reschedule(one);
  std::visit([&](const auto& what) { perform(one, what); }, *action);
  touch(one);
  settle();
}

void LiveDriver::perform(Case& one, const engine::SendDatagram& send) {
  // The scenario asks for what cannot travel here; that is nobody's fault, and no other session's business.
  if (send.datagram.size() > link_.longest_datagram()) {
    one.session.stop(engine::Verdict::inconclusive,
                     fmt::format("a datagram of {} octets does not fit the link '{}', which takes {}",
                                 send.datagram.size(), link_.name(), link_.longest_datagram()));
    return make_ready(one);
  }
  const TimePoint before = loop_.now();
  const auto sent = link_.send(send.datagram);
  if (!sent) return link_is_gone(sent.error());
  one.session.sent({before, loop_.now()});
}

void LiveDriver::perform(Case& one, const engine::MakeCall& call) {
  const TimePoint before = loop_.now();
  const AppReply reply = control_.call(call.request);
  if (reply.handle != 0) remember(reply.handle, one);
  if (ends_handle(call.request)) {
    one.handles.erase(call.request.handle);
    by_handle_.erase(call.request.handle);
  }
  one.session.replied({before, loop_.now()}, reply);
}

// ---- what the target said ----------------------------------------------------------------------------

void LiveDriver::settle() {
  if (broken_) return;
  if (const auto fenced = link_.fence_now(); !fenced) return link_is_gone(fenced.error());
  drain();
  if (broken_) return;
  poll_events();
  check_drops();
  for (Case* one : std::exchange(touched_, {})) {
    one->touched = false;
    one->session.quiet(empty_at_);
    make_ready(*one);
  }
}

void LiveDriver::drain() {
  drained_ = 0;
  while (true) {
    const TimePoint before = loop_.now();
    const auto datagram = link_.receive();
    if (!datagram) return link_is_gone(datagram.error());
    if (!*datagram) {
      empty_at_ = before;
      return;
    }
    ++drained_;
    dispatch({empty_at_, loop_.now()}, **datagram);
  }
}

void LiveDriver::dispatch(TimeSpan at, BytesView datagram) {
  const auto destination = destination_of(datagram);
  const auto found = destination ? by_address_.find(*destination) : by_address_.end();
  if (found != by_address_.end() && found->second == nullptr) {
    ++remarks_.late;
    return;
  }
  if (found == by_address_.end() || !found->second->session.owns(datagram)) {
    ++remarks_.strays;
    if (remarks_.first_strays.size() < strays_described_max) {
      remarks_.first_strays.push_back(wire::to_string(wire::decode(datagram).packet));
    }
    return;
  }
  found->second->session.frame(at, datagram);
  touch(*found->second);
}

void LiveDriver::poll_events() {
  const TimePoint before = loop_.now();
  for (const AppEvent& event : control_.poll_events()) {
    const auto found = by_handle_.find(event.handle);
    if (found == by_handle_.end()) continue;
    Case& one = *found->second;
    if (event.child != 0) remember(event.child, one);
    one.session.notice({events_polled_at_, loop_.now()}, event);
    touch(one);
  }
  events_polled_at_ = before;
}

// Whatever was lost may have been anybody's, so nobody's silence means anything any more.
void LiveDriver::check_drops() {
  if (drained_ <= drain_without_suspicion && empty_at_ - drops_checked_at_ < drops_check_interval) return;
  drops_checked_at_ = empty_at_;
  const std::uint64_t total = link_.dropped();
  if (total <= drops_before_) return;
  const std::uint64_t lost = total - std::exchange(drops_before_, total);
  remarks_.dropped += lost;
  for (auto& [number, one] : cases_) {
    one->session.stop(engine::Verdict::inconclusive, fmt::format("the link dropped {} datagrams", lost));
    make_ready(*one);
  }
}

// ---- bookkeeping -------------------------------------------------------------------------------------

void LiveDriver::wait() {
  const TimePoint until = deadlines_.empty() ? never : deadlines_.begin()->first;
  if (loop_.run_until(until) == link::Wake::interrupted) return;
  settle();
  expire();
}

void LiveDriver::expire() {
  while (!broken_ && !deadlines_.empty() && deadlines_.begin()->first <= empty_at_) {
    Case& one = *cases_.at(deadlines_.begin()->second);
    one.session.quiet(empty_at_);
    make_ready(one);
    reschedule(one);
  }
}

void LiveDriver::touch(Case& one) {
  if (std::exchange(one.touched, true)) return;
  touched_.push_back(&one);
}

void LiveDriver::make_ready(Case& one) {
  if (std::exchange(one.ready, true)) return;
  ready_.push_back(one.number);
}

void LiveDriver::reschedule(Case& one) {
  TimePoint due = one.session.finished() ? never : one.session.deadline();
  if (due != never && due <= empty_at_) due = empty_at_ + overdue_pause;
  if (due == one.deadline) return;
  deadlines_.erase({one.deadline, one.number});
  one.deadline = due;
  if (due != never) deadlines_.emplace(due, one.number);
}

void LiveDriver::remember(Handle handle, Case& one) {
  one.handles.insert(handle);
  by_handle_[handle] = &one;
}

void LiveDriver::retire(Case& one) {
  // A session that was stopped has not put its things away.
  for (const Handle handle : one.handles) {
    by_handle_.erase(handle);
    control_.call({.kind = AppRequest::Kind::abort, .handle = handle});
  }
  for (const wire::IpAddress& address : one.slot.tester_addresses) by_address_[address] = nullptr;
  deadlines_.erase({one.deadline, one.number});
  std::erase(touched_, &one);
  finished_.push_back({one.number, std::move(one.slot), one.session.take_result()});
  cases_.erase(one.number);
}

void LiveDriver::link_is_gone(const Error& why) {
  broken_ = why;
  for (Case* one : std::exchange(touched_, {})) one->touched = false;
  for (auto& [number, one] : cases_) {
    one->session.stop(engine::Verdict::error, why.message);
    make_ready(*one);
  }
}

}  // namespace tcpjury::runner
