// The words and colours of verdicts on a terminal.
#pragma once

#include <string>
#include <string_view>

#include "harness/engine/verdict.h"
#include "reports/console/console.h"

namespace tcpjury::reports {

/// "PASS", "INCONC", "N/A": at most six letters.
[[nodiscard]] std::string_view status_word(engine::Verdict v);
/// `text` in the colour of the verdict, or as it is.
[[nodiscard]] std::string coloured(std::string_view text, engine::Verdict v, Colour colour);
[[nodiscard]] std::string bold(std::string_view text, Colour colour);
/// "v4" or "v4,state=FIN-WAIT-1": the variant without the name of its implicit axis.
[[nodiscard]] std::string short_variant(std::string_view variant);

/// `text` made printable and wrapped, each line after `indent`.
[[nodiscard]] std::string paragraph(std::string_view text, std::string_view indent);

}  // namespace tcpjury::reports
