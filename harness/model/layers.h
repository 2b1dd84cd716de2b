// The layers of a connection, in the order they are asked.
#pragma once

#include <algorithm>
#include <tuple>

#include "harness/model/layer.h"

namespace tcpjury::model {

class Layers {
 public:
  template <typename Event>
  void each(Event&& event) {
    std::apply([&](auto&... layer) { (event(layer), ...); }, layers_);
  }
  [[nodiscard]] TimePoint next_deadline() const {
    return std::apply(
        [](const auto&... layer) {
          TimePoint next = never;
          ((next = std::min(next, layer.next_deadline())), ...);
          return next;
        },
        layers_);
  }
  [[nodiscard]] bool settled() const {
    return std::apply([](const auto&... layer) { return (layer.settled() && ...); }, layers_);
  }

 private:
  std::tuple<> layers_ = {};
};

}  // namespace tcpjury::model
