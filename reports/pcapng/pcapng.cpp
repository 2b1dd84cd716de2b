#include "reports/pcapng/pcapng.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "reports/common/text.h"
#include "reports/pcapng/blocks.h"

namespace tcpjury::reports {
namespace {

using engine::TranscriptEvent;
using Kind = TranscriptEvent::Kind;

constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint64_t length_unknown = 0xffff'ffff'ffff'ffff;
constexpr std::uint16_t linktype_raw = 101;     // IPv4 or IPv6, as the version says
constexpr std::uint8_t resolution_ns = 9;       // ten to the minus nine
constexpr std::uint32_t direction_inbound = 1;  // as the tester sees it
constexpr std::uint32_t direction_outbound = 2;

/// Bounds of the section's comments: readers refuse blocks of many megabytes.
constexpr std::size_t cases_listed_max = 200;
constexpr std::size_t case_comment_max = 4000;

struct PacketNotes {
  std::size_t index = 0;  ///< of its event in the transcript
  std::vector<std::string> comments = {};
};

bool is_packet(const TranscriptEvent& event) {
  return event.kind == Kind::sent || event.kind == Kind::received;
}

std::string remark(const TranscriptEvent& event) {
  switch (event.kind) {
    case Kind::call:
      return "before: call " + event.note;
    case Kind::notice:
      return "then told its user: " + event.note;
    case Kind::state:
      return "then: " + event.note;
    case Kind::sent:
    case Kind::received:
    case Kind::mark:
      break;
  }
  return event.note;
}

/// A call causes the packets after it; everything else is about what came before.
std::vector<PacketNotes> annotate(const engine::CaseResult& result) {
  const engine::Transcript& transcript = result.transcript;
  const std::string id = case_id(result);
  std::vector<PacketNotes> packets;
  std::vector<std::string> ahead;
  for (std::size_t i = 0; i < transcript.size(); ++i) {
    const TranscriptEvent& event = transcript[i];
    if (is_packet(event)) {
      PacketNotes packet{i, std::move(ahead)};
      ahead.clear();
      packet.comments.push_back(event.step == 0 ? id : fmt::format("{} step {}", id, event.step));
      if (!event.note.empty()) packet.comments.push_back(event.note);
      packets.push_back(std::move(packet));
    } else if (event.kind == Kind::call || packets.empty()) {
      ahead.push_back(remark(event));
    } else {
      packets.back().comments.push_back(remark(event));
    }
  }
  if (!packets.empty()) {
    auto& last = packets.back().comments;
    for (const std::string& call : ahead) last.push_back("later: " + call);
  }
  return packets;
}

std::string case_comment(const runner::RunRecord& record, const engine::CaseResult& result,
                         const Context& context) {
  std::string out =
      fmt::format("{}: {}, seed {}", case_id(result), engine::to_string(result.verdict), record.seed);
  if (!result.reason.empty()) out += "\n" + result.reason;
  for (const engine::CaseViolation& v : result.violations) {
    out += fmt::format("\n{} {}: {}", model::to_string(v.what.level), v.what.requirement, v.what.message);
  }
  return clip(out + "\n" + replay_command(record, result, context), case_comment_max);
}

std::string section(const runner::RunRecord& record, const Context& context) {
  pcapng::Block block{pcapng::section_header};
  block.put32(byte_order_magic);
  block.put16(1);  // version 1.0
  block.put16(0);
  block.put64(length_unknown);
  block.text_option(pcapng::option::comment,
                    fmt::format("target {} {}, profile {}, seed {}", record.target_name,
                                record.target_version, record.profile, record.seed));
  std::size_t listed = 0;
  for (const engine::CaseResult& result : record.results) {
    if (result.transcript.empty()) continue;
    if (result.verdict == engine::Verdict::pass && record.results.size() > 1) continue;
    if (++listed <= cases_listed_max) {
      block.text_option(pcapng::option::comment, case_comment(record, result, context));
    }
  }
  if (listed > cases_listed_max) {
    block.text_option(pcapng::option::comment, fmt::format("and {} more cases", listed - cases_listed_max));
  }
  block.text_option(pcapng::option::shb_userappl, "tcpjury " + record.tool_version);
  return block.finish();
}

std::string link_of(const runner::RunRecord& record) {
  pcapng::Block block{pcapng::interface_description};
  block.put16(linktype_raw);
  block.put16(0);
  block.put32(0);  // packets are never cut
  block.text_option(pcapng::option::if_name, record.target_name);
  block.octet_option(pcapng::option::if_tsresol, resolution_ns);
  return block.finish();
}

std::string packet(const TranscriptEvent& event, const PacketNotes& notes) {
  const auto length = static_cast<std::uint32_t>(event.octets.size());
  const auto ns = static_cast<std::uint64_t>(std::max(event.at.time_since_epoch(), Duration::zero()).count());
  pcapng::Block block{pcapng::enhanced_packet};
  block.put32(0);  // the section's only interface
  block.put32(static_cast<std::uint32_t>(ns >> 32U));
  block.put32(static_cast<std::uint32_t>(ns));
  block.put32(length);
  block.put32(length);
  block.put_padded(event.octets);
  for (const std::string& comment : notes.comments) block.text_option(pcapng::option::comment, comment);
  block.word_option(pcapng::option::epb_flags,
                    event.kind == Kind::received ? direction_inbound : direction_outbound);
  block.long_option(pcapng::option::epb_packetid, notes.index);
  return block.finish();
}

}  // namespace

std::string pcapng_report(const runner::RunRecord& record, const Context& context) {
  std::string out = section(record, context) + link_of(record);
  for (const engine::CaseResult& result : record.results) {
    for (const PacketNotes& notes : annotate(result)) out += packet(result.transcript[notes.index], notes);
  }
  return out;
}

}  // namespace tcpjury::reports
