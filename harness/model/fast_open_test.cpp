// Fast Open over several connections: what the memory of the judge convicts, and what it leaves alone.
#include "harness/model/fast_open.h"

#include <gmock/gmock.h>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Bytes option(std::initializer_list<int> cookie) {
  Bytes octets{std::byte{wire::option_kind::fast_open}, static_cast<std::byte>(2 + cookie.size())};
  for (const int o : cookie) octets.push_back(static_cast<std::byte>(o));
  while (octets.size() % 4 != 0) octets.push_back(std::byte{1});
  return octets;
}

class FastOpenMemory : public testing::Test {
 protected:
  FastOpen memory;
  Findings findings;
  FourTuple tuple = Exchange::tuple();

  /// A new connection between the same hosts.
  void another() { ++tuple.target.port.number; }
  static wire::TcpSegment segment(std::string_view flags, std::uint32_t seq, std::uint32_t ack, Bytes options,
                                  std::string_view text = {}) {
    wire::TcpSegment s = Exchange::segment(seq, ack, flags, text);
    s.options = std::move(options);
    return s;
  }
  void syn_out(Bytes options, std::uint32_t seq = 5000) {
    memory.emission(tuple, segment("SYN", seq, 0, std::move(options)), findings);
  }
  void answered(Bytes options) {
    EXPECT_TRUE(memory.stimulus(tuple, segment("SYN,ACK", 1000, 5001, std::move(options))));
  }
  [[nodiscard]] std::vector<std::string> broken() const {
    std::vector<std::string> ids;
    for (const Violation& v : findings.violations) ids.push_back(v.requirement);
    return ids;
  }
  [[nodiscard]] bool held(std::string_view id) const {
    const auto it = findings.evaluations().find(id);
    return it != findings.evaluations().end() && it->second.held > 0;
  }
};

TEST_F(FastOpenMemory, ACookieIsAskedForKeptAndUsed) {
  syn_out(option({}));
  answered(option({1, 2, 3, 4}));
  another();
  syn_out(option({1, 2, 3, 4}));
  EXPECT_THAT(broken(), IsEmpty());
  for (const char* id : {"RFC7413-4.2.1-1", "RFC7413-4.1.3-1", "RFC7413-4.2.2-1"})
    EXPECT_TRUE(held(id)) << id;
}

TEST_F(FastOpenMemory, ACookieThatNobodyGaveIsAViolation) {
  syn_out(option({1, 2, 3, 4}));
  EXPECT_THAT(broken(), ElementsAre("RFC7413-4.2.1-1"));
}

TEST_F(FastOpenMemory, AskingAgainForAKnownCookieIsAViolation) {
  syn_out(option({}));
  answered(option({1, 2, 3, 4}));
  another();
  syn_out(option({}));
  EXPECT_THAT(broken(), ElementsAre("RFC7413-4.1.3-1"));
}

TEST_F(FastOpenMemory, AnotherCookieThanTheOneGivenIsAViolation) {
  syn_out(option({}));
  answered(option({1, 2, 3, 4}));
  another();
  syn_out(option({1, 2, 3, 5}));
  EXPECT_THAT(broken(), ElementsAre("RFC7413-4.2.2-1"));
}

TEST_F(FastOpenMemory, ACookieThatNobodyAskedForNeedsNotBeKept) {
  syn_out({});
  answered(option({1, 2, 3, 4}));
  another();
  syn_out({});
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(FastOpenMemory, WithoutFastOpenNothingIsEvaluated) {
  syn_out({});
  syn_out({});
  EXPECT_TRUE(findings.evaluations().empty());
}

TEST_F(FastOpenMemory, ARepeatedSynCarriesTheOptionNoMore) {
  syn_out(option({}));
  syn_out({});
  EXPECT_TRUE(held("RFC7413-4.2.2-2"));
  syn_out(option({}));
  EXPECT_THAT(broken(), ElementsAre("RFC7413-4.2.2-2"));
}

TEST_F(FastOpenMemory, APeerThatNeverAnsweredIsNotTriedAgain) {
  syn_out(option({}));
  memory.attempt_failed(tuple);
  another();
  syn_out({});
  EXPECT_TRUE(held("RFC7413-4.1.3.1-1"));
  another();
  syn_out(option({}));
  EXPECT_THAT(broken(), ElementsAre("RFC7413-4.1.3.1-1"));
}

TEST_F(FastOpenMemory, ARefusalAfterAnAnswerIsNoFailureOfFastOpen) {
  syn_out(option({}));
  answered({});
  memory.attempt_failed(tuple);
  another();
  syn_out(option({}));
  EXPECT_THAT(broken(), IsEmpty());
}

class FastOpenServer : public FastOpenMemory {
 protected:
  void SetUp() override {
    EXPECT_TRUE(memory.stimulus(tuple, segment("SYN", 1000, 0, option({}))));
    syn_ack(1001, option({1, 2, 3, 4}));
  }
  void syn_ack(std::uint32_t ack, Bytes options = {}) {
    memory.emission(tuple, segment("SYN,ACK", 5000, ack, std::move(options)), findings);
  }
};

TEST_F(FastOpenServer, ARepeatedSynAckCarriesTheOptionNoMore) {
  syn_ack(1001);
  EXPECT_TRUE(held("RFC7413-4.2.2-5"));
}

TEST_F(FastOpenServer, ASynAckThatIsRepeatedAsItWasBreaksAShould) {
  syn_ack(1001, option({1, 2, 3, 4}));
  EXPECT_THAT(broken(), ElementsAre("RFC7413-4.2.2-5"));
}

TEST_F(FastOpenServer, TextWithAForgedCookieIsNotAcknowledged) {
  another();
  EXPECT_TRUE(memory.stimulus(tuple, segment("SYN", 1000, 0, option({9, 9, 9, 9}), "text")));
  syn_ack(1001);
  EXPECT_TRUE(held("RFC7413-4.2.2-3"));
  EXPECT_THAT(broken(), IsEmpty());
}

TEST_F(FastOpenServer, TextWithAForgedCookieThatIsTakenIsAViolation) {
  another();
  EXPECT_TRUE(memory.stimulus(tuple, segment("SYN", 1000, 0, option({9, 9, 9, 9}), "text")));
  syn_ack(1005);
  EXPECT_THAT(broken(), ElementsAre("RFC7413-4.2.2-3"));
}

TEST_F(FastOpenServer, TextWithTheRightCookieIsNotJudged) {
  another();
  EXPECT_FALSE(memory.stimulus(tuple, segment("SYN", 1000, 0, option({1, 2, 3, 4}), "text")));
}

}  // namespace
}  // namespace tcpjury::model
