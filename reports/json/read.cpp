// The reader of tcpjury.run/1: total, so that any text gives a record or an Error with its place.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "reports/common/text.h"
#include "reports/json/json.h"
#include "reports/json/names.h"

namespace tcpjury::reports {
namespace {

using Json = nlohmann::json;

/// The first complaint of a whole reading; everything after it is ignored, so readers need not ask.
struct Complaint {
  std::string place = {};
  std::string what = {};
  [[nodiscard]] bool any() const { return !what.empty(); }
};

/// A value and the way to it, as people write it: results[3].violations[0].level.
class Node {
 public:
  Node(const Json& json, std::string path, Complaint& complaint)
      : json_{&json}, path_{std::move(path)}, complaint_{&complaint} {}

  void complain(std::string_view what) const {
    if (!complaint_->any()) *complaint_ = {path_.empty() ? "the document" : path_, std::string{what}};
  }
  [[nodiscard]] bool is_object() const {
    if (!json_->is_object()) complain("must be an object");
    return json_->is_object();
  }
  /// The member; nothing when it is absent.
  [[nodiscard]] std::optional<Node> member(std::string_view name) const {
    const auto found = json_->find(name);
    if (found == json_->end()) return std::nullopt;
    return Node{*found, path_.empty() ? std::string{name} : fmt::format("{}.{}", path_, name), *complaint_};
  }
  [[nodiscard]] std::optional<Node> required(std::string_view name) const {
    auto found = member(name);
    if (!found) complain(fmt::format("lacks the member {}", name));
    return found;
  }
  template <class Visit>
  void each_element(Visit visit) const {
    if (!json_->is_array()) return complain("must be an array");
    std::size_t index = 0;
    for (const Json& element : *json_) {
      if (complaint_->any()) return;
      visit(Node{element, fmt::format("{}[{}]", path_, index++), *complaint_});
    }
  }
  template <class Visit>
  void each_member(Visit visit) const {
    if (!is_object()) return;
    for (const auto& [name, value] : json_->items()) {
      visit(name, Node{value, fmt::format("{}.{}", path_, printable(name)), *complaint_});
    }
  }

  [[nodiscard]] std::string text() const {
    if (const auto* text = json_->get_ptr<const std::string*>(); text != nullptr) return *text;
    complain("must be a text");
    return {};
  }
  [[nodiscard]] bool flag() const {
    if (!json_->is_boolean()) complain("must be true or false");
    return json_->is_boolean() && json_->get<bool>();
  }
  [[nodiscard]] std::uint64_t number(std::uint64_t most) const {
    const auto* number = json_->get_ptr<const Json::number_unsigned_t*>();
    if (number != nullptr && *number <= most) return *number;
    complain(fmt::format("must be a whole number from 0 to {}", most));
    return 0;
  }
  [[nodiscard]] Duration time() const {
    constexpr double most = 9e9;  // seconds; what 64 bits of nanoseconds hold
    const double s = json_->is_number() ? json_->get<double>() : std::nan("");
    if (std::abs(s) <= most) return Duration{std::llround(s * 1e9)};
    complain("must be a number of seconds between -9e9 and 9e9");
    return {};
  }

