// Where a connection and its layers report to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "harness/model/emission.h"
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

  std::vector<Violation> violations = {};
  std::map<std::string, Evaluation, std::less<>> evaluations = {};
  std::map<std::string, std::string, std::less<>> features = {};
  std::string undecided_why = {};
};

}  // namespace tcpjury::model
