// Elements, attributes and text as XML 1.0 wants them: escaped, indented, and free of what it forbids.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tcpjury::reports {

/// Text for the inside of an element. Characters that XML 1.0 section 2.2 forbids even as references are
/// dropped, octets that are no UTF-8 become U+FFFD.
[[nodiscard]] std::string markup_text(std::string_view text);
/// The same for an attribute's value: quotes, tabs and line ends are escaped too, or a parser would turn
/// them into blanks.
[[nodiscard]] std::string markup_attribute(std::string_view text);

using Attributes = std::vector<std::pair<std::string_view, std::string>>;

/// Builds an indented document. Element and attribute names are the caller's constants.
class Markup {
 public:
  Markup();
  void open(std::string_view name, const Attributes& attributes = {});
  void close();
  void leaf(std::string_view name, const Attributes& attributes = {});
  /// An element that holds only text; no white space is added around it.
  void text(std::string_view name, std::string_view text, const Attributes& attributes = {});
  /// The document; every element must be closed.
  [[nodiscard]] std::string take();

 private:
  void start(std::string_view name, const Attributes& attributes);

  std::string out_;
  std::vector<std::string> open_;
};

}  // namespace tcpjury::reports