 private:
  const Json* json_;
  std::string path_;
  Complaint* complaint_;
};

void read(const Node& node, std::string_view name, std::string& into) {
  if (const auto m = node.member(name)) into = m->text();
}
void read(const Node& node, std::string_view name, bool& into) {
  if (const auto m = node.member(name)) into = m->flag();
}
void read(const Node& node, std::string_view name, std::uint32_t& into) {
  const auto m = node.member(name);
  if (m) into = static_cast<std::uint32_t>(m->number(std::numeric_limits<std::uint32_t>::max()));
}
void read(const Node& node, std::string_view name, Duration& into) {
  if (const auto m = node.member(name)) into = m->time();
}
void read(const Node& node, std::string_view name, std::vector<std::string>& into) {
  if (const auto m = node.member(name)) m->each_element([&](const Node& e) { into.push_back(e.text()); });
}
void read(const Node& node, std::string_view name, std::map<std::string, std::string>& into) {
  const auto m = node.member(name);
  if (m) m->each_member([&](const std::string& key, const Node& e) { into[key] = e.text(); });
}

/// A word of an enumeration. An unknown one is an error: guessing a verdict would be worse.
template <class T, class Parse>
void read_word(const Node& node, std::string_view name, T& into, Parse parse) {
  const auto m = node.member(name);
  if (!m) return;
  const std::string word = m->text();
  if (const auto value = parse(word)) {
    into = *value;
  } else {
    m->complain(fmt::format("has the unknown value \"{}\"", clip(printable(word), 40)));
  }
}

template <class Element, class Read>
void read_each(const Node& node, std::string_view name, std::vector<Element>& into, Read read_element) {
  const auto m = node.member(name);
  if (!m) return;
  m->each_element([&](const Node& e) {
    if (e.is_object()) into.push_back(read_element(e));
  });
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void read_octets(const Node& node, std::string_view name, Bytes& into) {
  const auto m = node.member(name);
  if (!m) return;
  const std::string digits = m->text();
  if (digits.size() % 2 != 0) m->complain("must have two hexadecimal digits an octet");
  into.reserve(digits.size() / 2);
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
    const int high = hex_digit(digits[i]);
    const int low = hex_digit(digits[i + 1]);
    if (high < 0 || low < 0) return m->complain("must hold hexadecimal digits only");
    into.push_back(static_cast<std::byte>(high * 16 + low));
  }
}

engine::TranscriptEvent read_event(const Node& node) {
  engine::TranscriptEvent event;
  read_word(node, "kind", event.kind, [](std::string_view w) { return value_of(event_kind_names, w); });
  Duration since_start{};
  read(node, "t_s", since_start);
  event.at = clock_epoch + since_start;
  read(node, "step", event.step);
  read(node, "conn", event.conn);
  read_octets(node, "octets", event.octets);
  read(node, "note", event.note);
  return event;
}

engine::CaseViolation read_violation(const Node& node) {
  engine::CaseViolation v;
  read(node, "requirement", v.what.requirement);
  read_word(node, "level", v.what.level, [](std::string_view w) { return value_of(level_names, w); });
  read(node, "step", v.step);
  read(node, "line", v.line);
  read_word(node, "state", v.what.state, [](std::string_view w) { return model::parse_state(w); });
  read(node, "event", v.what.event);
  read(node, "message", v.what.message);
  read(node, "got", v.what.got);
  read(node, "want", v.what.want);
  read(node, "fingerprint", v.fingerprint);
  read(node, "known_practice", v.what.known_practice);
  read(node, "deviation", v.deviation);
  return v;
}

engine::RequirementResult read_requirement(const Node& node) {
  engine::RequirementResult r;
  read(node, "id", r.id);
  read_word(node, "verdict", r.verdict, [](std::string_view w) { return engine::parse_verdict(w); });
  return r;
}

engine::CaseResult read_result(const Node& node) {
  engine::CaseResult result;
  if (!node.required("scenario") || !node.required("variant") || !node.required("verdict")) return result;
  read(node, "scenario", result.scenario);
  read(node, "variant", result.variant);
  read(node, "title", result.title);
  read(node, "file", result.file);
  read_word(node, "verdict", result.verdict, [](std::string_view w) { return engine::parse_verdict(w); });
  read(node, "reason", result.reason);
  read(node, "missing", result.missing);
  read_each(node, "requirements", result.requirements, read_requirement);
  read_each(node, "violations", result.violations, read_violation);
  read(node, "duration_s", result.duration);
  read_word(node, "clock", result.clock, [](std::string_view w) { return value_of(clock_names, w); });
  read(node, "features", result.features);
  read_each(node, "transcript", result.transcript, read_event);
  return result;
}

void check_schema(const Node& root) {
  const auto schema = root.required("schema");
  if (schema && schema->text() != run_schema) {
    schema->complain(fmt::format("must be \"{}\"", run_schema));
  }
}

runner::RunRecord read_record(const Node& root) {
  runner::RunRecord record;
  if (!root.is_object()) return record;
  check_schema(root);
  if (const auto tool = root.member("tool"); tool && tool->is_object()) {
    read(*tool, "version", record.tool_version);
  }
  if (const auto target = root.member("target"); target && target->is_object()) {
    read(*target, "name", record.target_name);
    read(*target, "version", record.target_version);
  }
  read(root, "profile", record.profile);
  if (const auto seed = root.member("seed")) {
    record.seed = seed->number(std::numeric_limits<std::uint64_t>::max());
  }
  read(root, "strict_should", record.strict_should);
  read(root, "partial", record.partial);
  read(root, "wall_s", record.wall);
  read(root, "environment", record.environment);
  read(root, "features", record.features);
  read(root, "remarks", record.remarks);
  if (root.required("results")) read_each(root, "results", record.results, read_result);
  return record;
}

std::string line_and_column(std::string_view text, std::size_t octet) {
  const std::string_view before = text.substr(0, std::min(octet == 0 ? 0 : octet - 1, text.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("line {}, column {}", line, before.size() - line_start + 1);
}

Result<Json> parse(std::string_view text) {
  // nlohmann tells the place of an error only by an exception; it is caught where it is thrown.
  try {
    return Json::parse(text.begin(), text.end());
  } catch (const Json::parse_error& error) {
    return fail(
        fmt::format("the run record is no JSON: {} is not understood", line_and_column(text, error.byte)),
        "give a file written by --report json=FILE");
  } catch (const Json::exception&) {
    return fail("the run record is no JSON: it holds a number out of range",
                "give a file written by --report json=FILE");
  }
}

}  // namespace

Result<runner::RunRecord> read_run(std::string_view text) {
  const auto json = parse(text);
  if (!json) return tl::unexpected<Error>{json.error()};
  Complaint complaint;
  runner::RunRecord record = read_record(Node{*json, {}, complaint});
  if (complaint.any()) {
    return fail(
        fmt::format("the run record is not of schema {}: {} {}", run_schema, complaint.place, complaint.what),
        "give a file written by --report json=FILE");
  }
  return record;
}

}  // namespace tcpjury::reports
