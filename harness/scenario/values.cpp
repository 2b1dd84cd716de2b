#include "harness/scenario/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace tcpjury::scenario {
namespace {

using namespace std::chrono_literals;

constexpr double most_msl = 1000;
constexpr Duration longest = 1000h;

struct Unit {
  std::string_view name;
  Duration length;  ///< zero: the MSL
};
constexpr std::array units{Unit{"ns", 1ns},   Unit{"us", 1us}, Unit{"ms", 1ms}, Unit{"s", 1s},
                           Unit{"min", 1min}, Unit{"h", 1h},   Unit{"MSL", 0ns}};

constexpr std::string_view digits = "0123456789";
constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

std::string_view take(std::string_view& text, std::string_view allowed) {
  const std::size_t end = std::min(text.find_first_not_of(allowed), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(end);
  return taken;
}

/// A decimal number with up to nine digits on each side of the point; nothing when it is none.
std::optional<double> take_number(std::string_view& text) {
  const std::string_view whole = take(text, digits);
  std::string_view fraction;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    fraction = take(text, digits);
    if (fraction.empty()) return std::nullopt;
  }
  if (whole.empty() || whole.size() > 9 || fraction.size() > 9) return std::nullopt;
  double value = 0;
  for (const char c : whole) value = value * 10 + (c - '0');
  double scale = 1;
  for (const char c : fraction) value += (c - '0') * (scale /= 10);
  return value;
}

tl::unexpected<Error> no_duration(std::string_view text, std::string_view why) {
  return fail(fmt::format("'{}' is not a duration: {}", text, why),
              "write a number with a unit: \"200ms\", \"1.5s\", \"2MSL\", \"2MSL+5s\"");
}

}  // namespace

Result<SymbolicDuration> parse_duration(std::string_view text) {
  SymbolicDuration sum;
  std::string_view rest = text;
  int sign = 1;
  while (true) {
    take(rest, " ");
    const auto number = take_number(rest);
    if (!number) return no_duration(text, "a number is missing or too long");
    const std::string_view name = take(rest, letters);
    const auto unit = std::ranges::find(units, name, &Unit::name);
    if (name.empty()) return no_duration(text, "the unit is missing");
    if (unit == units.end()) return no_duration(text, fmt::format("'{}' is no unit", name));
    if (unit->length == 0ns) {
      sum.msl += sign * *number;
    } else {
      const double nanoseconds = *number * static_cast<double>(unit->length.count());
      if (nanoseconds > static_cast<double>(longest.count())) return no_duration(text, "1000h is the limit");
      sum.fixed += sign * Duration{std::llround(nanoseconds)};
    }
    if (sum.msl < 0 || sum.msl > most_msl || sum.fixed > longest || -sum.fixed > longest) {
      return no_duration(text, "out of range");
    }
    take(rest, " ");
    if (rest.empty()) break;
    if (rest[0] != '+' && rest[0] != '-') return no_duration(text, "expected '+' or '-' between two parts");
    sign = rest[0] == '+' ? 1 : -1;
    rest.remove_prefix(1);
  }
  if (sum.msl == 0 && sum.fixed < 0ns) return no_duration(text, "it is negative");
  return sum;
}

Result<Bytes> parse_octets(std::string_view text) {
  constexpr std::string_view prefix = "hex:";
  const auto no_octets = [&](std::string_view why) {
    return fail(fmt::format("not octets: {}", why), "octets are written \"hex:02 04 05 b4\"");
  };
  if (!text.starts_with(prefix)) return no_octets("'hex:' is missing in front");
  text.remove_prefix(prefix.size());
  const auto value = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
  };
  Bytes octets;
  while (true) {
    take(text, " \n\t\r");
    if (text.empty()) return octets;
    const int high = value(text[0]);
    const int low = text.size() > 1 ? value(text[1]) : -1;
    if (high < 0) return no_octets(fmt::format("'{}' is no hexadecimal digit", text[0]));
    if (low < 0) return no_octets("hexadecimal digits come in pairs");
    octets.push_back(static_cast<std::byte>(high * 16 + low));
    text.remove_prefix(2);
  }
}

}  // namespace tcpjury::scenario
