#include "harness/scenario/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/scenario/screening.h"

namespace tcpjury::scenario {
namespace {

using testing::ElementsAre;

Node parsed(std::string_view text) {
  Diagnostics diagnostics;
  const auto document = parse_document(text, "test.toml", diagnostics);
  EXPECT_TRUE(document) << (diagnostics.empty() ? "" : to_string(diagnostics[0]));
  return document.value_or(Node{});
}

Diagnostic refused(std::string_view text) {
  Diagnostics diagnostics;
  EXPECT_FALSE(parse_document(text, "test.toml", diagnostics));
  EXPECT_EQ(diagnostics.size(), 1U);
  return diagnostics.empty() ? Diagnostic{} : diagnostics[0];
}

TEST(Document, KeepsTheOrderOfTheFile) {
  const Node root = parsed("zulu = 1\nalpha = 2\n[mike]\nb = 1\na = 2\n");
  ASSERT_EQ(root.members.size(), 3U);
  EXPECT_EQ(root.members[0].key, "zulu");
  EXPECT_EQ(root.members[1].key, "alpha");
  EXPECT_EQ(root.members[2].key, "mike");
  EXPECT_EQ(root.members[2].value.members[0].key, "b");
}

TEST(Document, KnowsWhereKeysAndValuesBegin) {
  const Node root = parsed("\n  key = \"value\"\n[[step]]\nsend = { seq = 'J' }\n");
  const Member* key = root.find("key");
  ASSERT_NE(key, nullptr);
  EXPECT_EQ(std::pair(key->line, key->column), std::pair(2U, 3U));
  EXPECT_EQ(std::pair(key->value.line, key->value.column), std::pair(2U, 9U));
  const Node& seq = root.find("step")->value.items.at(0).find("send")->value.find("seq")->value;
  EXPECT_EQ(std::pair(seq.line, seq.column), std::pair(4U, 16U));
  EXPECT_TRUE(seq.verbatim);
}

TEST(Document, ColumnsCountCharactersNotOctets) {
  const Node root = parsed("a = [\"\xc3\xa4\xc3\xb6\", \"b\"]\n");
  EXPECT_EQ(root.find("a")->value.items.at(1).column, 12U);
  EXPECT_TRUE(root.find("a")->value.items.at(1).verbatim);
}

TEST(Document, KnowsWhetherAStringStandsVerbatim) {
  const Node root = parsed("a = \"plain\"\nb = \"esc\\u0041ped\"\nc = '''\nlines'''\nd = ''\n");
  EXPECT_TRUE(root.find("a")->value.verbatim);
  EXPECT_FALSE(root.find("b")->value.verbatim);
  EXPECT_FALSE(root.find("c")->value.verbatim);
  EXPECT_TRUE(root.find("d")->value.verbatim);
}

TEST(Document, TellsKindsApart) {
  const Node root = parsed("a = 's'\nb = -1\nc = 1.5\nd = true\ne = 1979-05-27\nf = []\ng = {}\n");
  std::vector<Node::Kind> kinds;
  for (const Member& member : root.members) kinds.push_back(member.value.kind);
  EXPECT_THAT(kinds,
              ElementsAre(Node::Kind::string, Node::Kind::integer, Node::Kind::real, Node::Kind::boolean,
                          Node::Kind::moment, Node::Kind::array, Node::Kind::table));
}

TEST(Document, GivesSyntaxErrorsACodeAndAPlace) {
  const Diagnostic diagnostic = refused("a = 1\nb = [1, 2\nc = 3\n");
  EXPECT_EQ(diagnostic.code, "S003");
  EXPECT_EQ(diagnostic.where.file, "test.toml");
  EXPECT_EQ(diagnostic.where.line, 3U);
}

TEST(Document, RefusesOctetsThatAreNoText) {
  EXPECT_EQ(refused(std::string_view{"a = \"\0\"\n", 8}).code, "S003");
  EXPECT_EQ(refused("a = \"\xff\xfe\"\n").code, "S003");
  EXPECT_EQ(refused("a = \"\xf8\x88\x80\x80\x80\"\n").code, "S003");
  EXPECT_EQ(refused("a = \"\xe2\x82\n").code, "S003");
  EXPECT_EQ(refused(std::string_view{"[\0a]\n", 5}).code, "S003");
}

TEST(Document, RefusesMoreThanAMebibyte) {
  EXPECT_TRUE(parsed(std::string(file_size_limit, '\n')).members.empty());
  EXPECT_EQ(refused(std::string(file_size_limit + 1, '\n')).code, "S002");
}

TEST(Document, RefusesDeepNestingOfEveryKind) {
  const auto repeat = [](std::size_t n, std::string_view text) {
    std::string all;
    for (std::size_t i = 0; i < n; ++i) all += text;
    return all;
  };
  EXPECT_EQ(refused("a = " + repeat(100000, "[")).code, "S004");
  EXPECT_EQ(refused("a = " + repeat(100000, "[\n")).code, "S004");
  EXPECT_EQ(refused("a = " + repeat(100000, "{a=")).code, "S004");
  EXPECT_EQ(refused("a" + repeat(400000, ".a") + " = 1").code, "S004");
  EXPECT_EQ(refused("[a" + repeat(100000, " . \"a.b\"") + "]").code, "S004");
  EXPECT_EQ(refused("a = [" + repeat(1000, "{a.a.a.a = [") + "1").code, "S004");
}

TEST(Document, RefusesWhatTheParserAssertsOn) {
  for (const char* text : {"[[+2]]", "[+]", "[=", "[#", "[.a]", "a = {+=1}"}) {
    EXPECT_EQ(refused(text).code, "S003") << text;
  }
}

TEST(Document, RefusesForeignLettersOutsideStringsAndComments) {
  for (const char* text :
       {"\xcf\x8f = 1", "a\xc3\xa4 = 1", "a = 1\xcf\x8f", "a = [\xc2\xa0]", "a = \"b\"\xe2\x80\x80\n",
        "a = \"\\\xcf\x8f\"", "a = \"\"\"\\ \n \xcf\x8f\"\"\"", "\xe2\x80\x9c"}) {
    EXPECT_EQ(refused(text).code, "S003") << text;
    EXPECT_EQ(screen(text, 9)->kind, Objection::Kind::misplaced) << text;
  }
  EXPECT_EQ(parsed("a = \"\xcf\x8f\" # \xcf\x8f\n\"\xcf\x8f\" = '''\xcf\x8f'''\n").members.size(), 2U);
}

TEST(Document, AcceptsAByteOrderMark) {
  const std::string marked = std::string{"\xef\xbb\xbf"} + "a = 1\n";
  EXPECT_EQ(parsed(marked).members.at(0).column, 1U);
}

TEST(Document, AcceptsEveryLengthOfCharacter) {
  EXPECT_EQ(
      parsed(
          "a = \"\u007e\xc2\xa0\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"\t\r\n")
          .members.size(),
      1U);
}

class NoText : public testing::TestWithParam<std::string_view> {};

TEST_P(NoText, IsFoundWithItsPlace) {
  const auto objection = screen("ab\ncd" + std::string{GetParam()} + "ef", 2);
  ASSERT_TRUE(objection);
  EXPECT_EQ(objection->kind, Objection::Kind::no_text);
  EXPECT_EQ(std::pair(objection->place.line, objection->place.column), std::pair(2U, 3U));
}
INSTANTIATE_TEST_SUITE_P(All, NoText,
                         testing::Values(std::string_view{"\0", 1}, "\x1b", "\x7f", "\x80", "\xc0\x80",
                                         "\xc1\xbf", "\xc3", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
                                         "\xf0\x8f\xbf\xbf", "\xf0\x9f\x92", "\xf4\x90\x80\x80",
                                         "\xf5\x80\x80\x80", "\xff"));

struct Nesting {
  const char* text;
  std::optional<std::pair<std::uint32_t, std::uint32_t>> place;
};
class NestingPlace : public testing::TestWithParam<Nesting> {};

TEST_P(NestingPlace, IsWhereTheThirdLevelOpens) {
  const auto found = screen(GetParam().text, 2);
  ASSERT_EQ(found.has_value(), GetParam().place.has_value()) << GetParam().text;
  if (!found) return;
  EXPECT_EQ(found->kind, Objection::Kind::deep);
  EXPECT_EQ(std::pair(found->place.line, found->place.column), *GetParam().place);
}
INSTANTIATE_TEST_SUITE_P(All, NestingPlace,
                         testing::Values(Nesting{"a = [[1]]", {}}, Nesting{"a = [[[1]]]", {{1, 7}}},
                                         Nesting{"a = [1,\n{b=[]}]", {{2, 4}}},
                                         Nesting{"a = [[]]\nb = [[]]", {}}, Nesting{"a.b.c = 1", {}},
                                         Nesting{"a.b.c.d = 1", {{1, 6}}},
                                         Nesting{"a.b = 1.5\nc.d = 2.5", {}},
                                         // Strings and comments may hold anything.
                                         Nesting{"a = '[[[' # [[[", {}}, Nesting{R"(a = "\"[[[")", {}},
                                         Nesting{"a = '''\n[[[ ' '' '''", {}},
                                         Nesting{R"(a = """[[[ \""" [[[""")", {}},
                                         Nesting{R"(a = """[[["""""
b = [[[)",
                                                 {{2, 7}}},
                                         // A string of one line ends with it.
                                         Nesting{"a = '\n[[[", {{2, 3}}}, Nesting{"a = ''\n[[[", {{2, 3}}}));

}  // namespace
}  // namespace tcpjury::scenario
