#include "harness/scenario/step_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/assert.h"
#include "harness/scenario/call_decoder.h"
#include "harness/scenario/icmp_decoder.h"
#include "harness/scenario/segment_decoder.h"
#include "harness/scenario/table_reader.h"

namespace tcpjury::scenario {
namespace {

constexpr std::size_t burst_limit = 1000;
constexpr std::size_t alternative_limit = 16;

constexpr std::array<std::string_view, 10> actions{"call",         "send",         "expect", "expect_nothing",
                                                   "expect_state", "expect_event", "wait",   "any_of",
                                                   "repeat",       "icmp"};
constexpr std::array<std::string_view, 3> waiting_actions{"expect", "expect_event", "any_of"};

bool number_nested(const Node& steps, int depth, std::map<const Node*, std::uint32_t>& numbers,
                   Complaints& complaints) {
  if (depth > step_depth_limit) {
    complaints.add(Code::nested_too_deep, steps,
                   fmt::format("steps are nested deeper than {} levels", step_depth_limit));
    return false;
  }
  for (const Node& step : steps.items) {
    if (numbers.size() == step_limit) {
      complaints.add(Code::too_many, step, fmt::format("a scenario has at most {} steps", step_limit),
                     "use [matrix] and repeat instead of writing steps out");
      return false;
    }
    numbers.emplace(&step, static_cast<std::uint32_t>(numbers.size() + 1));
    if (const Member* repeat = step.find("repeat")) {
      const Member* body = repeat->value.find("steps");
      if (body != nullptr && !number_nested(body->value, depth + 1, numbers, complaints)) return false;
    }
    const Member* any_of = step.find("any_of");
    if (any_of == nullptr) continue;
    for (const Node& alternative : any_of->value.items) {
      const Member* then = alternative.find("then");
      if (then != nullptr && !number_nested(then->value, depth + 1, numbers, complaints)) return false;
    }
  }
  return true;
}

using What = decltype(Step::what);

class StepDecoder {
 public:
  StepDecoder(VariantContext& context, const Node& node)
      : context_{context}, node_{node}, reader_{context, node, "step"} {}

  std::optional<Step> decode() {
    Step step;
    step.number = context_.step_numbers->at(&node_);
    step.where = {context_.complaints().file(), node_.line, node_.column};
    if (node_.kind != Node::Kind::table) return std::nullopt;
    reader_.with("conn", [&](const Node& n, const Field& f) { connection(n, f, step); });
    reader_.with("because",
                 [&](const Node& n, const Field& f) { step.because = context_.text(n, f).value_or(""); });
    reader_.with("requirement",
                 [&](const Node& n, const Field& f) { step.requirements = context_.requirements(n, f); });
    auto what = action();
    if (!what) return std::nullopt;
    step.what = std::move(*what);
    // People look for what the step does, not for its [[step]].
    const auto acts = std::ranges::find_if(
        node_.members, [](const Member& m) { return std::ranges::find(actions, m.key) != actions.end(); });
    if (acts != node_.members.end()) {
      step.where.line = acts->line;
      step.where.column = acts->column;
    }
    return step;
  }

 private:
  void connection(const Node& node, const Field& field, Step& step) {
    const auto name = context_.text(node, field);
    if (!name) return;
    if (is_plain_name(*name) && is_engine_prefix(*name)) {
      context_.complaints().add(Code::name_taken, node,
                                fmt::format("'{}' begins names of the engine, such as snd.nxt", *name));
    } else if (is_plain_name(*name)) {
      step.conn = *name;
      context_.scope.connections.insert(*name);
    } else {
      context_.complaints().add(Code::bad_name, node,
                                fmt::format("'{}' is not a name for a connection", *name),
                                "lower-case letters, digits and '_', beginning with a letter");
    }
  }

