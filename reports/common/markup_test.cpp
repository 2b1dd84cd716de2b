#include "reports/common/markup.h"

#include <gtest/gtest.h>

namespace tcpjury::reports {
namespace {

TEST(MarkupText, EscapesAndDropsWhatXmlForbids) {
  EXPECT_EQ(markup_text("a < b && c > d"), "a &lt; b &amp;&amp; c &gt; d");
  EXPECT_EQ(markup_text("]]>"), "]]&gt;");
  EXPECT_EQ(markup_text("\a\x1b[0m\x0b|\t\n"), "[0m|\t\n");
  EXPECT_EQ(markup_text("a\r\n"), "a&#13;\n") << "a bare carriage return would be lost to a parser";
  EXPECT_EQ(markup_text("\xff|\uffff|\ufffe|\U0001f600"), "\ufffd|||\U0001f600");
}

TEST(MarkupAttribute, KeepsQuotesAndLineEnds) {
  EXPECT_EQ(markup_attribute("\"x\"\n\t"), "&quot;x&quot;&#10;&#9;");
}

TEST(Markup, IndentsElementsButNotText) {
  Markup xml;
  xml.open("a", {{"x", "1"}, {"y", "<"}});
  xml.leaf("b");
  xml.text("c", "one\ntwo");
  xml.close();
  EXPECT_EQ(xml.take(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
            "<a x=\"1\" y=\"&lt;\">\n"
            "  <b/>\n"
            "  <c>one\ntwo</c>\n"
            "</a>\n");
}

}  // namespace
}  // namespace tcpjury::reports
