#include "harness/scenario/load.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

#include "harness/scenario/document.h"
#include "harness/scenario/step_decoder.h"
#include "harness/scenario/table_reader.h"

namespace tcpjury::scenario {
namespace {

namespace fs = std::filesystem;

/// Steps of all variants of a file together: bounds the memory a file can ask for.
constexpr std::size_t total_step_limit = 200'000;
/// Octets of the file, times its variants: bounds the time a file can ask for.
constexpr std::size_t total_text_limit = 256U << 20U;

bool is_id(std::string_view text) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyz0123456789-_/";
  return !text.empty() && text.size() <= 200 && text.find_first_not_of(allowed) == std::string_view::npos &&
         !text.starts_with('/') && !text.ends_with('/') && text.find("//") == std::string_view::npos;
}

/// What the id must be: the path below the folder of scenarios, or else the last part alone.
struct ExpectedId {
  std::string text;
  bool whole = false;
};

std::optional<ExpectedId> expected_id(const std::string& file, const LoadOptions& options) {
  if (!file.ends_with(".toml")) return std::nullopt;
  const fs::path path = fs::path{file}.lexically_normal();
  if (!options.scenario_dir.empty()) {
    std::error_code error;
    const fs::path base = fs::weakly_canonical(options.scenario_dir, error);
    const fs::path below = fs::weakly_canonical(path, error).lexically_relative(base);
    if (!below.empty() && *below.begin() != "..") {
      return ExpectedId{fs::path{below}.replace_extension().generic_string(), true};
    }
  }
  return ExpectedId{path.stem().string(), false};
}

/// The state of the start and the OPEN that leads there.
struct Start {
  std::optional<model::State> state;
  model::Origin role = model::Origin::passive;
};

void add_start_needs(const Start& start, std::vector<Capability>& needs) {
  using enum model::State;
  if (!start.state || *start.state == closed) return;
  const bool passive = start.role == model::Origin::passive;
  needs.push_back(passive ? Capability::open_passive : Capability::open_active);
  // The states behind the target's own FIN are reached by its user's CLOSE.
  constexpr std::array after_close{fin_wait_1, fin_wait_2, closing, last_ack, time_wait};
  if (std::ranges::find(after_close, *start.state) != after_close.end()) needs.push_back(Capability::close);
}

/// What the walk of start_in has bound when it arrives.
void bind_start_names(const Start& start, NameScope& scope) {
  using enum model::State;
  if (!start.state || *start.state == closed || *start.state == listen) return;
  scope.bound.insert("K");
  if (*start.state != syn_sent) scope.bound.insert("J");
}

class FileLoader {
 public:
  FileLoader(std::string_view text, const std::string& name, const LoadOptions& options)
      : size_{text.size()}, name_{name}, options_{options}, complaints_{name} {
    Diagnostics syntax;
    document_ = parse_document(text, name, syntax);
    result_.diagnostics = std::move(syntax);
  }

  LoadResult run() {
    if (!document_) return std::move(result_);
    const Member* matrix_table = document_->find("matrix");
    const Matrix matrix{matrix_table == nullptr ? nullptr : &matrix_table->value, complaints_};
    const Member* steps = document_->find("step");
    const bool bounded = steps == nullptr || number_steps(steps->value, step_numbers_, complaints_);
    if (bounded) expand(matrix, steps);
    result_.diagnostics = complaints_.take();
    if (!result_.diagnostics.empty()) result_.variants.clear();
    return std::move(result_);
  }

 private:
  void expand(const Matrix& matrix, const Member* steps) {
    const std::vector<Combination> combinations = matrix.combinations(complaints_);
    if (combinations.size() * step_numbers_.size() > total_step_limit) {
      complaints_.add(Code::too_many, *document_,
                      fmt::format("{} variants of {} steps; {} steps are the limit", combinations.size(),
                                  step_numbers_.size(), total_step_limit),
                      "write several files");
      return;
    }
    if (combinations.size() * size_ > total_text_limit) {
      complaints_.add(Code::too_many, *document_,
                      fmt::format("{} variants of {} octets; {} octets are the limit", combinations.size(),
                                  size_, total_text_limit),
                      "write several files");
      return;
    }
    for (const Combination& combination : combinations) {
      Variant variant = decode(matrix, combination);
      variant.variant = matrix.variant_name(combination);
      result_.variants.push_back(std::move(variant));
      // Every variant would repeat the same mistakes; only the first ones can be shown anyway.
      if (complaints_.count() > complaint_limit) return;
    }
    if (steps == nullptr || steps->value.items.empty()) {
      complaints_.add(Code::missing_field, *document_, "the scenario has no steps", "[[step]]");
    }
    // After another mistake "unused" would mostly be its echo.
    if (complaints_.empty()) complain_unused(matrix);
  }

