// Known, triaged deviations of a target: targets/NAME/deviations.toml.
//
//   [[deviation]]
//   id = "no-challenge-ack"                   # unique within the file
//   requirement = "RFC9293-3.10.7.4-RST-ESTABLISHED"
//   state = "ESTABLISHED"                     # or with wildcards; "FIN-WAIT-*"
//   event = "RST-IN-WINDOW"                   # or with wildcards
//   pattern = "nothing"                       # part of what came or of the message; /.../ is a regular
//                                             # expression (ECMAScript)
//   versions = ">=2.1, <2.2"                  # optional; of the target
//   scenario = "reset/*"                      # optional; id of the scenario or case, or a pattern
//   always = true                             # optional, with scenario: passing is a surprise (xpass)
//   reason = "..."                            # why it is accepted
//   source = "https://..."                    # where it was triaged
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/base/diagnostic.h"
#include "harness/base/result.h"
#include "harness/runner/record.h"

namespace tcpjury::runner {

struct Deviation {
  std::string id;
  std::string requirement;
  std::string state;
  std::string event;
  std::string pattern;
  std::string versions = {};
  std::string scenario = {};
  bool always = false;
  std::string reason;
  std::string source;
};

/// Nothing, and diagnostics D001 to D008, when the text is not a list of well-formed entries. An entry must
/// name requirement, state, event and pattern: it never matches on a requirement alone.
[[nodiscard]] std::vector<Deviation> parse_deviations(std::string_view text, const std::string& file,
                                                      Diagnostics& diagnostics);

/// True when the dotted number `version` satisfies every comparison of `range` (">=2.1, <2.2"; an empty range
/// is satisfied by all). Letters after the digits of a part are ignored ("2.1.3-rc1" is 2.1.3).
[[nodiscard]] bool version_in_range(std::string_view version, std::string_view range);

/// Applies the entries to results as they come and remembers which ones were of use.
class DeviationFilter {
 public:
  DeviationFilter() = default;
  /// `version` is the target's.
  DeviationFilter(std::vector<Deviation> entries, const std::string& version, bool strict_should = false);

  /// Marks covered violations. A fail or warn whose violations are all covered becomes xfail, one of
  /// which only broken SHOULDs are left becomes warn; a pass that an entry
  /// with `always` expects to fail becomes xpass.
  void apply(engine::CaseResult& result);
  /// Entries that covered nothing although this run could have shown the deviation.
  [[nodiscard]] std::vector<std::string> remarks() const;

 private:
  struct Entry {
    Deviation what;
    bool in_range = true;    ///< of versions
    bool exercised = false;  ///< a case evaluated the requirement, or is of the entry's scenario
    bool matched = false;
  };
  [[nodiscard]] engine::Verdict without_known(const engine::CaseResult& result) const;

  std::vector<Entry> entries_ = {};
  bool strict_should_ = false;
};

}  // namespace tcpjury::runner
