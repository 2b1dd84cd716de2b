#include "reports/ladder/ladder.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "reports/common/text.h"
#include "reports/ladder/segment_text.h"

namespace tcpjury::reports {
namespace {

using engine::TranscriptEvent;
using Kind = TranscriptEvent::Kind;

constexpr std::size_t time_width = 9;
constexpr std::size_t step_width = 4;
constexpr std::size_t middle_width = 54;  // arrows included: <SEQ=..><ACK=..><CTL=SYN,ACK><DATA=..>
constexpr std::size_t conn_width_max = 12;
constexpr std::size_t note_width_max = 400;  // a mark quotes segments; more than this hides the picture
constexpr Duration same_moment = std::chrono::milliseconds{1};

/// One line of the picture before it is laid out.
struct Line {
  TimePoint at = clock_epoch;
  std::uint32_t step = 0;
  std::string conn = {};
  std::string middle = {};
  std::string state = {};
  bool violation = false;
};

bool is_violation(const TranscriptEvent& event) {
  return event.kind == Kind::mark && event.note.rfind("violation", 0) == 0;
}

std::string arrow(const TranscriptEvent& event, const std::string& segment) {
  const bool to_target = event.kind == Kind::sent;
  const std::size_t used = columns(segment) + 8;  // both ends of the arrow with their blanks
  const std::string shaft(used < middle_width ? middle_width - used : 0, '-');
  return to_target ? fmt::format("--> {} {}-->", segment, shaft)
                   : fmt::format("<-- {} {}---", segment, shaft);
}

/// Whether the note of a received segment says more than that it came.
std::string beside(const TranscriptEvent& event) {
  return event.note.empty() ? std::string{}
                            : fmt::format("({})", clip(printable(event.note), note_width_max));
}

class Drawing {
 public:
  Drawing(const engine::Transcript& transcript, const LadderOptions& options)
      : options_{options}, numbers_{transcript, options.numbers == LadderOptions::Numbers::relative} {
    for (const TranscriptEvent& event : transcript) add(event);
  }

  [[nodiscard]] std::string text() const {
    std::string out = heading();
    const std::size_t violation = last_violation();
    const std::size_t end =
        std::min(lines_.size(), violation == lines_.size() ? violation : violation + 1 + options_.after);
    const std::size_t resume = std::max(options_.first, end > options_.last ? end - options_.last : 0);
    for (std::size_t i = 0; i < std::min(options_.first, end); ++i) out += laid_out(lines_[i]);
    if (resume > options_.first && resume < end) out += left_out(resume - options_.first);
    for (std::size_t i = resume; i < end; ++i) out += laid_out(lines_[i]);
    if (end < lines_.size()) out += left_out(lines_.size() - end);
    return out;
  }

 private:
  void add(const TranscriptEvent& event) {
    if (!event.conn.empty()) connections_.insert(event.conn);
    switch (event.kind) {
      case Kind::sent:
      case Kind::received:
        return add_segment(event);
      case Kind::call:
      case Kind::notice:
        return add_line(event, fmt::format("[{}]", clip(printable(event.note), note_width_max)));
      case Kind::state:
        return add_state(event);
      case Kind::mark:
        add_line(event, fmt::format("{} {}", is_violation(event) ? "x" : "*",
                                    clip(printable(event.note), note_width_max)));
        lines_.back().violation = is_violation(event);
        return;
    }
  }

  void add_segment(const TranscriptEvent& event) {
    add_line(event, arrow(event, numbers_.text(event)));
    if (const std::string note = beside(event); !note.empty()) add_line(event, "    " + note);
  }

  /// A state that follows from the line above stands at its right; one that a timer brought has its own.
  void add_state(const TranscriptEvent& event) {
    const std::string states = clip(printable(event.note), note_width_max);
    for (auto line = lines_.rbegin(); line != lines_.rend() && event.at - line->at < same_moment; ++line) {
      if (line->conn != event.conn) continue;
      if (!line->state.empty() || line->violation) break;
      line->state = states;
      return;
    }
    add_line(event, {});
    lines_.back().state = states;
  }

  void add_line(const TranscriptEvent& event, std::string middle) {
    lines_.push_back({event.at, event.step, event.conn, std::move(middle)});
  }

  /// Its index, or the number of lines when there is none.
  [[nodiscard]] std::size_t last_violation() const {
    for (std::size_t i = lines_.size(); i-- > 0;) {
      if (lines_[i].violation) return i;
    }
    return lines_.size();
  }

  [[nodiscard]] std::size_t conn_width() const {
    if (connections_.size() < 2) return 0;
    std::size_t width = 0;
    for (const std::string& conn : connections_) width = std::max(width, columns(printable(conn)));
    return std::min(width, conn_width_max);
  }

  [[nodiscard]] std::string row(std::string_view time, std::string_view step, std::string_view conn,
                                std::string_view middle, std::string_view state) const {
    std::string out = fmt::format("{:>{}} {:>{}}  ", time, time_width, step, step_width);
    if (conn_width() > 0) out += pad(clip(printable(conn), conn_width()), conn_width()) + "  ";
    out += state.empty() ? std::string{middle} : pad(middle, middle_width) + "  " + std::string{state};
    out.erase(out.find_last_not_of(' ') + 1);
    return out + "\n";
  }

  [[nodiscard]] std::string heading() const {
    return row("time", "step", "conn", "tcpjury", printable(options_.target));
  }
  [[nodiscard]] std::string laid_out(const Line& line) const {
    return row(seconds(line.at - clock_epoch), line.step == 0 ? std::string{} : std::to_string(line.step),
               line.conn, line.middle, line.state);
  }
  [[nodiscard]] std::string left_out(std::size_t count) const {
    return row("...", "", "", fmt::format("({} {} left out)", count, count == 1 ? "line" : "lines"), "");
  }

  LadderOptions options_;
  SegmentText numbers_;
  std::vector<Line> lines_;
  std::set<std::string> connections_;
};

}  // namespace

std::string ladder(const engine::Transcript& transcript, const LadderOptions& options) {
  if (transcript.empty()) return {};
  return Drawing{transcript, options}.text();
}

}  // namespace tcpjury::reports
