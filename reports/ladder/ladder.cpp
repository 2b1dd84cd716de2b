#include "reports/ladder/ladder.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "reports/common/text.h"

namespace tcpjury::reports {
namespace {

using engine::TranscriptEvent;
using Kind = TranscriptEvent::Kind;

constexpr std::size_t middle_width = 54;  // arrows included: <SEQ=..><ACK=..><CTL=SYN,ACK><DATA=..>
constexpr std::size_t state_width = 14;
constexpr std::size_t conn_width_max = 12;
constexpr std::size_t note_width_max = 400;  // a mark quotes segments; more than this hides the picture
constexpr Duration same_moment = std::chrono::milliseconds{1};

/// One line of the picture before it is laid out.
struct Line {
  TimePoint at = clock_epoch;
  std::uint32_t step = 0;
  std::string conn = {};
  char flag = ' ';  ///< x: a violation, *: a remark
  std::string middle = {};
  std::string state = {};
  std::string note = {};
};

std::string shown(std::string_view note) { return clip(printable(note), note_width_max); }

std::string arrow(Kind direction, const std::string& segment) {
  const std::size_t used = columns(segment) + 8;  // both ends of the arrow with their blanks
  const std::string shaft(used < middle_width ? middle_width - used : 0, '-');
  return direction == Kind::sent ? fmt::format("--> {} {}-->", segment, shaft)
                                 : fmt::format("<-- {} {}---", segment, shaft);
}

/// Lines as they come, with the states attached to what brought them.
class Drawing {
 public:
  Drawing(const engine::CaseResult& result, Numbers numbers)
      : violations_{result.violations}, segments_{result.transcript, numbers} {
    for (const TranscriptEvent& event : result.transcript) add(event);
  }
  [[nodiscard]] std::vector<Line> take() { return std::move(lines_); }

 private:
  void add(const TranscriptEvent& event) {
    switch (event.kind) {
      case Kind::sent:
      case Kind::received:
        return put(event, is_violation(event) ? 'x' : ' ', arrow(event.kind, segments_.text(event)),
                   event.note.empty() ? "" : fmt::format("({})", shown(event.note)));
      case Kind::call:
      case Kind::notice:
        return put(event, ' ', fmt::format("[{}]", shown(event.note)));
      case Kind::state:
        return add_state(event);
      case Kind::mark:
        return put(event, is_violation(event) ? 'x' : '*', shown(event.note));
    }
  }

  /// The judge's marks begin with the broken requirement; a broken expectation is known by its segment.
  [[nodiscard]] bool is_violation(const TranscriptEvent& event) const {
    return std::any_of(violations_.begin(), violations_.end(), [&](const engine::CaseViolation& v) {
      const bool names_it = event.kind == Kind::mark && !v.what.requirement.empty() &&
                            event.note.rfind(v.what.requirement, 0) == 0;
      return names_it || is_culprit(event, v);
    });
  }

  /// A state that follows from the line above stands at its right; one that a timer brought has its own.
  void add_state(const TranscriptEvent& event) {
    for (auto line = lines_.rbegin(); line != lines_.rend() && event.at - line->at < same_moment; ++line) {
      if (line->conn != event.conn) continue;
      if (!line->state.empty()) break;
      line->state = shown(event.note);
      return;
    }
    put(event, ' ', "");
    lines_.back().state = shown(event.note);
  }

  void put(const TranscriptEvent& event, char flag, std::string middle, std::string note = {}) {
    lines_.push_back({event.at, event.step, event.conn, flag, std::move(middle), "", std::move(note)});
  }

  const std::vector<engine::CaseViolation>& violations_;
  SegmentText segments_;
  std::vector<Line> lines_;
};

/// Zero when all events are of one connection: no label is needed then.
std::size_t connection_width(const std::vector<Line>& lines) {
  std::set<std::string> labels;
  for (const Line& line : lines) {
    if (!line.conn.empty()) labels.insert(printable(line.conn));
  }
  std::size_t width = 0;
  for (const std::string& label : labels) width = std::max(width, columns(label));
  return labels.size() < 2 ? 0 : std::min(width, conn_width_max);
}

class Page {
 public:
  explicit Page(std::size_t conn_width) : conn_width_{conn_width} {}

  void heading(std::string_view target) {
    row({"time", "step", "conn", ' ', "tcpjury", printable(target), ""});
  }
  void line(const Line& l) {
    row({seconds(l.at - clock_epoch), l.step == 0 ? "" : std::to_string(l.step), l.conn, l.flag, l.middle,
         l.state, l.note});
  }
  void left_out(std::size_t count) {
    row({"...", "", "", ' ', fmt::format("({} {} left out)", count, count == 1 ? "line" : "lines"), "", ""});
  }
  [[nodiscard]] std::string take() { return std::move(out_); }

 private:
  struct Row {
    std::string time;
    std::string step;
    std::string conn;
    char flag;
    std::string middle;
    std::string state;
    std::string note;
  };
  void row(const Row& r) {
    std::string text = fmt::format("{:>9} {:>4}  ", r.time, r.step);
    if (conn_width_ > 0) text += pad(clip(printable(r.conn), conn_width_), conn_width_) + " ";
    text.append(1, r.flag).append(" ");
    const bool nothing_beside = r.state.empty() && r.note.empty();
    text += nothing_beside ? r.middle : pad(r.middle, middle_width) + "  " + pad(r.state, state_width);
    text.append("  ").append(r.note);
    text.erase(text.find_last_not_of(' ') + 1);
    out_.append(text).append("\n");
  }

  std::size_t conn_width_;
  std::string out_;
};

/// The last violation's index, or the number of lines.
std::size_t violation_in(const std::vector<Line>& lines) {
  for (std::size_t i = lines.size(); i-- > 0;) {
    if (lines[i].flag == 'x') return i;
  }
  return lines.size();
}

}  // namespace

std::string ladder(const engine::CaseResult& result, const LadderOptions& options) {
  if (result.transcript.empty()) return {};
  const std::vector<Line> lines = Drawing{result, options.numbers}.take();
  const std::size_t end = std::min(lines.size(), violation_in(lines) + 1 + options.after);
  const std::size_t first = std::min(options.first, end);
  const std::size_t resume = std::max(first, end > options.last ? end - options.last : 0);
  Page page{connection_width(lines)};
  page.heading(options.target);
  for (std::size_t i = 0; i < first; ++i) page.line(lines[i]);
  if (resume > first) page.left_out(resume - first);
  for (std::size_t i = resume; i < end; ++i) page.line(lines[i]);
  if (end < lines.size()) page.left_out(lines.size() - end);
  return page.take();
}

}  // namespace tcpjury::reports
