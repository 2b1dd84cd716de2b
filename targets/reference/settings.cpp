#include "targets/reference/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "harness/base/suggest.h"

namespace tcpjury::reference {
namespace {

template <class Value, std::size_t size>
using Choices = std::array<std::pair<std::string_view, Value>, size>;

constexpr Choices<bool, 2> switches{{{"off", false}, {"on", true}}};
constexpr Choices<Ecn, 3> ecn_choices{{{"off", Ecn::off}, {"answered", Ecn::answered}, {"on", Ecn::asked}}};

template <class Value, std::size_t size>
Result<void> choose(std::string_view name, std::string_view word, const Choices<Value, size>& choices,
                    Value& value) {
  const auto found = std::ranges::find_if(choices, [&](const auto& choice) { return choice.first == word; });
  if (found == choices.end()) {
    std::string known;
    for (const auto& [text, unused] : choices)
      known += fmt::format("{}'{}'", known.empty() ? "" : ", ", text);
    return fail(fmt::format("setting {}: unknown value '{}'", name, word),
                fmt::format("known are {}", known));
  }
  value = found->second;
  return {};
}

Result<void> number(std::string_view name, std::string_view word, std::uint32_t most, std::uint32_t& value) {
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (failure == std::errc{} && end == word.data() + word.size() && value <= most) return {};
  return fail(fmt::format("setting {}: '{}' is no number up to {}", name, word, most));
}

Result<void> set(Settings& settings, std::string_view name, std::string_view value) {
  static constexpr std::array<std::string_view, 9> names{
      "fault",     "ecn",          "keepalive",          "nagle", "tail_loss_probe", "receive_buffer",
      "fast_open", "early_accept", "user_timeout_option"};
  if (name == "early_accept") return choose(name, value, switches, settings.early_accept);
  if (name == "fast_open") return choose(name, value, switches, settings.fast_open);
  if (name == "user_timeout_option") return choose(name, value, switches, settings.user_timeout_option);
  if (name == "tail_loss_probe") return choose(name, value, switches, settings.tail_loss_probe);
  if (name == "receive_buffer") return number(name, value, largest_receive_buffer, settings.receive_buffer);
  if (name == "ecn") return choose(name, value, ecn_choices, settings.ecn);
  if (name == "keepalive") return choose(name, value, switches, settings.keep_alive);
  if (name == "nagle") return choose(name, value, switches, settings.nagle);
  if (name == "fault") {
    auto faults = FaultSet::parse(value);
    if (!faults) return tl::unexpected{faults.error()};
    settings.faults = *faults;
    return {};
  }
  const auto nearest = suggest(name, names);
  return fail(fmt::format("there is no setting '{}'", name),
              nearest ? fmt::format("did you mean '{}'?", *nearest) : std::string{});
}

}  // namespace

Result<Settings> Settings::parse(std::string_view text) {
  Settings settings;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    const std::size_t equals = std::min(word.find('='), word.size());
    const std::string_view value = word.substr(std::min(equals + 1, word.size()));
    if (const auto done = set(settings, word.substr(0, equals), value); !done)
      return tl::unexpected{done.error()};
  }
  return settings;
}

}  // namespace tcpjury::reference
