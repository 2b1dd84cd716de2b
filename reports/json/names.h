// The words of the schema for enumerations, shared by the writer and the reader.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "harness/base/time.h"
#include "harness/engine/transcript.h"
#include "harness/model/requirement.h"

namespace tcpjury::reports {

inline constexpr std::string_view run_schema = "tcpjury.run/1";

template <class T, std::size_t N>
using Names = std::array<std::pair<T, std::string_view>, N>;

using EventKind = engine::TranscriptEvent::Kind;
inline constexpr Names<EventKind, 6> event_kind_names{{{EventKind::sent, "sent"},
                                                       {EventKind::received, "received"},
                                                       {EventKind::call, "call"},
                                                       {EventKind::notice, "notice"},
                                                       {EventKind::state, "state"},
                                                       {EventKind::mark, "mark"}}};
inline constexpr Names<ClockKind, 2> clock_names{
    {{ClockKind::virtual_time, "virtual"}, {ClockKind::real_time, "real"}}};
inline constexpr Names<model::Level, 6> level_names{{{model::Level::must, "MUST"},
                                                     {model::Level::must_not, "MUST NOT"},
                                                     {model::Level::should, "SHOULD"},
                                                     {model::Level::should_not, "SHOULD NOT"},
                                                     {model::Level::recommended, "RECOMMENDED"},
                                                     {model::Level::may, "MAY"}}};

template <class T, std::size_t N>
[[nodiscard]] constexpr std::string_view name_of(const Names<T, N>& names, T value) {
  for (const auto& [candidate, name] : names) {
    if (candidate == value) return name;
  }
  return {};
}

template <class T, std::size_t N>
[[nodiscard]] constexpr std::optional<T> value_of(const Names<T, N>& names, std::string_view name) {
  for (const auto& [value, candidate] : names) {
    if (candidate == name) return value;
  }
  return std::nullopt;
}

}  // namespace tcpjury::reports
