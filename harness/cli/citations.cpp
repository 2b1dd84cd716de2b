#include "harness/cli/citations.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/cli/kill_matrix.h"

namespace tcpjury::cli {
namespace {

std::vector<std::string> places_of(std::string_view literal) {
  std::vector<std::string> places;
  for (const Citation& one : citation_table()) {
    if (one.literal != literal) continue;
    std::string place = fmt::format("{}:{}", one.file, one.line);
    if (std::ranges::find(places, place) == places.end()) places.push_back(std::move(place));
  }
  return places;
}

/// "SYN-INWND" of "RFC9293-3.10.7.4-SYN-INWND-ESTAB"; empty for an id that names no row.
std::string_view event_of(std::string_view id) {
  constexpr std::string_view rfc = "RFC9293-3.";
  const std::string_view row = without_state(id);
  if (!id.starts_with(rfc) || row.size() == id.size()) return {};
  const std::size_t dash = row.find('-', rfc.size());
  return dash == std::string_view::npos ? std::string_view{} : row.substr(dash + 1);
}

}  // namespace

std::vector<std::string> cited_at(std::string_view requirement) {
  auto places = places_of(requirement);
  if (!places.empty()) return places;
  const std::string_view event = event_of(requirement);
  return event.empty() ? places : places_of(event);
}

}  // namespace tcpjury::cli
