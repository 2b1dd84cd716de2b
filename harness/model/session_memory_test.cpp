// What the judge remembers of a connection does not grow with the length of the exchange.
#include <gmock/gmock.h>
#include <malloc.h>

#include <iostream>

#include "harness/model/options_exchange_test.h"

namespace tcpjury::model {
namespace {

using namespace std::chrono_literals;

/// Octets of the heap that are in use; nothing where the allocator does not tell, under a sanitizer for
/// example.
std::optional<std::size_t> heap_in_use() {
  const struct mallinfo2 now = ::mallinfo2();
  const std::size_t total = now.uordblks + now.hblkhd;
  return total == 0 ? std::nullopt : std::optional{total};
}

/// An exchange in rounds: text both ways, a gap that is filled, a duplicate, a lie, a pause.
class Rounds {
 public:
  Rounds() {
    x_.listen();
    x_.in(1000, 0, "SYN");
    x_.out(5000, 1001, "SYN,ACK");
    x_.in(1001, 5001, "ACK");
    x_.fence();
  }
  void play(int rounds) {
    for (int i = 0; i < rounds; ++i) round();
  }
  [[nodiscard]] std::vector<std::string> states() const { return x_.states(); }

 private:
  Exchange x_;
  std::uint32_t theirs_ = 1001;
  std::uint32_t own_ = 5001;

  void round() {
    const std::string text(100, 'x');
    x_.in(theirs_ + 100, own_, "ACK", text);  // leaves a gap
    x_.out(own_, theirs_, "ACK");
    x_.in(theirs_, own_, "ACK", text);
    theirs_ += 200;
    x_.out(own_, theirs_, "ACK");
    x_.in(theirs_ - 100, own_, "ACK", text);  // a duplicate
    x_.out(own_, theirs_, "ACK");
    x_.call(UserCall::Kind::receive, text + text);
    x_.call(UserCall::Kind::send, text);
    x_.out(own_, theirs_, "ACK,PSH", text);
    x_.wait(1s);
    x_.out(own_, theirs_, "ACK,PSH", text);
    own_ += 100;
    x_.in(theirs_, own_, "ACK");
    x_.in(theirs_, own_ + 1000, "ACK");  // of what was never sent
    x_.out(own_, theirs_, "ACK");
    x_.wait(100ms);
  }
};

TEST(SessionMemory, DoesNotGrowWithTheLengthOfTheExchange) {
  if (!heap_in_use()) GTEST_SKIP() << "this allocator does not tell how much is in use";
  Rounds rounds;
  rounds.play(500);
  const std::size_t early = *heap_in_use();
  rounds.play(10'000);
  const std::size_t late = *heap_in_use();
  std::cout << "in use after 500 rounds " << early << ", after 10,500 rounds " << late << " octets\n";
  EXPECT_LE(late, early + 16'384);
  EXPECT_THAT(rounds.states(), testing::ElementsAre("ESTABLISHED"));  // it is judged to the end
}

}  // namespace
}  // namespace tcpjury::model
