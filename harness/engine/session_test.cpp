#include "harness/engine/session.h"

#include <gtest/gtest.h>

#include "harness/engine/test_case_test.h"

namespace tcpjury::engine {
namespace {

using namespace testing;

TEST(Session, PassiveHandshakePasses) {
  FakeTarget target;
  StepBuilder steps{"main"};
  const CaseResult result = run(target, case_of(handshake(steps).take()));
  EXPECT_EQ(result.verdict, Verdict::pass) << marks(result);
  ASSERT_EQ(target.heard.size(), 2U);
  EXPECT_EQ(target.heard[1].tcp()->ack, FakeTarget::iss + wire::SeqLen{1});
}

}  // namespace
}  // namespace tcpjury::engine
