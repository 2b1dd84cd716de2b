// Steps written by the engine itself, in the words scenarios use.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/scenario/scenario.h"

namespace tcpjury::engine {

/// A segment in the shape of the RFC's figures. Empty texts mean "not given". The expressions are the
/// engine's own and parse for sure.
struct SegmentWords {
  std::string_view ctl = {};
  std::string_view seq = {};
  std::string_view ack = {};
  std::string_view data = {};  ///< number of octets
};

class StepBuilder {
 public:
  explicit StepBuilder(std::string conn) : conn_{std::move(conn)} {}

  StepBuilder& call(scenario::Call call);
  StepBuilder& send(const SegmentWords& words);
  StepBuilder& expect(const SegmentWords& words, std::optional<Duration> within = {});
  StepBuilder& expect_any(const std::vector<SegmentWords>& alternatives);
  StepBuilder& silence(Duration quiet);
  /// The following steps are about another connection.
  StepBuilder& on(std::string conn);
  [[nodiscard]] scenario::Steps take() { return std::move(steps_); }

 private:
  template <class What>
  StepBuilder& add(What what);
  std::string conn_;
  scenario::Steps steps_;
};

}  // namespace tcpjury::engine
