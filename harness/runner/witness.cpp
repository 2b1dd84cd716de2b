#include "harness/runner/witness.h"

#include <algorithm>

#include "harness/base/assert.h"

namespace tcpjury::runner {
namespace {

using engine::AppRequest;
using engine::TranscriptEvent;

std::string_view name_of(AppRequest::Kind kind) {
  switch (kind) {
    case AppRequest::Kind::open_passive:
      return "OPEN (passive)";
    case AppRequest::Kind::open_active:
      return "OPEN (active)";
    case AppRequest::Kind::send:
      return "SEND";
    case AppRequest::Kind::receive:
      return "RECEIVE";
    case AppRequest::Kind::close:
      return "CLOSE";
    case AppRequest::Kind::release:
      return "RELEASE";
    case AppRequest::Kind::abort:
      return "ABORT";
    case AppRequest::Kind::set:
      return "SET";
    case AppRequest::Kind::status:
      return "STATUS";
  }
  TCPJURY_UNREACHABLE();
}

/// Takes its record back when the foreign code has returned: the session then records the same event itself.
class Tentative {
 public:
  Tentative(BlackBoxWriter& box, const TranscriptEvent& event) : box_{box}, mark_{box.mark()} {
    box_.append(event);
  }
  Tentative(const Tentative&) = delete;
  Tentative& operator=(const Tentative&) = delete;
  ~Tentative() { box_.rewind(mark_); }

 private:
  BlackBoxWriter& box_;
  std::size_t mark_;
};

}  // namespace

void WitnessedTarget::watch(const engine::Session* session) {
  session_ = session;
  recorded_ = 0;
}

void WitnessedTarget::record_news() {
  if (session_ == nullptr) return;
  const engine::Transcript& transcript = session_->transcript();
  for (; recorded_ < transcript.size(); ++recorded_) box_.append(transcript[recorded_]);
  box_.set_step(session_->current_step());
}

void WitnessedTarget::blame_step_of_last_datagram() {
  if (session_ == nullptr) return;
  const engine::Transcript& transcript = session_->transcript();
  const auto sent = std::find_if(transcript.rbegin(), transcript.rend(), [](const TranscriptEvent& event) {
    return event.kind == TranscriptEvent::Kind::sent;
  });
  if (sent != transcript.rend()) box_.set_step(sent->step);
}

TranscriptEvent WitnessedTarget::tentative(TranscriptEvent::Kind kind) const {
  TranscriptEvent event;
  event.kind = kind;
  event.at = now_;
  event.step = session_ == nullptr ? 0 : session_->current_step();
  return event;
}

Result<void> WitnessedTarget::reset(std::uint64_t seed, TimePoint now) {
  now_ = now;
  TranscriptEvent event = tentative(TranscriptEvent::Kind::mark);
  event.note = "while the target was reset";
  const Tentative under_way{box_, event};
  return target_.reset(seed, now);
}

Result<void> WitnessedTarget::packet_in(BytesView datagram) {
  record_news();
  blame_step_of_last_datagram();
  TranscriptEvent event = tentative(TranscriptEvent::Kind::mark);  // the session has recorded it as sent
  event.note = "while the target took this datagram";
  const Tentative under_way{box_, event};
  return target_.packet_in(datagram);
}

Result<void> WitnessedTarget::advance(TimePoint now) {
  record_news();
  now_ = now;
  TranscriptEvent event = tentative(TranscriptEvent::Kind::mark);
  event.note = "while the target's timers ran";
  const Tentative under_way{box_, event};
  return target_.advance(now);
}

engine::AppReply WitnessedTarget::call(const engine::AppRequest& request) {
  record_news();
  TranscriptEvent event = tentative(TranscriptEvent::Kind::call);
  event.note = std::string{"while the target executed "}.append(name_of(request.kind));
  const Tentative under_way{box_, event};
  return target_.call(request);
}

}  // namespace tcpjury::runner
