#include "harness/engine/walks.h"

#include <gtest/gtest.h>

#include "harness/engine/test_case_test.h"

namespace tcpjury::engine {
namespace {

using namespace testing;
using model::Origin;
using model::State;

struct Walk {
  State state;
  Origin role;
};

class Walks : public ::testing::TestWithParam<Walk> {};

TEST_P(Walks, TakeTheTargetIntoTheState) {
  FakeTarget target;
  scenario::Variant variant = load("[[step]]\nwait = \"0s\"");
  variant.start_in = GetParam().state;
  variant.role = GetParam().role;
  const CaseResult result = run(target, variant);
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  const FakeTarget::Connection* connection = target.connection(40'000);
  const State reached = connection == nullptr ? State::closed : connection->state;
  const bool unborn = GetParam().state == State::listen;
  EXPECT_EQ(reached, unborn ? State::closed : GetParam().state);
}

std::string name_of(const ::testing::TestParamInfo<Walk>& info) {
  std::string name{model::to_string(info.param.state)};
  name += info.param.role == Origin::passive ? "_passive" : "_active";
  std::erase(name, '-');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    EveryState, Walks,
    ::testing::Values(Walk{State::closed, Origin::passive}, Walk{State::listen, Origin::passive},
                      Walk{State::syn_sent, Origin::active}, Walk{State::syn_received, Origin::passive},
                      Walk{State::syn_received, Origin::active}, Walk{State::established, Origin::passive},
                      Walk{State::established, Origin::active}, Walk{State::fin_wait_1, Origin::passive},
                      Walk{State::fin_wait_1, Origin::active}, Walk{State::fin_wait_2, Origin::passive},
                      Walk{State::fin_wait_2, Origin::active}, Walk{State::close_wait, Origin::passive},
                      Walk{State::close_wait, Origin::active}, Walk{State::closing, Origin::passive},
                      Walk{State::closing, Origin::active}, Walk{State::last_ack, Origin::passive},
                      Walk{State::last_ack, Origin::active}, Walk{State::time_wait, Origin::passive},
                      Walk{State::time_wait, Origin::active}),
    name_of);

}  // namespace
}  // namespace tcpjury::engine
