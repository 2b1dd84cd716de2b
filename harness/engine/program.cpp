#include "harness/engine/program.h"

#include "harness/base/assert.h"

namespace tcpjury::engine {

Program::Program(const scenario::Steps& steps, Names& names) : names_{names} {
  frames_.push_back({.steps = &steps});
  leave_finished_frames();
}

const scenario::Step* Program::current() const {
  return frames_.empty() ? nullptr : &(*frames_.back().steps)[frames_.back().at];
}

void Program::leave_finished_frames() {
  while (!frames_.empty() && frames_.back().at >= frames_.back().steps->size()) {
    Frame& frame = frames_.back();
    ++frame.round;
    if (frame.round >= frame.rounds || frame.steps->empty()) {
      frames_.pop_back();
      continue;
    }
    frame.at = 0;
    if (!frame.counter.empty()) names_[frame.counter] = frame.round;
  }
}

void Program::advance() {
  TCPJURY_ASSERT(!frames_.empty());
  ++frames_.back().at;
  leave_finished_frames();
}

void Program::advance_into(const scenario::Steps& steps) { advance_into_rounds(steps, 1, {}); }

void Program::advance_into_own(scenario::Steps steps) {
  owned_.push_back(std::move(steps));
  advance_into(owned_.back());
}

void Program::advance_into_rounds(const scenario::Steps& body, std::uint32_t count,
                                  const std::string& counter) {
  TCPJURY_ASSERT(!frames_.empty());
  ++frames_.back().at;
  if (count > 0) {
    frames_.push_back({.steps = &body, .rounds = count, .counter = counter});
    if (!counter.empty()) names_[counter] = 0;
  }
  leave_finished_frames();
}

void Program::prepend(const scenario::Steps& steps) {
  frames_.push_back({.steps = &steps});
  leave_finished_frames();
}

}  // namespace tcpjury::engine
