// Lists the literals of source files that may name a requirement or an event, with their places, as C++.
//
//   citation_generator OUTPUT.cpp SOURCE...
//
// A literal counts when it is nothing but capitals, digits and the marks of ids: "RFC9293-MUST-2",
// "3.10.7.4", "SYN-INWND". Which of them are ids is decided where the catalogue is known.
#include <cctype>
#include <cstdio>
#include <fstream>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t shortest = 2;

bool is_name(std::string_view text) {
  if (text.size() < shortest || std::isupper(static_cast<unsigned char>(text.front())) == 0) return false;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    const bool fits = std::isupper(u) != 0 || std::isdigit(u) != 0 || c == '-' || c == '+' || c == '.';
    if (!fits) return false;
  }
  return true;
}

/// Writes a row for each literal of `line` that may be a name.
void scan(std::string_view line, std::string_view file, unsigned number, std::ofstream& out) {
  if (const std::size_t comment = line.find("//"); comment != std::string_view::npos)
    line = line.substr(0, comment);
  while (true) {
    const std::size_t begin = line.find('"');
    if (begin == std::string_view::npos) return;
    const std::size_t end = line.find('"', begin + 1);
    if (end == std::string_view::npos) return;
    const std::string_view literal = line.substr(begin + 1, end - begin - 1);
    if (is_name(literal)) out << "    {\"" << literal << "\", \"" << file << "\", " << number << "},\n";
    line.remove_prefix(end + 1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: citation_generator OUTPUT.cpp SOURCE...\n", stderr);
    return 2;
  }
  std::ofstream out{argv[1], std::ios::binary};
  out << "// Generated from the sources of the model.\n"
         "#include \"harness/cli/citations.h\"\n\n"
         "namespace tcpjury::cli {\n"
         "namespace {\n"
         "constexpr Citation citations[] = {\n"
         "    {\"\", \"\", 0},\n";
  for (int i = 2; i < argc; ++i) {
    std::ifstream in{argv[i]};
    if (!in) {
      std::fprintf(stderr, "%s cannot be read\n", argv[i]);
      return 1;
    }
    std::string line;
    for (unsigned number = 1; std::getline(in, line); ++number) scan(line, argv[i], number, out);
  }
  out << "};\n}  // namespace\n\n"
         "std::span<const Citation> citation_table() { return citations; }\n\n"
         "}  // namespace tcpjury::cli\n";
  out.close();
  return out ? 0 : 1;
}