  Variant decode(const Matrix& matrix, const Combination& combination) {
    VariantContext context{matrix, combination, usage_, complaints_};
    context.step_numbers = &step_numbers_;
    const TableReader reader{context, *document_, "scenario"};
    Variant variant;
    variant.file = name_;
    variant.family = context.family();
    reader.with("id", [&](const Node& n, const Field& f) { identity(context, n, f, variant); });
    reader.with("title",
                [&](const Node& n, const Field& f) { variant.title = context.text(n, f).value_or(""); });
    reader.with("requirements",
                [&](const Node& n, const Field& f) { variant.requirements = context.requirements(n, f); });
    reader.with("tags", [&](const Node& n, const Field& f) { variant.tags = context.texts(n, f); });
    reader.with("tier", [&](const Node& n, const Field& f) {
      variant.tier = static_cast<Tier>(context.word(n, f).value_or(0));
    });
    reader.with("target", [&](const Node& n, const Field& f) {
      if (n.kind != Node::Kind::table) return context.wrong_type(n, f, "a table");
      settings(context, n, "", variant.settings);
    });
    reader.with("found", [&](const Node& n, const Field&) { found(context, n); });
    const Start start = start_of(context, reader);
    bind_start_names(start, context.scope);
    variant.start_in = start.state;
    variant.role = start.role;
    reader.with("let", [&](const Node& n, const Field& f) { constants(context, n, f); });
    variant.constants = {context.scope.constants.begin(), context.scope.constants.end()};
    reader.with("step", [&](const Node& n, const Field&) { variant.steps = decode_steps(context, n); });
    needs(start, variant);
    return variant;
  }

  void identity(VariantContext& context, const Node& node, const Field& field, Variant& variant) {
    const auto id = context.text(node, field);
    if (!id) return;
    variant.scenario = *id;
    if (!is_id(*id)) {
      complaints_.add(Code::bad_name, node, fmt::format("'{}' is not an id", *id),
                      "lower-case words with digits, '-' and '_', separated by '/'");
      return;
    }
    const auto expected = expected_id(name_, options_);
    if (!expected) return;
    const std::string_view last = std::string_view{*id}.substr(id->rfind('/') + 1);
    if ((expected->whole ? std::string_view{*id} : last) == expected->text) return;
    complaints_.add(Code::id_not_path, node,
                    fmt::format("the id '{}' does not match the file '{}'", *id, name_),
                    fmt::format("the id {} '{}'", expected->whole ? "is" : "ends in", expected->text));
  }

  Start start_of(VariantContext& context, const TableReader& reader) {
    using enum model::State;
    Start start;
    const Node* place = nullptr;
    reader.with("start_in", [&](const Node& n, const Field& f) {
      place = &n;
      if (const auto index = context.word(n, f)) start.state = static_cast<model::State>(*index);
    });
    if (start.state == syn_sent) start.role = model::Origin::active;
    reader.with("role", [&](const Node& n, const Field& f) {
      if (const auto index = context.word(n, f)) {
        start.role = *index == 0 ? model::Origin::passive : model::Origin::active;
      }
      if (reader.find("start_in") == nullptr) {
        complaints_.add(Code::out_of_place, n,
                        "'role' says how start_in is reached, and there is no start_in");
      }
    });
    const bool listening_opener = start.state == listen && start.role == model::Origin::active;
    const bool sending_listener = start.state == syn_sent && start.role == model::Origin::passive;
    if (listening_opener || sending_listener) {
      complaints_.add(Code::impossible_start, *place,
                      fmt::format("{} is never in {}", listening_opener ? "an opener" : "a listener",
                                  model::to_string(*start.state)),
                      fmt::format("exclude = [\"role == '{}' and state == '{}'\"]",
                                  listening_opener ? "opener" : "listener", model::to_string(*start.state)));
    }
    return start;
  }

  void constants(VariantContext& context, const Node& node, const Field& field) {
    if (node.kind != Node::Kind::table) return context.wrong_type(node, field, "a table");
    Field number = field;
    for (const Member& member : node.members) {
      number.name = member.key;
      number.example = "[let]\nburst = 3";
      if (!is_plain_name(member.key)) {
        complaints_.add(Code::bad_name, member, fmt::format("'{}' is not a name for a constant", member.key),
                        "lower-case letters, digits and '_', beginning with a letter");
        continue;
      }
      if (context.scope.knows(member.key)) {
        complaints_.add(Code::name_taken, member, fmt::format("the name '{}' is taken", member.key));
        continue;
      }
      const auto expression = context.expression(member.value, number, Binds::no);
      if (!expression) continue;
      const auto value = expression->evaluate([&](std::string_view name) -> std::optional<std::uint32_t> {
        const auto found = context.scope.constants.find(name);
        return found == context.scope.constants.end() ? std::nullopt : std::optional{found->second};
      });
      if (value) {
        context.scope.constants.emplace(member.key, *value);
      } else {
        complaints_.add(Code::unbound_name, member.value, value.error().message,
                        "a constant is made of numbers, numeric axes and constants above it");
      }
    }
  }

