// The published schema against real output: by a small validator of our own, and by python3-jsonschema
// where it is installed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>

#include "reports/common/writer.h"
#include "reports/json/json.h"
#include "reports/testing/sample.h"

namespace tcpjury::reports {
namespace {

using nlohmann::json;

const std::string schema_path = std::string{TCPJURY_SOURCE_DIR} + "/reports/json/tcpjury.run.1.schema.json";

json schema() {
  std::ifstream in{schema_path};
  return json::parse(in);
}

/// The keywords the schema uses. An unknown one is a complaint: silently skipped, it would check nothing.
class Validator {
 public:
  explicit Validator(const json& root) : root_{root} {}

  [[nodiscard]] std::vector<std::string> complaints(const json& value) {
    complaints_.clear();
    check(root_, value, "$");
    return complaints_;
  }

 private:
  void complain(const std::string& place, const std::string& what) {
    complaints_.push_back(place + ": " + what);
  }

  static bool has_type(const json& v, const std::string& type) {
    if (type == "object") return v.is_object();
    if (type == "array") return v.is_array();
    if (type == "string") return v.is_string();
    if (type == "boolean") return v.is_boolean();
    if (type == "integer") return v.is_number_integer();
    return type == "number" && v.is_number();
  }

  void check(const json& rule, const json& v, const std::string& place) {
    for (const auto& [keyword, argument] : rule.items()) check_keyword(keyword, argument, rule, v, place);
  }

  void check_keyword(const std::string& keyword, const json& argument, const json& rule, const json& v,
                     const std::string& place) {
    if (keyword == "$ref")
      return check(root_.at(json::json_pointer(argument.get<std::string>().substr(1))), v, place);
    if (keyword == "type" && !has_type(v, argument)) complain(place, "is no " + argument.get<std::string>());
    if (keyword == "const" && v != argument) complain(place, "is not " + argument.dump());
    if (keyword == "enum" && std::find(argument.begin(), argument.end(), v) == argument.end()) {
      complain(place, "is none of the listed values");
    }
    if (keyword == "minimum" && v < argument) complain(place, "is too small");
    if (keyword == "pattern" &&
        !std::regex_match(v.get<std::string>(), std::regex{argument.get<std::string>()})) {
      complain(place, "does not match the pattern");
    }
    if (keyword == "required") {
      for (const auto& name : argument) {
        if (!v.contains(name.get<std::string>())) complain(place, "lacks " + name.get<std::string>());
      }
    }
    if (keyword == "properties" || keyword == "additionalProperties") check_members(rule, v, place, keyword);
    if (keyword == "items") {
      for (std::size_t i = 0; i < v.size(); ++i) check(argument, v[i], place + "[" + std::to_string(i) + "]");
    }
    static const std::set<std::string> known{
        "$schema",     "$id",      "$defs",      "$ref",  "title",
        "description", "type",     "const",      "enum",  "minimum",
        "pattern",     "required", "properties", "items", "additionalProperties"};
    if (known.count(keyword) == 0) complain(place, "unknown keyword " + keyword);
  }

  void check_members(const json& rule, const json& v, const std::string& place, const std::string& keyword) {
    const json none = json::object();
    const json& listed = rule.contains("properties") ? rule["properties"] : none;
    for (const auto& [name, member] : v.items()) {
      const std::string where = place + "." + name;
      if (keyword == "properties" && listed.contains(name)) check(listed[name], member, where);
      if (keyword == "additionalProperties" && !listed.contains(name)) check(rule[keyword], member, where);
    }
  }

  const json& root_;
  std::vector<std::string> complaints_;
};

/// Names in the report that the schema does not document.
void undocumented(const json& rule, const json& v, const json& root, std::vector<std::string>& out) {
  if (rule.contains("$ref")) {
    return undocumented(root.at(json::json_pointer(rule["$ref"].get<std::string>().substr(1))), v, root, out);
  }
  if (v.is_array() && rule.contains("items")) {
    for (const json& element : v) undocumented(rule["items"], element, root, out);
  }
  if (!v.is_object() || rule.contains("additionalProperties")) return;
  for (const auto& [name, member] : v.items()) {
    if (!rule["properties"].contains(name)) {
      out.push_back(name);
    } else {
      undocumented(rule["properties"][name], member, root, out);
    }
  }
}

TEST(RunSchema, HoldsForReports) {
  const json rules = schema();
  Validator validator{rules};
  for (const runner::RunRecord& record :
       {testing::sample_run(), testing::hostile_run(), runner::RunRecord{}}) {
    const json run = json::parse(json_report(record, testing::sample_context()));
    EXPECT_THAT(validator.complaints(run), ::testing::IsEmpty());
  }
}

TEST(RunSchema, DocumentsEveryMember) {
  const json rules = schema();
  std::vector<std::string> names;
  undocumented(rules, json::parse(json_report(testing::sample_run(), testing::sample_context())), rules,
               names);
  EXPECT_THAT(names, ::testing::IsEmpty());
}

TEST(RunSchema, RefusesWhatBreaksTheContract) {
  const json rules = schema();
  Validator validator{rules};
  const json good = json::parse(json_report(testing::sample_run(), testing::sample_context()));
  const std::vector<std::pair<std::string, json>> breaks{{"/schema", "tcpjury.run/2"},
                                                         {"/seed", -1},
                                                         {"/results/0/verdict", "passed"},
                                                         {"/results/0/duration_s", "1 s"},
                                                         {"/results/2/violations/0/level", "must"},
                                                         {"/results/2/transcript/2/octets", "4g"},
                                                         {"/summary/pass", 1.5},
                                                         {"/environment/mtu", 1500}};
  for (const auto& [place, value] : breaks) {
    json bad = good;
    bad[json::json_pointer(place)] = value;
    EXPECT_THAT(validator.complaints(bad), ::testing::SizeIs(1)) << place;
  }
  json without = good;
  without.erase("summary");
  EXPECT_THAT(validator.complaints(without), ::testing::ElementsAre("$: lacks summary"));
}

TEST(RunSchema, PythonJsonschemaAgrees) {
  if (std::system("python3 -c 'import jsonschema' >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "python3-jsonschema is not installed";
  }
  const std::string report = ::testing::TempDir() + "tcpjury_schema_test.json";
  for (const runner::RunRecord& record : {testing::sample_run(), testing::hostile_run()}) {
    ASSERT_TRUE(write_report(json_report(record, testing::sample_context()), report));
    const std::string command =
        "python3 -c 'import json,sys,jsonschema\n"
        "schema=json.load(open(sys.argv[1],encoding=\"utf-8\"))\n"
        "jsonschema.Draft202012Validator.check_schema(schema)\n"
        "jsonschema.Draft202012Validator(schema).validate("
        "json.load(open(sys.argv[2],encoding=\"utf-8\")))' '" +
        schema_path + "' '" + report + "'";
    EXPECT_EQ(std::system(command.c_str()), 0);
  }
  std::remove(report.c_str());
}

}  // namespace
}  // namespace tcpjury::reports
