// Which fault of the reference stack is convicted of what, and by which scenarios: values and their table.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/result.h"

namespace tcpjury::cli {

/// A row of event processing without the state it ends in: "RFC9293-3.10.7.4-SYN-INWND" of
/// "RFC9293-3.10.7.4-SYN-INWND-ESTAB". Other ids as they are.
[[nodiscard]] std::string_view without_state(std::string_view id);

/// True when a conviction of `reported` is one of `named`: the same requirement, the row of event processing
/// for the same event in another state, or a row that is the same demand as the numbered requirement `named`.
[[nodiscard]] bool convicts_of(std::string_view reported, std::string_view named);

/// True when the two are about the same thing: one topic (area) or one section of one RFC. A mistake in the
/// one often shows where the other is judged.
[[nodiscard]] bool are_related(std::string_view reported, std::string_view named);

/// What the cases say about one requirement under one fault.
struct Conviction {
  std::string requirement;
  std::size_t cases = 0;                    ///< that report it broken
  std::vector<std::string> scenarios = {};  ///< of those cases, each once, sorted
  std::string reason = {};  ///< of a requirement the fault does not name: why it is all the same
  friend bool operator==(const Conviction&, const Conviction&) = default;
};

/// One fault under all cases.
struct FaultVerdict {
  std::string fault;                       ///< NAME or NAME@STATE
  std::vector<Conviction> caught = {};     ///< of what the fault is made for, by id
  std::vector<Conviction> related = {};    ///< others of the same topic or section (are_related())
  std::vector<Conviction> explained = {};  ///< others, with a reason
  std::vector<Conviction> unrelated = {};  ///< others, without one: accusations that should not be
  std::vector<std::string> trouble = {};   ///< cases that ended without a judgement
  std::size_t cases = 0;
  [[nodiscard]] bool killed() const { return !caught.empty(); }
  [[nodiscard]] bool fair() const { return unrelated.empty() && trouble.empty(); }
};

/// Sorts what `results` report into what the fault names and what it does not.
class FaultTally {
 public:
  /// `named`: requirements of the fault. `reasons`: by requirement, which may hold wildcards, for others that
  /// it breaks as well.
  FaultTally(std::string fault, std::vector<std::string> named, std::map<std::string, std::string> reasons);
  void add(const engine::CaseResult& result);
  [[nodiscard]] FaultVerdict verdict() const;

 private:
  [[nodiscard]] bool is_meant(std::string_view id) const;

  std::vector<std::string> named_;
  std::map<std::string, std::string> reasons_;
  std::map<std::string, std::map<std::string, std::size_t>> broken_ = {};  ///< requirement, scenario: cases
  FaultVerdict verdict_;
};

/// The table as Markdown; deterministic, so that a committed one can be compared.
[[nodiscard]] std::string matrix_text(const std::vector<FaultVerdict>& faults);

/// Requirements that at least one fault is convicted of, with those faults: read back from matrix_text().
/// Nothing for a text that is none.
[[nodiscard]] std::map<std::string, std::vector<std::string>, std::less<>> read_matrix(std::string_view text);

}  // namespace tcpjury::cli
