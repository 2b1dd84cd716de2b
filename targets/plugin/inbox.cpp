#include "targets/plugin/inbox.h"

#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <span>
#include <utility>

namespace tcpjury::targets {
namespace {

constexpr std::size_t packet_max = 65'535;

Inbox& self(void* inbox) { return *static_cast<Inbox*>(inbox); }

// WRITABLE has no counterpart: the engine retries a SEND when its scenario says so.
std::optional<scenario::UserEvent> event_kind(std::uint32_t kind) {
  switch (kind) {
    case TCPJURY_EVENT_OPENED:
      return scenario::UserEvent::opened;
    case TCPJURY_EVENT_ACCEPTED:
      return scenario::UserEvent::accepted;
    case TCPJURY_EVENT_READABLE:
      return scenario::UserEvent::readable;
    case TCPJURY_EVENT_PEER_CLOSED:
      return scenario::UserEvent::peer_closed;
    case TCPJURY_EVENT_RESET:
      return scenario::UserEvent::reset;
    case TCPJURY_EVENT_ERROR:
      return scenario::UserEvent::error;
    case TCPJURY_EVENT_CLOSED:
      return scenario::UserEvent::closed;
    case TCPJURY_EVENT_URGENT:
      return scenario::UserEvent::urgent;
    case TCPJURY_EVENT_SOFT_ERROR:
      return scenario::UserEvent::soft_error;
    default:
      return {};
  }
}

}  // namespace

std::string bounded_text(const char* text, std::size_t max) {
  return text == nullptr ? std::string{} : std::string{text, ::strnlen(text, max)};
}

void Inbox::packet_out(void* inbox, const std::uint8_t* octets, std::size_t length) {
  auto& in = self(inbox);
  if (octets == nullptr || length == 0) return in.blame("it sent a packet without octets");
  if (length > packet_max)
    return in.blame(fmt::format("it sent a packet of {} octets, more than a link carries", length));
  if (in.packets_.size() >= engine::VirtualTarget::output_max)
    return in.blame(
        fmt::format("it floods the link: more than {} packets at once", engine::VirtualTarget::output_max));
  const auto view = std::as_bytes(std::span{octets, length});
  in.packets_.emplace_back(view.begin(), view.end());
}

void Inbox::event(void* inbox, const tcpjury_event* event) {
  auto& in = self(inbox);
  if (event == nullptr) return in.blame("it told an event without an event");
  if (event->struct_size != sizeof *event)
    return in.blame(
        fmt::format("it told an event of {} octets, expected {}", event->struct_size, sizeof *event));
  if (event->kind == TCPJURY_EVENT_WRITABLE) return;
  const auto kind = event_kind(event->kind);
  if (!kind) return in.blame(fmt::format("it told an unknown event, {}", event->kind));
  if (in.events_.size() >= events_max)
    return in.blame(fmt::format("it told more than {} events at once", events_max));
  engine::AppEvent told{.kind = *kind, .handle = event->handle, .text = bounded_text(event->text, text_max)};
  if (*kind == scenario::UserEvent::accepted) {
    if (event->child == 0) return in.blame("it told ACCEPTED without a child");
    if (event->family != 4 && event->family != 6)
      return in.blame(fmt::format("it told ACCEPTED with the address family {}", event->family));
    told.child = event->child;
    told.remote.address.family = event->family == 6 ? wire::Family::v6 : wire::Family::v4;
    std::copy_n(event->remote, told.remote.address.size(), told.remote.address.octets.begin());
    told.remote.port = wire::Port{event->remote_port};
  }
  in.events_.push_back(std::move(told));
}

void Inbox::log(void* inbox, const char* text) {
  auto& in = self(inbox);
  if (in.log_.size() >= 8 * text_max) return;
  if (!in.log_.empty()) in.log_ += "; ";
  in.log_ += bounded_text(text, text_max);
}

void Inbox::blame(std::string what) {
  if (blame_.empty()) blame_ = std::move(what);
}
std::string Inbox::take_blame() { return std::exchange(blame_, {}); }
std::string Inbox::take_log() { return std::exchange(log_, {}); }
std::vector<Bytes> Inbox::take_packets() { return std::exchange(packets_, {}); }
std::vector<engine::AppEvent> Inbox::take_events() { return std::exchange(events_, {}); }

void Inbox::clear() {
  packets_.clear();
  events_.clear();
  blame_.clear();
  log_.clear();
}

}  // namespace tcpjury::targets
