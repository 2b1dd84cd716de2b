#include "harness/model/profile.h"

#include "harness/base/assert.h"

namespace tcpjury::model {

std::string_view to_string(Profile p) {
  switch (p) {
    case Profile::rfc9293:
      return "rfc9293";
    case Profile::rfc793_1122:
      return "rfc793-1122";
    case Profile::tc8:
      return "tc8";
  }
  TCPJURY_UNREACHABLE();
}

std::optional<Profile> parse_profile(std::string_view text) {
  for (const Profile p : {Profile::rfc9293, Profile::rfc793_1122, Profile::tc8}) {
    if (to_string(p) == text) return p;
  }
  return std::nullopt;
}

}  // namespace tcpjury::model
