// Turns scenarios/requirements/*.toml into the C++ table behind model::requirement_catalogue().
//
// Usage: catalogue_generator OUTPUT.cpp INPUT.toml...
// It runs while the project is built, so a mistake in the catalogue stops the build with its place. It does
// not link the model: the model is what it makes.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

namespace {

struct Word {
  std::string_view spelling;
  std::string_view enumerator;
};
constexpr std::array levels{
    Word{"MUST", "Level::must"},     Word{"MUST NOT", "Level::must_not"},
    Word{"SHOULD", "Level::should"}, Word{"SHOULD NOT", "Level::should_not"},
    Word{"MAY", "Level::may"},       Word{"RECOMMENDED", "Level::recommended"},
};
constexpr std::array observables{
    Word{"wire", "Observable::wire"},
    Word{"wire+app", "Observable::wire_and_app"},
    Word{"app", "Observable::app"},
    Word{"internal", "Observable::internal"},
};
constexpr std::string_view every_state =
    "CLOSED LISTEN SYN-SENT SYN-RECEIVED ESTABLISHED FIN-WAIT-1 FIN-WAIT-2 CLOSE-WAIT CLOSING LAST-ACK "
    "TIME-WAIT";

/// A row of the table: C++ initialisers, in the order of model::Requirement.
struct Row {
  std::string id;
  std::string initialiser;
};

/// With the suffix the compiler knows the length: half a million octets counted one by one at compile time
/// are more than clang is willing to do.
std::string literal(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\' || c == '?') out += '\\';
    out += c;
  }
  return out + "\"sv";
}

class Generator {
 public:
  void read(const std::string& path) {
    file_ = path;
    const toml::parse_result parsed = toml::parse_file(path);
    if (!parsed) {
      complain(parsed.error().source(), parsed.error().description());
      return;
    }
    const toml::table& root = parsed.table();
    rfc_ = root["rfc"].value<std::int64_t>().value_or(0);
    if (rfc_ < 1 || rfc_ > UINT16_MAX) complain(root.source(), "'rfc' must be the number of the document");
    const toml::array* entries = root["requirement"].as_array();
    if (entries == nullptr) return complain(root.source(), "no [[requirement]] in this file");
    for (const toml::node& entry : *entries) {
      if (const toml::table* table = entry.as_table()) {
        add(*table);
      } else {
        complain(entry.source(), "a requirement is a table");
      }
    }
  }

  bool write(const std::string& path) {
    std::ranges::sort(rows_, {}, &Row::id);
    const auto twin = std::ranges::adjacent_find(rows_, {}, &Row::id);
    if (twin != rows_.end()) complain({}, "the id " + twin->id + " is given twice");
    if (failed_) return false;
    std::ofstream out{path};
    out << "// Generated from scenarios/requirements/*.toml by catalogue_generator.\n"
           "#include \"harness/model/requirement.h\"\n\n"
           "namespace tcpjury::model {\nnamespace {\n\n"
           "using namespace std::string_view_literals;\n\n"
           "constexpr Requirement catalogue[] = {\n";
    for (const Row& row : rows_) out << row.initialiser;
    out << "};\n\n}  // namespace\n\n"
           "std::span<const Requirement> requirement_catalogue() { return catalogue; }\n\n"
           "}  // namespace tcpjury::model\n";
    out.close();
    return !out.fail();
  }

 private:
  void complain(const toml::source_region& where, std::string_view message) {
    failed_ = true;
    std::fprintf(stderr, "%s:%u:%u: %.*s\n", file_.c_str(), where.begin.line, where.begin.column,
                 static_cast<int>(message.size()), message.data());
  }

  std::string text(const toml::table& entry, std::string_view key, bool required) {
    const toml::node* node = entry.get(key);
    if (node == nullptr) {
      if (required) complain(entry.source(), "'" + std::string{key} + "' is missing");
      return {};
    }
    const auto value = node->value_exact<std::string>();
    if (!value || value->empty()) {
      complain(node->source(), "'" + std::string{key} + "' must be a string that is not empty");
      return {};
    }
    return *value;
  }

  /// The words of an array of strings, separated by one blank.
  std::string words(const toml::table& entry, std::string_view key, std::string_view absent) {
    const toml::node* node = entry.get(key);
    if (node == nullptr) return std::string{absent};
    const toml::array* array = node->as_array();
    std::string joined;
    if (array != nullptr) {
      for (const toml::node& element : *array) {
        joined += (joined.empty() ? "" : " ") + element.value<std::string>().value_or("?");
      }
    }
    if (joined.empty() || joined.find('?') != std::string::npos) {
      complain(node->source(), "'" + std::string{key} + "' must be an array of strings");
    }
    return joined;
  }

  std::string_view enumerator(const toml::table& entry, std::string_view key, auto& known) {
    const std::string spelling = text(entry, key, true);
    const auto word = std::ranges::find(known, spelling, &Word::spelling);
    if (word != known.end()) return word->enumerator;
    complain(entry.source(), "'" + spelling + "' is no " + std::string{key});
    return {};
  }

  void check_keys(const toml::table& entry) {
    constexpr std::array known{"id",     "level",      "section", "area",     "observable", "roles",
                               "states", "applies_if", "summary", "stimulus", "pass",       "note"};
    for (const auto& [key, value] : entry) {
      if (std::ranges::find(known, key.str()) == known.end()) {
        complain(value.source(), "unknown field '" + std::string{key.str()} + "'");
      }
    }
  }

  void add(const toml::table& entry) {
    check_keys(entry);
    Row row{text(entry, "id", true), {}};
    if (row.id.rfind("RFC" + std::to_string(rfc_) + "-", 0) != 0) {
      complain(entry.source(), "the id '" + row.id + "' must begin with the RFC of its file");
    }
    const auto field = [&](std::string_view value) { row.initialiser += literal(value) + ",\n"; };
    row.initialiser = "{" + literal(row.id) + ", " + std::string{enumerator(entry, "level", levels)} + ", " +
                      std::to_string(rfc_) + ", ";
    field(text(entry, "section", true));
    field(text(entry, "summary", true));
    row.initialiser += std::string{enumerator(entry, "observable", observables)} + ", ";
    field(text(entry, "area", true));
    field(words(entry, "states", every_state));
    field(text(entry, "stimulus", true));
    field(text(entry, "pass", true));
    field(words(entry, "roles", "any"));
    field(text(entry, "applies_if", false));
    field(text(entry, "note", false));
    row.initialiser += "},\n";
    rows_.push_back(std::move(row));
  }

  std::string file_;
  std::int64_t rfc_ = 0;
  std::vector<Row> rows_;
  bool failed_ = false;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fputs("usage: catalogue_generator OUTPUT.cpp INPUT.toml...\n", stderr);
    return 2;
  }
  Generator generator;
  for (int i = 2; i < argc; ++i) generator.read(argv[i]);
  return generator.write(argv[1]) ? 0 : 1;
}
