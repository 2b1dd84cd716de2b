// Where the profiles differ, the same exchange is judged differently.
#include <gmock/gmock.h>

#include <functional>

#include "harness/model/judged_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

void syn_received(Exchange& x) {
  x.listen();
  x.in(1000, 0, "SYN");
  x.out(5000, 1001, "SYN,ACK");
  x.fence();
}
void time_wait(Exchange& x) {
  x.established();
  x.call(UserCall::Kind::close);
  x.out(5001, 1001, "FIN,ACK");
  x.in(1001, 5002, "FIN,ACK");
  x.out(5002, 1002, "ACK");
  x.fence();
}

struct Difference {
  std::string name;
  std::function<void(Exchange&)> happens;
  bool rfc9293;  ///< permitted
  bool rfc793_1122;
  bool tc8;
};

const std::vector<Difference>& differences() {
  static const std::vector<Difference> list{
      {"ResetInTheWindowIsChallenged",
       [](Exchange& x) {
         x.established();
         x.in(1101, 0, "RST");
         x.out(5001, 1001, "ACK");
       },
       true, false, false},
      {"ResetInTheWindowIsObeyed",
       [](Exchange& x) {
         x.established();
         x.in(1101, 0, "RST");
         x.fence();
         x.in(1001, 5001, "ACK");
         x.out(5001, 0, "RST");
       },
       false, true, true},
      {"SynInTheWindowIsChallenged",
       [](Exchange& x) {
         x.established();
         x.in(1101, 0, "SYN");
         x.out(5001, 1001, "ACK");
       },
       true, false, false},
      {"SynInTheWindowIsReset",
       [](Exchange& x) {
         x.established();
         x.in(1101, 0, "SYN");
         x.out(0, 1102, "RST,ACK");
         x.wait(5s);
       },
       false, true, true},
      {"SynInTheWindowReturnsToListenInSilence",
       [](Exchange& x) {
         syn_received(x);
         x.in(1101, 0, "SYN");
         x.wait(5s);
         x.in(1001, 5001, "ACK");
         x.out(5001, 0, "RST");
       },
       true, true, false},
      {"BadAckInSynReceivedIsAnsweredByAnAck",
       [](Exchange& x) {
         syn_received(x);
         x.in(1001, 9000, "ACK");
         x.out(5001, 1001, "ACK");
       },
       true, false, false},
      {"ResetInTimeWaitIsIgnored",
       [](Exchange& x) {
         time_wait(x);
         x.in(1002, 0, "RST");
         x.fence();
         x.in(1001, 5002, "FIN,ACK");
         x.out(5002, 1002, "ACK");
       },
       true, false, false},
  };
  return list;
}

TEST(Profiles, DecideWhatIsPermitted) {
  for (const Difference& d : differences()) {
    for (const auto& [profile, permitted] :
         {std::pair{Profile::rfc9293, d.rfc9293}, std::pair{Profile::rfc793_1122, d.rfc793_1122},
          std::pair{Profile::tc8, d.tc8}}) {
      Exchange x{profile};
      d.happens(x);
      EXPECT_EQ(x.broken().empty(), permitted) << d.name << " in " << to_string(profile);
    }
  }
}

}  // namespace
}  // namespace tcpjury::model
