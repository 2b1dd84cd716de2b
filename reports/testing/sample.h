// Records of runs made by hand, for the tests of every format.
#pragma once

#include "harness/runner/record.h"
#include "reports/common/context.h"

namespace tcpjury::reports::testing {

/// A handshake that goes wrong: the target answers a bad ACK in SYN-RECEIVED with RST,ACK.
[[nodiscard]] engine::Transcript bad_reset_transcript();
/// The failing case that goes with it, with one violation.
[[nodiscard]] engine::CaseResult failing_case();
/// One case for each verdict, in the order of the verdicts.
[[nodiscard]] runner::RunRecord sample_run();
/// Like sample_run(), but every text is meant to break a format: control characters, octets that are no
/// UTF-8, closing tags, quotes, very long lines.
[[nodiscard]] runner::RunRecord hostile_run();
/// Knows two requirements and one scenario file, and names the run "01j9x".
[[nodiscard]] Context sample_context();

}  // namespace tcpjury::reports::testing