  std::optional<What> action() {
    std::vector<std::string_view> given;
    for (const Member& member : node_.members) {
      const auto known = std::ranges::find(actions, member.key);
      if (known != actions.end()) given.push_back(*known);
    }
    if (given.size() != 1) {
      // A misspelt action has been reported already, with a better hint.
      if (given.empty() && !reader_.clean()) return std::nullopt;
      context_.complaints().add(
          Code::not_one_action, node_,
          given.empty() ? std::string{"this step does nothing"}
                        : fmt::format("this step does {} things: {}", given.size(), fmt::join(given, ", ")),
          given.empty() ? fmt::format("give it one of {}", fmt::join(actions, ", "))
                        : std::string{"write one [[step]] for each"});
      return std::nullopt;
    }
    const Node& node = *reader_.find(given[0]);
    const Field& field = reader_.field(given[0]);
    const auto within = timeout(given[0]);
    if (given[0] == "call") return call(node);
    if (given[0] == "send") return send(node, field);
    if (given[0] == "expect") return ExpectStep{decode_segment(context_, node, SegmentRole::match), within};
    if (given[0] == "expect_nothing") return expect_nothing(node, field);
    if (given[0] == "expect_state") return expect_state(node, field);
    if (given[0] == "expect_event") return expect_event(node, field, within);
    if (given[0] == "wait") return wait(node, field);
    if (given[0] == "any_of") return any_of(node, field, within);
    if (given[0] == "repeat") return repeat(node);
    return What{decode_icmp(context_, node)};
  }

  std::optional<SymbolicDuration> timeout(std::string_view action) {
    const Node* node = reader_.find("within");
    if (node == nullptr) return std::nullopt;
    if (std::ranges::find(waiting_actions, action) == waiting_actions.end()) {
      context_.complaints().add(Code::out_of_place, *node,
                                fmt::format("'within' means nothing beside '{}'", action),
                                "it belongs to expect, expect_event and any_of");
      return std::nullopt;
    }
    return context_.duration(*node, reader_.field("within"));
  }

  std::optional<What> call(const Node& node) {
    auto call = decode_call(context_, node);
    if (!call) return std::nullopt;
    return CallStep{std::move(*call)};
  }

  /// A table, or an array of them.
  std::vector<SegmentPattern> segments(const Node& node, const Field& field, SegmentRole role) {
    std::vector<SegmentPattern> list;
    if (node.kind == Node::Kind::table) {
      list.push_back(decode_segment(context_, node, role));
    } else if (node.kind != Node::Kind::array || node.items.empty()) {
      context_.wrong_type(node, field, "a segment, or an array of segments");
    } else if (node.items.size() > burst_limit) {
      context_.complaints().add(Code::too_many, node,
                                fmt::format("at most {} segments at once", burst_limit));
    } else {
      for (const Node& item : node.items) list.push_back(decode_segment(context_, item, role));
    }
    return list;
  }

  std::optional<What> send(const Node& node, const Field& field) {
    return SendStep{segments(node, field, SegmentRole::send)};
  }

  std::optional<What> expect_nothing(const Node& node, const Field& field) {
    ExpectNothingStep step{};
    if (node.kind != Node::Kind::table) {
      const auto quiet = context_.duration(node, field);
      if (!quiet) return std::nullopt;
      step.quiet = *quiet;
      return step;
    }
    const TableReader reader{context_, node, "expect_nothing"};
    reader.with("for", [&](const Node& n, const Field& f) {
      step.quiet = context_.duration(n, f).value_or(SymbolicDuration{});
    });
    reader.with("except",
                [&](const Node& n, const Field& f) { step.except = segments(n, f, SegmentRole::filter); });
    return step;
  }

  std::optional<What> expect_state(const Node& node, const Field&) {
    const Field& word = *find_field("expect_state.state");
    ExpectStateStep step{};
    std::optional<std::size_t> index;
    if (node.kind == Node::Kind::table) {
      const TableReader reader{context_, node, "expect_state"};
      reader.with("state", [&](const Node& n, const Field& f) { index = context_.word(n, f); });
      reader.with("probe", [&](const Node& n, const Field& f) {
        step.probe = context_.boolean(n, f).value_or(false);
      });
    } else {
      index = context_.word(node, word);
    }
    if (!index) return std::nullopt;
    step.state = static_cast<model::State>(*index);
    return step;
  }

  std::optional<What> expect_event(const Node& node, const Field& field,
                                   std::optional<SymbolicDuration> within) {
    const auto index = context_.word(node, field);
    if (!index) return std::nullopt;
    return ExpectEventStep{static_cast<UserEvent>(*index), within};
  }

  std::optional<What> wait(const Node& node, const Field& field) {
    const auto time = context_.duration(node, field);
    if (!time) return std::nullopt;
    return WaitStep{*time};
  }

