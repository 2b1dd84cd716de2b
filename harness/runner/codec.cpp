#include "harness/runner/codec.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/runner/hex.h"

namespace tcpjury::runner {
namespace {

using engine::CaseResult;
using engine::CaseViolation;
using engine::RequirementResult;
using engine::TranscriptEvent;
using Json = nlohmann::json;

/// One line; octets that are not UTF-8 (a stack's log may hold anything) are replaced.
std::string line_of(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

/// Reads members of an object: an absent member gives the default, one of a wrong type spoils the reader.
class Reader {
 public:
  explicit Reader(const Json& object) : object_{object}, ok_{object.is_object()} {}
  [[nodiscard]] bool ok() const { return ok_; }
  void spoil() { ok_ = false; }

  [[nodiscard]] const Json* member(const char* key) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(key);
    return found == object_.end() ? nullptr : &*found;
  }
  std::string text(const char* key) {
    const Json* value = member(key);
    if (value == nullptr) return {};
    if (const auto* text = value->get_ptr<const Json::string_t*>()) return *text;
    ok_ = false;
    return {};
  }
  bool flag(const char* key) {
    const Json* value = member(key);
    if (value == nullptr) return false;
    if (const auto* flag = value->get_ptr<const Json::boolean_t*>()) return *flag;
    ok_ = false;
    return false;
  }
  std::uint64_t number(const char* key) {
    const Json* value = member(key);
    if (value == nullptr) return 0;
    if (const auto* number = value->get_ptr<const Json::number_unsigned_t*>()) return *number;
    ok_ = false;
    return 0;
  }
  std::int64_t whole(const char* key) {
    const Json* value = member(key);
    if (value == nullptr) return 0;
    if (value->is_number_unsigned() || value->is_number_integer()) return value->get<std::int64_t>();
    ok_ = false;
    return 0;
  }
  std::map<std::string, std::string> texts(const char* key) {
    std::map<std::string, std::string> out;
    const Json* value = member(key);
    if (value == nullptr) return out;
    ok_ = ok_ && value->is_object();
    if (!ok_) return out;
    for (auto item = value->begin(); item != value->end(); ++item) {
      const auto* text = item->get_ptr<const Json::string_t*>();
      if (text == nullptr) {
        ok_ = false;
        return out;
      }
      out.emplace(item.key(), *text);
    }
    return out;
  }
  template <class T, class Read>
  std::vector<T> list(const char* key, Read read) {
    std::vector<T> out;
    const Json* value = member(key);
    if (value == nullptr) return out;
    ok_ = ok_ && value->is_array();
    if (!ok_) return out;
    for (const Json& item : *value) {
      Reader reader{item};
      out.push_back(read(reader, item));
      ok_ = ok_ && reader.ok();
    }
    return out;
  }
  std::vector<std::string> strings(const char* key) {
    return list<std::string>(key, [](Reader& reader, const Json& item) -> std::string {
      const auto* text = item.get_ptr<const Json::string_t*>();
      reader.ok_ = text != nullptr;
      return text == nullptr ? std::string{} : *text;
    });
  }
  template <class T>
  T enumerator(const char* key, std::uint64_t count) {
    const std::uint64_t value = number(key);
    if (value >= count) {
      ok_ = false;
      return T{};
    }
    return static_cast<T>(value);
  }
  template <class T, class Parse>
  T named(const char* key, Parse parse, T otherwise) {
    const auto value = parse(text(key));
    if (!value) {
      ok_ = false;
      return otherwise;
    }
    return *value;
  }

 private:
  const Json& object_;
  bool ok_;
};

// ---- results ---------------------------------------------------------------------------------------------

Json json_of(const TranscriptEvent& event) {
  Json json{{"kind", static_cast<unsigned>(event.kind)},
            {"at", event.at.time_since_epoch().count()},
            {"step", event.step}};
  if (!event.conn.empty()) json["conn"] = event.conn;
  if (!event.octets.empty()) json["octets"] = to_hex(event.octets);
  if (!event.note.empty()) json["note"] = event.note;
  return json;
}

TranscriptEvent read_event(Reader& in, const Json&) {
  TranscriptEvent event;
  event.kind = in.enumerator<TranscriptEvent::Kind>("kind", 6);
  event.at = TimePoint{Duration{in.whole("at")}};
  event.step = static_cast<std::uint32_t>(in.number("step"));
  event.conn = in.text("conn");
  auto octets = from_hex(in.text("octets"));
  if (!octets)
    in.spoil();
  else
    event.octets = std::move(*octets);
  event.note = in.text("note");
  return event;
}

Json json_of(const CaseViolation& violation) {
  return {{"requirement", violation.what.requirement},
          {"level", model::to_string(violation.what.level)},
          {"state", model::to_string(violation.what.state)},
          {"event", violation.what.event},
          {"message", violation.what.message},
          {"got", violation.what.got},
          {"want", violation.what.want},
          {"known_practice", violation.what.known_practice},
          {"step", violation.step},
          {"line", violation.line},
          {"fingerprint", violation.fingerprint},
          {"deviation", violation.deviation}};
}

std::optional<model::Level> parse_level(std::string_view text) {
  using enum model::Level;
  for (const model::Level level : {must, must_not, should, should_not, recommended, may}) {
    if (model::to_string(level) == text) return level;
  }
  return std::nullopt;
}

CaseViolation read_violation(Reader& in, const Json&) {
  CaseViolation violation;
  violation.what.requirement = in.text("requirement");
  violation.what.level = in.named("level", parse_level, model::Level::must);
  violation.what.state = in.named("state", model::parse_state, model::State::closed);
  violation.what.event = in.text("event");
  violation.what.message = in.text("message");
  violation.what.got = in.text("got");
  violation.what.want = in.strings("want");
  violation.what.known_practice = in.text("known_practice");
  violation.step = static_cast<std::uint32_t>(in.number("step"));
  violation.line = static_cast<std::uint32_t>(in.number("line"));
  violation.fingerprint = in.text("fingerprint");
  violation.deviation = in.text("deviation");
  return violation;
}

Json isns_of(const model::HostFacts& host) {
  Json list = Json::array();
  for (const model::IsnSample& one : host.isns) {
    list.push_back({{"at", one.at.count()},
                    {"connection", one.connection},
                    {"isn", one.isn},
                    {"port", one.port},
                    {"active", one.active}});
  }
  return list;
}

Json choices_of(const model::HostFacts& host) {
  Json list = Json::array();
  for (const auto& [row, done] : host.choices) {
    for (const auto& [choice, times] : done)
      list.push_back({{"row", row}, {"choice", choice}, {"times", times}});
  }
  return list;
}

void read_host(Reader& in, model::HostFacts& host) {
  host.life = in.text("life");
  host.isns = in.list<model::IsnSample>("isns", [](Reader& one, const Json&) {
    return model::IsnSample{Duration{one.whole("at")}, one.text("connection"),
                            static_cast<std::uint32_t>(one.number("isn")),
                            static_cast<std::uint16_t>(one.number("port")), one.flag("active")};
  });
  struct Choice {
    std::string row;
    std::string choice;
    std::uint32_t times;
  };
  const auto choices = in.list<Choice>("choices", [](Reader& one, const Json&) {
    return Choice{one.text("row"), one.text("choice"), static_cast<std::uint32_t>(one.number("times"))};
  });
  for (const Choice& c : choices) host.choices[c.row][c.choice] += c.times;
}

Json json_of(const CaseResult& result) {
  Json requirements = Json::array();
  for (const RequirementResult& one : result.requirements) {
    requirements.push_back({{"id", one.id}, {"verdict", engine::to_string(one.verdict)}});
  }
  Json violations = Json::array();
  for (const CaseViolation& one : result.violations) violations.push_back(json_of(one));
  Json transcript = Json::array();
  for (const TranscriptEvent& one : result.transcript) transcript.push_back(json_of(one));
  return {{"scenario", result.scenario},
          {"variant", result.variant},
          {"title", result.title},
          {"file", result.file},
          {"verdict", engine::to_string(result.verdict)},
          {"reason", result.reason},
          {"missing", result.missing},
          {"requirements", std::move(requirements)},
          {"violations", std::move(violations)},
          {"duration_ns", result.duration.count()},
          {"clock", static_cast<unsigned>(result.clock)},
          {"features", result.features},
          {"life", result.host.life},
          {"isns", isns_of(result.host)},
          {"choices", choices_of(result.host)},
          {"transcript", std::move(transcript)}};
}

CaseResult read_result(Reader& in) {
  CaseResult result;
  result.scenario = in.text("scenario");
  result.variant = in.text("variant");
  result.title = in.text("title");
  result.file = in.text("file");
  result.verdict = in.named("verdict", engine::parse_verdict, engine::Verdict::error);
  result.reason = in.text("reason");
  result.missing = in.text("missing");
  result.requirements = in.list<RequirementResult>("requirements", [](Reader& one, const Json&) {
    return RequirementResult{one.text("id"),
                             one.named("verdict", engine::parse_verdict, engine::Verdict::inconclusive)};
  });
  result.violations = in.list<CaseViolation>("violations", read_violation);
  result.duration = Duration{in.whole("duration_ns")};
  result.clock = in.enumerator<ClockKind>("clock", 2);
  result.features = in.texts("features");
  read_host(in, result.host);
  result.transcript = in.list<TranscriptEvent>("transcript", read_event);
  return result;
}

// ---- messages --------------------------------------------------------------------------------------------

Json json_of(const Hello& hello) {
  return {{"type", "hello"},
          {"kind", hello.target.kind},
          {"path", hello.target.path},
          {"options", hello.target.options},
          {"profile", model::to_string(hello.profile)},
          {"strict_should", hello.strict_should},
          {"sessions", hello.sessions}};
}
Json json_of(const Job& job) {
  return {{"type", "job"}, {"job", job.job}, {"file", job.file}, {"case", job.case_id}, {"seed", job.seed}};
}
Json json_of(const Ready& ready) {
  return {{"type", "ready"},
          {"name", ready.name},
          {"version", ready.version},
          {"clock", static_cast<unsigned>(ready.clock)},
          {"can_reset", ready.can_reset},
          {"environment", ready.environment}};
}
Json json_of(const Refused& refused) {
  return {{"type", "refused"},
          {"environment", refused.environment},
          {"message", refused.message},
          {"hint", refused.hint}};
}
Json json_of(const Finished& finished) {
  return {{"type", "finished"}, {"job", finished.job}, {"result", json_of(finished.result)}};
}

Json json_of(const Remark& remark) { return {{"type", "remark"}, {"text", remark.text}}; }

tl::unexpected<Error> nonsense(std::string_view what) { return fail(fmt::format("{} makes no sense", what)); }

Finished read_finished(Reader& in) {
  Finished finished;
  finished.job = in.number("job");
  const Json* result = in.member("result");
  if (result == nullptr) {
    in.spoil();
    return finished;
  }
  Reader inner{*result};
  finished.result = read_result(inner);
  if (!inner.ok()) in.spoil();
  return finished;
}

Json parsed(std::string_view text) { return Json::parse(text, nullptr, false); }

}  // namespace

std::string encode(const ToWorker& message) {
  return std::visit([](const auto& m) { return line_of(json_of(m)); }, message);
}

std::string encode(const FromWorker& message) {
  return std::visit([](const auto& m) { return line_of(json_of(m)); }, message);
}

Result<ToWorker> decode_to_worker(std::string_view text) {
  const Json json = parsed(text);
  Reader in{json};
  const std::string type = in.text("type");
  std::optional<ToWorker> message;
  if (type == "hello") {
    Hello hello;
    hello.target = {in.text("kind"), in.text("path"), in.texts("options")};
    hello.profile = in.named("profile", model::parse_profile, model::Profile::rfc9293);
    hello.strict_should = in.flag("strict_should");
    hello.sessions = static_cast<std::uint32_t>(in.number("sessions"));
    message = std::move(hello);
  } else if (type == "job") {
    message = Job{in.number("job"), in.text("file"), in.text("case"), in.number("seed")};
  }
  if (!message || !in.ok()) return nonsense("a message to the worker");
  return std::move(*message);
}

Result<FromWorker> decode_from_worker(std::string_view text) {
  const Json json = parsed(text);
  Reader in{json};
  const std::string type = in.text("type");
  std::optional<FromWorker> message;
  if (type == "ready") {
    Ready ready;
    ready.name = in.text("name");
    ready.version = in.text("version");
    ready.clock = in.enumerator<ClockKind>("clock", 2);
    ready.can_reset = in.flag("can_reset");
    ready.environment = in.texts("environment");
    message = std::move(ready);
  } else if (type == "refused") {
    message = Refused{in.flag("environment"), in.text("message"), in.text("hint")};
  } else if (type == "finished") {
    message = read_finished(in);
  } else if (type == "remark") {
    message = Remark{in.text("text")};
  }
  if (!message || !in.ok()) return nonsense("a message from the worker");
  return std::move(*message);
}

std::string encode_result(const CaseResult& result) { return line_of(json_of(result)); }

Result<CaseResult> decode_result(std::string_view text) {
  const Json json = parsed(text);
  Reader in{json};
  CaseResult result = read_result(in);
  if (!in.ok()) return nonsense("a stored result");
  return result;
}

std::string encode_header(const RunRecord& record) {
  return line_of({{"schema", "tcpjury.store/1"},
                  {"tool_version", record.tool_version},
                  {"target_name", record.target_name},
                  {"target_version", record.target_version},
                  {"profile", record.profile},
                  {"seed", record.seed},
                  {"strict_should", record.strict_should},
                  {"partial", record.partial},
                  {"environment", record.environment},
                  {"features", record.features},
                  {"remarks", record.remarks},
                  {"wall_ns", record.wall.count()}});
}

Result<RunRecord> decode_header(std::string_view text) {
  const Json json = parsed(text);
  Reader in{json};
  RunRecord record;
  if (in.text("schema") != "tcpjury.store/1") return nonsense("the head of a stored run");
  record.tool_version = in.text("tool_version");
  record.target_name = in.text("target_name");
  record.target_version = in.text("target_version");
  record.profile = in.text("profile");
  record.seed = in.number("seed");
  record.strict_should = in.flag("strict_should");
  record.partial = in.flag("partial");
  record.environment = in.texts("environment");
  record.features = in.texts("features");
  record.remarks = in.strings("remarks");
  record.wall = Duration{in.whole("wall_ns")};
  if (!in.ok()) return nonsense("the head of a stored run");
  return record;
}

}  // namespace tcpjury::runner
