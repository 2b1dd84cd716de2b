#include "harness/scenario/schema.h"

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "harness/base/assert.h"
#include "harness/scenario/fields.h"

namespace tcpjury::scenario {
namespace {

using Json = nlohmann::ordered_json;

Json reference(std::string_view table) { return {{"$ref", "#/definitions/" + std::string{table}}}; }
Json string_like(std::string_view pattern) { return {{"type", "string"}, {"pattern", pattern}}; }
Json whole_number(std::uint32_t maximum) {
  return {{"type", "integer"}, {"minimum", 0}, {"maximum", maximum == 0 ? UINT32_MAX : maximum}};
}
Json any_of(std::initializer_list<Json> alternatives) { return {{"anyOf", Json::array_t(alternatives)}}; }
Json array_of(Json items) { return {{"type", "array"}, {"items", std::move(items)}}; }

/// A string with "${axis}" in it: what it becomes is known only when the matrix is expanded.
Json with_axis() { return string_like(R"(\$\{)"); }

constexpr std::string_view duration_pattern =
    R"(^ *[0-9]+(\.[0-9]+)?(ns|us|ms|s|min|h|MSL)( *[-+] *[0-9]+(\.[0-9]+)?(ns|us|ms|s|min|h|MSL))* *$)";
constexpr std::string_view flags_pattern = "^[A-Za-z, ]*$";

Json word_schema(std::string_view list) {
  Json words_of_list = {{"enum", Json::array()}};
  for (const std::string_view word : words(list)) words_of_list["enum"].push_back(word);
  return any_of({std::move(words_of_list), with_axis()});
}

Json expression_schema(std::uint32_t maximum) {
  return any_of({whole_number(maximum), Json{{"type", "string"}, {"maxLength", 256}}});
}

Json shape_schema(const Field& field) {
  Json text = {{"type", "string"}};
  switch (field.shape) {
    case Shape::text:
      return {{"type", "string"}, {"minLength", 1}};
    case Shape::texts:
      return array_of(text);
    case Shape::requirements:
      return any_of({text, array_of(text)});
    case Shape::word:
      return word_schema(field.refers);
    case Shape::flags:
      return any_of({string_like(flags_pattern), with_axis()});
    case Shape::expression:
      return expression_schema(field.maximum);
    case Shape::pair: {
      Json two = array_of(expression_schema(0));
      two["minItems"] = 2;
      two["maxItems"] = 2;
      return two;
    }
    case Shape::pairs: {
      Field pair = field;
      pair.shape = Shape::pair;
      return array_of(shape_schema(pair));
    }
    case Shape::integer:
      return any_of({whole_number(field.maximum), with_axis()});
    case Shape::boolean:
      return any_of({Json{{"type", "boolean"}}, with_axis()});
    case Shape::checksum: {
      Json bad = {{"enum", {"bad"}}};
      if (field.maximum == 0) return bad;
      return any_of({std::move(bad), whole_number(field.maximum), with_axis()});
    }
    case Shape::octets:
      return any_of({string_like("^hex:"), with_axis()});
    case Shape::data:
      return any_of({whole_number(0), text, reference("data")});
    case Shape::duration:
      return any_of({string_like(duration_pattern), with_axis()});
    case Shape::quiet:
      return any_of({string_like(duration_pattern), with_axis(), reference(field.refers)});
    case Shape::state: {
      Json either = word_schema("state");
      either["anyOf"].push_back(reference(field.refers));
      return either;
    }
    case Shape::condition:
      return text;
    case Shape::table:
      return reference(field.refers);
    case Shape::tables:
      return array_of(reference(field.refers));
    case Shape::one_or_more:
      return any_of({reference(field.refers), array_of(reference(field.refers))});
    case Shape::free_table:
      return {{"type", "object"}};
  }
  TCPJURY_UNREACHABLE();
}

/// In draft 4 whatever stands beside "$ref" is ignored, so a description needs a wrapper.
Json described(const Field& field) {
  Json schema = shape_schema(field);
  if (schema.contains("$ref")) schema = Json{{"allOf", {schema}}};
  Json result = {{"description", std::string{field.doc} + "\n\nExample: " + std::string{field.example}}};
  result.update(schema);
  return result;
}

Json table_schema(std::string_view table) {
  Json schema = {{"type", "object"}, {"additionalProperties", false}};
  Json properties = Json::object();
  Json required = Json::array();
  for (const Field& field : fields_of(table)) {
    properties[std::string{field.name}] = described(field);
    if (field.required) required.push_back(field.name);
  }
  if (!required.empty()) schema["required"] = std::move(required);
  schema["properties"] = std::move(properties);
  return schema;
}

}  // namespace

std::string scenario_schema() {
  Json schema = {{"$schema", "http://json-schema.org/draft-04/schema#"},
                 {"title", "A scenario of tcpjury"},
                 {"description", "Generated from the field table of the loader; do not edit."}};
  schema.update(table_schema("scenario"));
  Json definitions = Json::object();
  for (const Field& field : all_fields()) {
    const std::string table{field.table};
    if (table != "scenario" && !definitions.contains(table)) definitions[table] = table_schema(table);
  }
  // The calls that take nothing.
  definitions["nothing"] = {{"type", "object"}, {"additionalProperties", false}};
  schema["definitions"] = std::move(definitions);
  return schema.dump(2) + "\n";
}

}  // namespace tcpjury::scenario
