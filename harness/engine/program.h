// The steps of a case as a sequence: repetitions and alternatives are entered where they stand.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "harness/scenario/scenario.h"

namespace tcpjury::engine {

class Program {
 public:
  using Names = std::map<std::string, std::uint32_t>;

  /// `steps` must outlive the program; `names` receives the counters of repetitions.
  Program(const scenario::Steps& steps, Names& names);

  /// The step to execute now; null when all are done.
  [[nodiscard]] const scenario::Step* current() const;
  /// The current step is done.
  void advance();
  /// The current step is done and these come before the one after it.
  void advance_into(const scenario::Steps& steps);
  /// As advance_into(), for steps that belong to nobody else.
  void advance_into_own(scenario::Steps steps);
  /// The current step is done and `body` comes `count` times, the index in `counter`.
  void advance_into_rounds(const scenario::Steps& body, std::uint32_t count, const std::string& counter);
  /// These come before the current step.
  void prepend(const scenario::Steps& steps);

 private:
  struct Frame {
    const scenario::Steps* steps = nullptr;
    std::size_t at = 0;
    std::uint32_t round = 0;
    std::uint32_t rounds = 1;
    std::string counter = {};
  };
  void leave_finished_frames();

  Names& names_;
  std::vector<Frame> frames_;
  std::deque<scenario::Steps> owned_;
};

}  // namespace tcpjury::engine
