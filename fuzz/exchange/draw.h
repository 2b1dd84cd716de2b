// Draws exchanges: mostly what an honest tester would do, so that they get deep, and then lies at the edges.
#pragma once

#include <cstdint>
#include <functional>

#include "fuzz/exchange/player.h"
#include "harness/base/random.h"

namespace tcpjury::exchange {

/// Lies that are told, so that one can look behind a mistake that a stack is known for.
struct Lies {
  bool sequence = true;        ///< SEG.SEQ outside the window, or elsewhere than an honest tester's
  bool acknowledgment = true;  ///< SEG.ACK of what was never sent, or long ago
  bool control = true;         ///< any set of control bits
  bool syn = true;             ///< SYNs where none belongs, or again with other options
};

/// Chooses the next event by what the model believes of the target. The same seed and the same target give
/// the same events.
class Drawer {
 public:
  explicit Drawer(std::uint64_t seed, Lies lies = {}) : random_{seed}, lies_{lies} {}
  [[nodiscard]] Event next(const Player& player);

 private:
  [[nodiscard]] Event for_flow(const Player& player, Flow flow);
  [[nodiscard]] Event begin(const Player& player, Flow flow);
  [[nodiscard]] Event again(Flow flow);
  [[nodiscard]] Event answer_syn(Flow flow);
  [[nodiscard]] Event finish_handshake(Flow flow);
  [[nodiscard]] Event live(const Player& player, Flow flow);
  [[nodiscard]] Event rarity(const Player& player, Flow flow);
  [[nodiscard]] Segment syn(Flow flow);
  [[nodiscard]] Segment text(Flow flow);
  [[nodiscard]] Segment lie(Flow flow);
  [[nodiscard]] Number any_seq();
  [[nodiscard]] Number any_ack();
  [[nodiscard]] std::uint16_t any_length();
  [[nodiscard]] std::uint16_t any_window();
  [[nodiscard]] Advance pause();
  [[nodiscard]] Flow choose_flow(const Player& player);
  [[nodiscard]] bool once_in(std::uint64_t n) { return random_.below(n) == 0; }
  [[nodiscard]] std::int32_t between(std::int32_t least, std::int32_t most) {
    return least + static_cast<std::int32_t>(random_.below(static_cast<std::uint64_t>(most - least) + 1));
  }

  Random random_;
  Lies lies_;
  Flow current_ = 0;
  bool begun_ = false;
};

/// One drawn exchange and what it came to. Family, length and everything else follow from `seed`.
struct DrawnSession {
  Exchange exchange;
  Played played;
};
[[nodiscard]] DrawnSession play_drawn(engine::VirtualTarget& target, std::uint64_t seed, Lies lies = {},
                                      model::Profile profile = model::Profile::rfc9293);

/// The exchange with every event left out that `still` does not need: it holds for `exchange` and for what
/// comes back. Calls `still` at most `tries` times.
[[nodiscard]] Exchange shrunk(Exchange exchange, const std::function<bool(const Exchange&)>& still,
                              std::size_t tries = 2'000);

}  // namespace tcpjury::exchange
