#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

class SackLayerTest : public testing::TestWithParam<Case> {};
TEST_P(SackLayerTest, IsJudgedByItsSentence) { check(GetParam()); }

/// Ten octets of text at `seq`.
void text(Exchange& x, std::uint32_t seq, std::size_t octets = 10) {
  x.in(seq, 5001, "ACK,PSH", std::string(octets, 'x'));
}
void answer(Exchange& x, std::uint32_t ack, const Blocks& blocks) {
  x.out(reporting(5001, ack, blocks));
  x.fence();
}
void one_gap(Exchange& x) {
  established_with_sack(x);
  text(x, 1011);
  answer(x, 1001, {{1011, 1021}});
}

const std::vector<Case>& cases() {
  static const std::vector<Case> list{
      {"TheNewestBlockFirst",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         answer(x, 1001, {{1031, 1041}, {1011, 1021}});
         text(x, 1051);
         answer(x, 1001, {{1051, 1061}, {1031, 1041}, {1011, 1021}});
       },
       {},
       {"RFC2018-3-1", "RFC2018-3-2", "RFC2018-4-2", "RFC2018-4-3", "RFC2018-4-4", "RFC2018-4-5",
        "RFC2018-4-6", "RFC2018-4-8"}},
      {"AnOlderBlockFirst",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         answer(x, 1001, {{1011, 1021}, {1031, 1041}});
       },
       {"RFC2018-4-4"}},
      {"TextThatDidNotArrive",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         answer(x, 1001, {{1011, 1031}});
       },
       {"RFC2018-3-1"}},
      {"ABlockThatStopsBeforeItsLastOctet",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         answer(x, 1001, {{1011, 1020}});
       },
       {"RFC2018-3-1"}},
      {"ABlockAtTheAcknowledgmentNumber",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         answer(x, 1001, {{1001, 1021}});
       },
       {"RFC2018-3-1"}},
      {"ABlockTurnedRound",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         answer(x, 1001, {{1021, 1011}});
       },
       {"RFC2018-3-1"}},
      {"BlocksSideBySide",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1021);
         answer(x, 1001, {{1021, 1031}, {1011, 1021}});
       },
       {"RFC2018-3-1"}},
      {"OneBlockOfTwo",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         answer(x, 1001, {{1031, 1041}});
       },
       {"RFC2018-4-5"}},
      {"AnOldBlockInsteadOfARecentOne",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         answer(x, 1001, {{1031, 1041}, {1011, 1021}});
         text(x, 1051);
         answer(x, 1001, {{1051, 1061}, {1031, 1041}, {1011, 1021}});
         text(x, 1071);
         answer(x, 1001, {{1071, 1081}, {1051, 1061}, {1031, 1041}, {1011, 1021}});
         text(x, 1091);
         answer(x, 1001, {{1091, 1101}, {1051, 1061}, {1031, 1041}, {1011, 1021}});
       },
       {"RFC2018-4-6"}},
      {"FourOfFiveBlocks",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         answer(x, 1001, {{1031, 1041}, {1011, 1021}});
         text(x, 1051);
         answer(x, 1001, {{1051, 1061}, {1031, 1041}, {1011, 1021}});
         text(x, 1071);
         answer(x, 1001, {{1071, 1081}, {1051, 1061}, {1031, 1041}, {1011, 1021}});
         text(x, 1091);
         answer(x, 1001, {{1091, 1101}, {1071, 1081}, {1051, 1061}, {1031, 1041}});
       },
       {}},
      {"NoSackWhileTextIsHeld",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         answer(x, 1001, {});
       },
       {"RFC2018-4-2"}},
      {"NeverAnySack",  // generating SACK is a MAY
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         answer(x, 1001, {});
         text(x, 1031);
         answer(x, 1001, {});
       },
       {}},
      {"OnlyTheLatestIsKept",  // what was reported may be discarded later
       [](Exchange& x) {
         one_gap(x);
         text(x, 1021);
         answer(x, 1001, {{1021, 1031}});
       },
       {}},
      {"FilledGap",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         answer(x, 1001, {{1031, 1041}, {1011, 1021}});
         text(x, 1001);
         answer(x, 1021, {{1031, 1041}});
       },
       {},
       {"RFC2018-4-2"}},
      {"AnAckThatCrossedNeedNotReport",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1031);
         text(x, 1051);
         x.out_crossing(reporting(5001, 1001, {{1031, 1041}, {1011, 1021}}));
         answer(x, 1001, {{1051, 1061}, {1031, 1041}, {1011, 1021}});
       },
       {}},
      {"DuplicateBelow",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1001, 30);
         answer(x, 1031, {});
         text(x, 1011);
         answer(x, 1031, {{1011, 1021}});
         text(x, 1041);
         answer(x, 1031, {{1041, 1051}});
       },
       {},
       {"RFC2883-4-1", "RFC2883-4-2", "RFC2883-4-3"}},
      {"DuplicateReportedTwice",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1001, 30);
         answer(x, 1031, {});
         text(x, 1011);
         answer(x, 1031, {{1011, 1021}});
         text(x, 1041);
         answer(x, 1031, {{1011, 1021}, {1041, 1051}});
       },
       {"RFC2883-4-2"}},
      {"DuplicateWithWrongEdges",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1001, 30);
         answer(x, 1031, {});
         text(x, 1011);
         answer(x, 1031, {{1011, 1023}});
       },
       {"RFC2883-4-3"}},
      {"DuplicateThatNeverWas",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1001, 30);
         answer(x, 1031, {{1001, 1031}});
       },
       {"RFC2018-3-1"}},
      {"DuplicateInsideABlock",
       [](Exchange& x) {
         one_gap(x);
         text(x, 1021);
         answer(x, 1001, {{1011, 1031}});
         text(x, 1021);
         answer(x, 1001, {{1021, 1031}, {1011, 1031}});
       },
       {},
       {"RFC2883-4-4"}},
      {"TheFirstDuplicatePart",  // RFC 2883 section 4.2.3
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         answer(x, 1001, {{1011, 1021}});
         text(x, 1031);
         answer(x, 1001, {{1031, 1041}, {1011, 1021}});
         text(x, 1011, 30);
         answer(x, 1001, {{1011, 1021}, {1011, 1041}});
       },
       {},
       {"RFC2883-4.2-1"}},
      {"TheSecondDuplicatePart",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         answer(x, 1001, {{1011, 1021}});
         text(x, 1031);
         answer(x, 1001, {{1031, 1041}, {1011, 1021}});
         text(x, 1011, 30);
         answer(x, 1001, {{1031, 1041}, {1011, 1041}});
       },
       {"RFC2883-4.2-1"}},
      {"TheWholeOfAPartlyNewSegment",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1001, 30);
         answer(x, 1031, {});
         text(x, 1021, 20);
         answer(x, 1041, {{1021, 1041}});
       },
       {"RFC2883-4.2-1"}},
      {"ADuplicateIsNotReportedAnyMore",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1001, 30);
         answer(x, 1031, {});
         text(x, 1011);
         answer(x, 1031, {{1011, 1021}});
         text(x, 1021);
         answer(x, 1031, {});
       },
       {"RFC2883-4-1"}},
      {"NoDuplicateIsEverReported",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1001, 30);
         answer(x, 1031, {});
         text(x, 1011);
         answer(x, 1031, {});
       },
       {}},
      {"ADuplicateThatBeganBeforeTheSyn",  // whether those octets were ever received is nobody's to say
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 990, 12);
         answer(x, 1002, {});
         text(x, 980, 15);
         answer(x, 1002, {{980, 995}});
       },
       {}},
      {"SackWithoutPermission",
       [](Exchange& x) {
         x.established();
         text(x, 1011);
         answer(x, 1001, {{1011, 1021}});
       },
       {"RFC2018-4-1"}},
      {"SackOfOddLength",
       [](Exchange& x) {
         established_with_sack(x);
         text(x, 1011);
         x.out(with_octets(Exchange::segment(5001, 1001, "ACK"), {1, 1, 5, 6, 0, 0, 3, 0xf3}));
       },
       {"RFC2018-3-2"}},
  };
  return list;
}
INSTANTIATE_TEST_SUITE_P(Sack, SackLayerTest, testing::ValuesIn(cases()), name_of);

}  // namespace
}  // namespace tcpjury::model
