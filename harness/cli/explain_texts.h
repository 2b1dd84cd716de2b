// What `tcpjury explain` says of things that have no catalogue of their own.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "harness/engine/verdict.h"
#include "harness/model/state.h"

namespace tcpjury::cli {

struct ExitText {
  int code;
  std::string_view text;
};
[[nodiscard]] std::span<const ExitText> exit_texts();
[[nodiscard]] std::string_view verdict_text(engine::Verdict verdict);
[[nodiscard]] std::string_view state_text(model::State state);
[[nodiscard]] std::string_view filter_text();
/// Of TARGET-CRASH and TARGET-HANG, and of the codes D001 to D008 and R001 to R005; nothing for other words.
[[nodiscard]] std::optional<std::string_view> other_text(std::string_view id);

}  // namespace tcpjury::cli
