#include "harness/scenario/call_decoder.h"

#include <gmock/gmock.h>

#include "harness/scenario/load.h"

namespace tcpjury::scenario {
namespace {

using model::UserOption;
using testing::Contains;

/// The first variant of a scenario that makes one call.
Variant with_call(std::string_view call) {
  LoadResult result = load_text(
      "id = \"x\"\ntitle = \"x\"\nmatrix.family = ['v4']\nstart_in = 'ESTABLISHED'\n"
      "[[step]]\ncall = { " +
          std::string{call} + " }\n",
      "x");
  EXPECT_TRUE(result.diagnostics.empty()) << to_string(result.diagnostics.front());
  return result.variants.empty() ? Variant{} : std::move(result.variants.front());
}

Call only_call(const Variant& variant) { return std::get<CallStep>(variant.steps.at(0).what).call; }

struct SetRow {
  const char* text;
  UserOption option;
  std::uint64_t value;
  Capability need;
};

class SetCalls : public testing::TestWithParam<SetRow> {};

TEST_P(SetCalls, HaveAnOptionAValueAndANeed) {
  const SetRow& row = GetParam();
  const Variant variant = with_call(std::string{"set = { "} + row.text + " }");
  EXPECT_EQ(only_call(variant), (Call{SetCall{row.option, row.value}}));
  EXPECT_THAT(variant.needs, Contains(row.need));
}

constexpr SetRow set_rows[] = {
    {"nagle = false", UserOption::nagle, 0, Capability::nagle},
    {"keepalive = true", UserOption::keepalive, 1, Capability::keepalive},
    {"keepalive_idle = '10s'", UserOption::keepalive_idle, 10'000'000'000, Capability::keepalive},
    {"keepalive_interval = '500ms'", UserOption::keepalive_interval, 500'000'000, Capability::keepalive},
    {"keepalive_count = 3", UserOption::keepalive_count, 3, Capability::keepalive},
    {"user_timeout = '1min'", UserOption::user_timeout, 60'000'000'000, Capability::user_timeout},
    {"diffserv = 46", UserOption::diffserv, 46, Capability::diffserv},
    {"ttl = 1", UserOption::ttl, 1, Capability::ttl},
    {"error_reports = true", UserOption::error_reports, 1, Capability::error_reports},
    {"urgent = true", UserOption::urgent, 1, Capability::urgent},
};
INSTANTIATE_TEST_SUITE_P(, SetCalls, testing::ValuesIn(set_rows),
                         [](const auto& one) { return std::string{to_string(one.param.option)}; });

TEST(CallDecoder, UrgentTextIsASendThatNeedsMore) {
  const Variant variant = with_call("send_urgent = 'now'");
  EXPECT_EQ(only_call(variant), (Call{SendCall{Expression{3}, bytes_of("now"), true}}));
  EXPECT_THAT(variant.needs, testing::IsSupersetOf({Capability::send, Capability::urgent}));
}

TEST(CallDecoder, AnOpenMayGoToAGroupOrByARoute) {
  EXPECT_EQ(std::get<OpenCall>(only_call(with_call("open = {}"))).to, OpenCall::Peer::tester);
  EXPECT_EQ(std::get<OpenCall>(only_call(with_call("open = { to = 'broadcast' }"))).to,
            OpenCall::Peer::broadcast);
  const Variant routed = with_call("open = { route = ['203.0.113.1'] }");
  EXPECT_EQ(std::get<OpenCall>(only_call(routed)).route,
            (std::vector<wire::IpAddress>{wire::IpAddress::v4(203, 0, 113, 1)}));
  EXPECT_THAT(routed.needs, Contains(Capability::source_route));
}

}  // namespace
}  // namespace tcpjury::scenario
