#include "harness/scenario/schema.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "harness/scenario/fields.h"

namespace tcpjury::scenario {
namespace {

TEST(Schema, IsTheCommittedOne) {
  const std::string path = std::string{TCPJURY_SOURCE_DIR} + "/scenarios/schema/scenario.schema.json";
  if (std::getenv("TCPJURY_UPDATE_EXPECTED") != nullptr)
    std::ofstream{path, std::ios::binary} << scenario_schema();
  std::ifstream file{path, std::ios::binary};
  const std::string committed{std::istreambuf_iterator<char>{file}, {}};
  EXPECT_EQ(committed, scenario_schema())
      << "write it anew: tcpjury schema > scenarios/schema/scenario.schema.json";
}

TEST(Schema, IsDraft4AndNamesEveryField) {
  const std::string schema = scenario_schema();
  EXPECT_NE(schema.find("http://json-schema.org/draft-04/schema#"), std::string::npos);
  // Taplo reads draft 4, which has none of these.
  for (const char* newer : {"\"const\"", "\"$defs\"", "\"if\"", "\"examples\"", "\"$id\""}) {
    EXPECT_EQ(schema.find(newer), std::string::npos) << newer;
  }
  // Schemas are objects: an array inside an array would be a list of alternatives wrapped once too often.
  std::string compact = schema;
  std::erase_if(compact, [](char c) { return c == ' ' || c == '\n'; });
  EXPECT_EQ(compact.find("[[{"), std::string::npos);
  EXPECT_NE(compact.find(R"("anyOf":[{"type":"string"},{"type":"array")"), std::string::npos);
  for (const Field& field : all_fields()) {
    EXPECT_NE(schema.find("\"" + std::string{field.name} + "\": {"), std::string::npos) << field.name;
  }
}

}  // namespace
}  // namespace tcpjury::scenario
