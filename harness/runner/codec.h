// Results at rest and messages between the runner and its workers, as JSON.
//
// Readers are total: a worker runs foreign code and may send anything, and files of a run store are edited
// and cut off. Whatever does not make sense is an Error, never a crash. Unknown members are ignored.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "harness/base/result.h"
#include "harness/base/time.h"
#include "harness/model/profile.h"
#include "harness/runner/record.h"
#include "harness/runner/target_spec.h"

namespace tcpjury::runner {

// ---- messages ------------------------------------------------------------------------------------------

/// First message to a worker: bring this target up.
struct Hello {
  TargetSpec target;
  model::Profile profile = model::Profile::rfc9293;
  bool strict_should = false;
  std::uint32_t sessions = 0;  ///< live targets: at most so many at once
};
/// Run this case. The worker loads the file itself.
struct Job {
  std::uint64_t job = 0;  ///< the runner's number of it
  std::string file;
  std::string case_id;
  std::uint64_t seed = 0;
};
/// The target is up.
struct Ready {
  std::string name;
  std::string version;
  ClockKind clock = ClockKind::virtual_time;
  bool can_reset = true;  ///< false: one case a process
  std::map<std::string, std::string> environment = {};
};
/// The target cannot be brought up; the worker ends.
struct Refused {
  bool environment = false;  ///< true: this machine lacks something; false: the target itself failed
  std::string message;
  std::string hint = {};
};
struct Finished {
  std::uint64_t job = 0;
  engine::CaseResult result;
};
/// Something about the run that belongs to no case; replaces what the same worker remarked before.
struct Remark {
  std::string text;
};

using ToWorker = std::variant<Hello, Job>;
using FromWorker = std::variant<Ready, Refused, Finished, Remark>;

[[nodiscard]] std::string encode(const ToWorker& message);
[[nodiscard]] std::string encode(const FromWorker& message);
Result<ToWorker> decode_to_worker(std::string_view text);
Result<FromWorker> decode_from_worker(std::string_view text);

// ---- results at rest -----------------------------------------------------------------------------------

/// One result on one line, transcript included.
[[nodiscard]] std::string encode_result(const engine::CaseResult& result);
Result<engine::CaseResult> decode_result(std::string_view text);
/// Everything of a record but its results, on one line.
[[nodiscard]] std::string encode_header(const RunRecord& record);
Result<RunRecord> decode_header(std::string_view text);

// ---- framing -------------------------------------------------------------------------------------------

/// A message with its length before it (four octets, little-endian).
[[nodiscard]] std::string framed(std::string_view message);

/// Cuts a stream into messages.
class FrameReader {
 public:
  static constexpr std::size_t message_max = std::size_t{256} << 20U;
  void feed(std::string_view octets);
  /// The next whole message; nothing when more octets are needed.
  /// Fails when the stream cannot be one of ours; then it stays failed.
  Result<std::optional<std::string>> next();

 private:
  std::string buffer_ = {};
  std::size_t begin_ = 0;
};

}  // namespace tcpjury::runner
