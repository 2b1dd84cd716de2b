// Where a connection and its layers report to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/model/emission.h"
#include "harness/model/host_facts.h"
#include "harness/model/violation.h"

namespace tcpjury::model {

class Findings {
 public:
  /// `impossible`: no hypothesis explains it, so that judging the connection ends.
  enum class Effect : std::uint8_t { lives_on, impossible };
  void broken(const Finding& finding, std::string got, Effect effect = Effect::lives_on);
  void held(const Rule& rule);
  void measured(const std::string& name, const std::string& value);
  void undecided(std::string why);

  /// What was evaluated so far, by id.
  [[nodiscard]] const std::map<std::string, Evaluation, std::less<>>& evaluations() const;

  /// So many are kept; of later ones only those that end the judging of a connection.
  static constexpr std::size_t violations_max = 1'000;
  std::vector<Violation> violations = {};
  std::map<std::string, std::string, std::less<>> features = {};
  HostFacts host = {};
  std::string undecided_why = {};

 private:
  struct Count {
    std::uint32_t held = 0;
    std::uint32_t broken = 0;
  };
  // Counted by place in the catalogue, since this happens several times an event; named when somebody asks.
  std::vector<Count> counts_ = std::vector<Count>(requirement_catalogue().size());
  mutable std::map<std::string, Evaluation, std::less<>> evaluations_ = {};

  [[nodiscard]] Count& count(const Requirement& requirement);
};

}  // namespace tcpjury::model