  std::optional<What> any_of(const Node& node, const Field& field, std::optional<SymbolicDuration> within) {
    if (node.kind != Node::Kind::array || node.items.empty()) {
      context_.wrong_type(node, field, "an array of alternatives");
      return std::nullopt;
    }
    if (node.items.size() > alternative_limit) {
      context_.complaints().add(Code::too_many, node,
                                fmt::format("at most {} alternatives", alternative_limit));
      return std::nullopt;
    }
    AnyOfStep step{{}, within};
    const NameScope before = context_.scope;
    std::optional<NameScope> after;
    for (const Node& item : node.items) {
      context_.scope = before;
      const TableReader reader{context_, item, "any_of"};
      AnyOfStep::Alternative alternative;
      reader.with("expect", [&](const Node& n, const Field&) {
        alternative.pattern = decode_segment(context_, n, SegmentRole::match);
      });
      reader.with("then", [&](const Node& n, const Field&) { alternative.then = decode_steps(context_, n); });
      step.alternatives.push_back(std::move(alternative));
      // Afterwards only those names have a value that every alternative binds.
      if (!after) {
        after = context_.scope;
      } else {
        std::erase_if(after->bound,
                      [&](const std::string& name) { return !context_.scope.bound.contains(name); });
      }
    }
    context_.scope = std::move(*after);
    return step;
  }

  std::optional<What> repeat(const Node& node) {
    const TableReader reader{context_, node, "repeat"};
    RepeatStep step{};
    bool fine = true;
    reader.with("count", [&](const Node& n, const Field& f) {
      auto count = context_.expression(n, f, Binds::no);
      fine = count.has_value();
      if (count) step.count = std::move(*count);
    });
    reader.with("counter", [&](const Node& n, const Field& f) { counter(n, f, step); });
    const bool inserted = !step.counter.empty() && context_.scope.counters.insert(step.counter).second;
    reader.with("steps", [&](const Node& n, const Field&) { step.body = decode_steps(context_, n); });
    if (inserted) context_.scope.counters.erase(step.counter);
    if (!fine) return std::nullopt;
    return step;
  }

  void counter(const Node& node, const Field& field, RepeatStep& step) {
    const auto name = context_.text(node, field);
    if (!name) return;
    if (!is_plain_name(*name)) {
      context_.complaints().add(Code::bad_name, node, fmt::format("'{}' is not a name for a counter", *name),
                                "lower-case letters, digits and '_', beginning with a letter");
    } else if (context_.scope.knows(*name)) {
      context_.complaints().add(Code::name_taken, node, fmt::format("the name '{}' is taken", *name));
    } else {
      step.counter = *name;
    }
  }

  VariantContext& context_;
  const Node& node_;
  TableReader reader_;
};

}  // namespace

bool number_steps(const Node& steps, std::map<const Node*, std::uint32_t>& numbers, Complaints& complaints) {
  return number_nested(steps, 1, numbers, complaints);
}

Steps decode_steps(VariantContext& context, const Node& node) {
  Steps steps;
  if (node.kind != Node::Kind::array) {
    context.complaints().add(Code::wrong_type, node,
                             fmt::format("steps are an array, not {}", describe(node.kind)),
                             "write [[step]] in front of each");
    return steps;
  }
  for (const Node& item : node.items) {
    if (const Member* when = item.find("when")) {
      if (!context.condition(when->value, *find_field("step.when"))) continue;
    }
    context.usage().steps.insert(&item);
    if (auto step = StepDecoder{context, item}.decode()) steps.push_back(std::move(*step));
  }
  return steps;
}

void add_needs(const Steps& steps, std::vector<Capability>& needs) {
  for (const Step& step : steps) {
    if (const auto* call = std::get_if<CallStep>(&step.what)) {
      add_call_needs(call->call, needs);
    } else if (const auto* send = std::get_if<SendStep>(&step.what)) {
      const bool routed = std::ranges::any_of(
          send->segments, [](const SegmentPattern& segment) { return segment.ip.route.has_value(); });
      if (routed) needs.push_back(Capability::source_route);
    } else if (const auto* repeat = std::get_if<RepeatStep>(&step.what)) {
      add_needs(repeat->body, needs);
    } else if (const auto* any_of = std::get_if<AnyOfStep>(&step.what)) {
      for (const AnyOfStep::Alternative& alternative : any_of->alternatives)
        add_needs(alternative.then, needs);
    }
  }
}

}  // namespace tcpjury::scenario