  /// Nested tables are keys with dots: sysctl names may be written with or without quotation marks.
  void settings(VariantContext& context, const Node& node, const std::string& prefix,
                std::map<std::string, std::string>& into) {
    for (const Member& member : node.members) {
      const std::string key = prefix + member.key;
      if (member.value.kind == Node::Kind::table) {
        settings(context, member.value, key + ".", into);
        continue;
      }
      const auto value = context.scalar(member.value);
      if (!value) continue;
      switch (value->kind) {
        case Node::Kind::string:
          into.insert_or_assign(key, value->text);
          break;
        case Node::Kind::integer:
        case Node::Kind::boolean:
          into.insert_or_assign(key, std::to_string(value->integer));
          break;
        case Node::Kind::real:
        case Node::Kind::moment:
        case Node::Kind::array:
        case Node::Kind::table:
          complaints_.add(Code::wrong_type, member.value,
                          fmt::format("a setting is a string, a number, true or false, not {}",
                                      describe(member.value.kind)));
      }
    }
  }

  void found(VariantContext& context, const Node& node) {
    const TableReader reader{context, node, "found"};
    Found& out = result_.found.emplace();
    const auto text = [&](std::string_view name, std::string& into) {
      reader.with(name, [&](const Node& n, const Field& f) { into = context.text(n, f).value_or(""); });
    };
    text("target", out.target);
    text("version", out.version);
    text("profile", out.profile);
    text("seed", out.seed);
    text("fingerprint", out.fingerprint);
  }

  static void needs(const Start& start, Variant& variant) {
    variant.needs.push_back(variant.family == wire::Family::v4 ? Capability::ipv4 : Capability::ipv6);
    add_start_needs(start, variant.needs);
    add_needs(variant.steps, variant.needs);
    std::ranges::sort(variant.needs);
    const auto repeated = std::ranges::unique(variant.needs);
    variant.needs.erase(repeated.begin(), repeated.end());
  }

  void complain_unused(const Matrix& matrix) {
    const auto used = [&](const std::string& name) {
      // "where" is used where "where.seq" is; '/' follows '.' in ASCII.
      return usage_.names.contains(name) ||
             usage_.names.lower_bound(name + ".") != usage_.names.lower_bound(name + "/");
    };
    for (const Axis& axis : matrix.axes()) {
      if (axis.name == "family" || used(axis.name)) continue;
      complaints_.add(Code::unused, axis.line, axis.column,
                      fmt::format("the axis '{}' has no effect on any step", axis.name),
                      fmt::format("use it as ${{{0}}}, as a number, or in 'when'", axis.name));
    }
    if (const Member* let = document_->find("let")) {
      for (const Member& constant : let->value.members) {
        if (used(constant.key)) continue;
        complaints_.add(Code::unused, constant, fmt::format("the constant '{}' is never used", constant.key));
      }
    }
    for (const auto& [step, number] : step_numbers_) {
      const Member* when = step->find("when");
      if (when == nullptr || usage_.steps.contains(step)) continue;
      complaints_.add(Code::unused, when->value, "this condition holds in no variant: the step never runs");
    }
  }

  std::size_t size_;
  const std::string& name_;
  const LoadOptions& options_;
  Complaints complaints_;
  std::optional<Node> document_;
  LoadResult result_ = {};
  Usage usage_ = {};
  std::map<const Node*, std::uint32_t> step_numbers_ = {};
};

Diagnostic unreadable(const std::string& path, std::string why) {
  return {std::string{to_string(Code::unreadable_file)}, {path, 0, 0}, std::move(why)};
}

}  // namespace

LoadResult load_text(std::string_view text, const std::string& name, const LoadOptions& options) {
  return FileLoader{text, name, options}.run();
}

LoadResult load_file(const std::string& path, const LoadOptions& options) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) return {{}, {unreadable(path, "the file does not exist")}};
  // A pipe or a device may never end.
  if (!fs::is_regular_file(status)) return {{}, {unreadable(path, "this is not a regular file")}};
  std::ifstream file{path, std::ios::binary};
  std::string text(file_size_limit + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) return {{}, {unreadable(path, "the file cannot be read")}};
  text.resize(static_cast<std::size_t>(file.gcount()));
  return load_text(text, path, options);
}

LoadResult load_files(std::span<const std::string> paths, const LoadOptions& options) {
  LoadResult all;
  std::map<std::string, std::string> owner;
  for (const std::string& path : paths) {
    LoadResult one = load_file(path, options);
    all.diagnostics.insert(all.diagnostics.end(), one.diagnostics.begin(), one.diagnostics.end());
    if (one.found) all.found = std::move(one.found);
    if (one.variants.empty()) continue;
    const std::string& id = one.variants.front().scenario;
    const auto [place, is_new] = owner.emplace(id, path);
    if (!is_new) {
      all.diagnostics.push_back({std::string{to_string(Code::duplicate_id)},
                                 {path, 0, 0},
                                 fmt::format("the id '{}' is taken by '{}'", id, place->second)});
    }
    std::ranges::move(one.variants, std::back_inserter(all.variants));
  }
  if (!all.diagnostics.empty()) all.variants.clear();
  return all;
}

}  // namespace tcpjury::scenario
