#include "reports/ladder/segment_text.h"

#include <charconv>

#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

using engine::TranscriptEvent;
using Kind = TranscriptEvent::Kind;

bool is_datagram(const TranscriptEvent& event) {
  return event.kind == Kind::sent || event.kind == Kind::received;
}

std::pair<wire::Endpoint, wire::Endpoint> flow_of(const wire::Packet& packet, const wire::TcpSegment& s) {
  return {{packet.source(), s.source}, {packet.destination(), s.destination}};
}

/// Replaces the number after `name` ("<SEQ=") by its distance from `base`. A name or expression stays.
void renumber(std::string& text, std::string_view name, std::optional<wire::SeqNum> base) {
  const std::size_t start = text.find(name);
  if (!base || start == std::string::npos) return;
  const char* const first = text.data() + start + name.size();
  const char* const last = text.data() + text.size();
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(first, last, number);
  if (error != std::errc{} || end == last || *end != '>') return;
  const auto digits = static_cast<std::size_t>(end - first);
  text.replace(start + name.size(), digits, std::to_string((wire::SeqNum{number} - *base).octets));
}

/// The segment the violation is about: the culprit, or for silence the last stimulus of its step.
const TranscriptEvent* event_of(const engine::CaseViolation& v, const engine::Transcript& transcript) {
  const TranscriptEvent* stimulus = nullptr;
  for (const TranscriptEvent& event : transcript) {
    if (is_culprit(event, v)) return &event;
    if (event.kind == Kind::sent && event.step <= v.step) stimulus = &event;
  }
  return stimulus;
}

}  // namespace

SegmentText::SegmentText(const engine::Transcript& transcript, Numbers numbers) {
  if (numbers == Numbers::absolute) return;
  for (const TranscriptEvent& event : transcript) {
    if (!is_datagram(event)) continue;
    const wire::Decoded frame = wire::decode(event.octets);
    const wire::TcpSegment* segment = frame.packet.tcp();
    if (segment == nullptr || !segment->flags.has(wire::syn)) continue;
    first_syn_.try_emplace(flow_of(frame.packet, *segment), segment->seq);
  }
}

wire::NotationBase SegmentText::base(const Flow& flow) const {
  wire::NotationBase base;
  if (const auto own = first_syn_.find(flow); own != first_syn_.end()) base.seq = own->second;
  const auto other = first_syn_.find({flow.second, flow.first});
  if (other != first_syn_.end()) base.ack = other->second;
  return base;
}

std::string SegmentText::text(const TranscriptEvent& event) const {
  const wire::Decoded frame = wire::decode(event.octets);
  const wire::TcpSegment* segment = frame.packet.tcp();
  std::string out = segment == nullptr ? wire::to_string(frame.packet)
                                       : wire::to_notation(*segment, base(flow_of(frame.packet, *segment)));
  for (const wire::WireDefect defect : frame.defects) out.append(" !").append(wire::to_string(defect));
  return printable(out);
}

std::string SegmentText::renumbered(std::string_view notation, const TranscriptEvent& event) const {
  std::string out{notation};
  const wire::Decoded frame = wire::decode(event.octets);
  const wire::TcpSegment* segment = frame.packet.tcp();
  if (segment == nullptr) return out;
  Flow from_target = flow_of(frame.packet, *segment);
  if (event.kind == Kind::sent) std::swap(from_target.first, from_target.second);
  const wire::NotationBase from = base(from_target);
  renumber(out, "<SEQ=", from.seq);
  renumber(out, "<ACK=", from.ack);
  return out;
}

bool is_culprit(const TranscriptEvent& event, const engine::CaseViolation& violation) {
  if (event.kind != Kind::received || event.step != violation.step) return false;
  const wire::Decoded frame = wire::decode(event.octets);
  const wire::TcpSegment* segment = frame.packet.tcp();
  return segment != nullptr && wire::to_notation(*segment) == violation.what.got;
}

model::Violation renumbered(const engine::CaseViolation& violation, const engine::Transcript& transcript) {
  model::Violation out = violation.what;
  const TranscriptEvent* event = event_of(violation, transcript);
  if (event == nullptr) return out;
  const SegmentText numbers{transcript, Numbers::relative};
  out.got = numbers.renumbered(out.got, *event);
  for (std::string& want : out.want) want = numbers.renumbered(want, *event);
  return out;
}

}  // namespace tcpjury::reports
