#include "harness/model/rule.h"

#include <array>
#include <cstring>

#include "harness/base/assert.h"

namespace tcpjury::model {
namespace {

/// How states are spelt at the end of a row's id.
std::string_view suffix(State state, Origin origin) {
  switch (state) {
    case State::closed:
      return "CLOSED";
    case State::listen:
      return "LISTEN";
    case State::syn_sent:
      return "SYNSENT";
    case State::syn_received:
      return origin == Origin::passive ? "SYNRCVD-P" : "SYNRCVD-A";
    case State::established:
      return "ESTAB";
    case State::fin_wait_1:
      return "FINWAIT1";
    case State::fin_wait_2:
      return "FINWAIT2";
    case State::close_wait:
      return "CLOSEWAIT";
    case State::closing:
      return "CLOSING";
    case State::last_ack:
      return "LASTACK";
    case State::time_wait:
      return "TIMEWAIT";
  }
  TCPJURY_UNREACHABLE();
}

const Requirement* find_row(std::string_view section, std::string_view event, State state, Origin origin) {
  std::array<char, 96> id{};
  std::size_t length = 0;
  const auto append = [&](std::string_view part) {
    TCPJURY_ASSERT(length + part.size() <= id.size());
    std::memcpy(id.data() + length, part.data(), part.size());
    length += part.size();
  };
  append("RFC9293-");
  append(section);
  append("-");
  append(event);
  append("-");
  append(suffix(state, origin));
  return find_requirement({id.data(), length});
}

}  // namespace

Rule rule(std::string_view id, std::string_view event, State state) {
  const Requirement* found = find_requirement(id);
  TCPJURY_ASSERT(found != nullptr);
  return {found, event, state};
}

Rule row(std::string_view section, std::string_view event, State state, Origin origin) {
  const Requirement* found = find_row(section, event, state, origin);
  TCPJURY_ASSERT(found != nullptr);
  return {found, event, state};
}

Rule row_or(std::string_view general, std::string_view section, std::string_view event, State state,
            Origin origin) {
  const Requirement* found = find_row(section, event, state, origin);
  return found != nullptr ? Rule{found, event, state} : rule(general, event, state);
}

}  // namespace tcpjury::model
