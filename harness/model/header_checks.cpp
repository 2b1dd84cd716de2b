#include "harness/model/header_checks.h"

#include <fmt/format.h>

#include "harness/model/option_checks.h"

namespace tcpjury::model {
namespace {

using wire::OptionDefect;
using wire::WireDefect;

class HeaderChecks {
 public:
  HeaderChecks(const wire::Decoded& frame, const wire::OptionList& options, Offered offered,
               std::uint32_t mtu, State state)
      : frame_{frame},
        segment_{*frame.packet.tcp()},
        options_{options},
        offered_{offered},
        mtu_{mtu},
        state_{state} {}

  HeaderVerdict run() {
    fixed_header();
    option_list();
    segment_.flags.has(wire::syn) ? syn_options() : other_options();
    return std::move(verdict_);
  }

 private:
  const wire::Decoded& frame_;
  const wire::TcpSegment& segment_;
  const wire::OptionList& options_;
  Offered offered_;
  std::uint32_t mtu_;
  State state_;
  HeaderVerdict verdict_ = {};

  void judge(bool good, std::string_view id, std::string_view event, std::string message, std::string want) {
    const Rule cited = rule(id, event, state_);
    if (good) {
      verdict_.held.push_back(cited);
    } else {
      verdict_.broken.push_back({cited, std::move(message), {std::move(want)}, {}});
    }
  }

  void fixed_header() {
    const bool sum = !frame_.has(WireDefect::tcp_checksum);
    judge(sum, "RFC9293-MUST-2", "CHECKSUM",
          segment_.checksum ? fmt::format("the checksum is {:#06x}", *segment_.checksum)
                            : "the checksum is wrong",
          "the checksum over pseudo-header, header and text");
    if (segment_.text.size() % 2 == 1 && sum) judge(true, "RFC9293-3.1-CKSUM-ODD", "CHECKSUM", {}, {});
    const bool cut = options_continue_in_text();
    judge(!frame_.has(WireDefect::tcp_data_offset) && !cut, "RFC9293-3.1-DOFFSET", "DATA-OFFSET",
          cut ? "the data offset ends before the options do" : "the data offset does not describe the header",
          "5 to 15 words, within the segment");
    judge(segment_.reserved == 0, "RFC9293-3.1-RSRVD-TX", "RESERVED",
          fmt::format("reserved bits are {}", segment_.reserved), "0");
  }

  /// A SYN whose only text completes its options: an MSS, or an option that the offset cut through.
  [[nodiscard]] bool options_continue_in_text() const {
    constexpr std::size_t word = 4;
    if (!segment_.flags.has(wire::syn) || segment_.text.size() != word) return false;
    if (!segment_.options.empty() && options_.defect != OptionDefect::length_past_end) return false;
    Bytes whole = segment_.options;
    whole.insert(whole.end(), segment_.text.begin(), segment_.text.end());
    const wire::OptionList list = wire::parse_options(whole);
    return list.defect == OptionDefect::none && list.mss().has_value();
  }

  void option_list() {
    const bool lengths =
        options_.defect == OptionDefect::none || options_.defect == OptionDefect::nonzero_after_end;
    judge(lengths, "RFC9293-MUST-68", "OPTION-LENGTH", "the options do not parse as kind, length and value",
          "well-formed options");
    judge(options_.defect != OptionDefect::nonzero_after_end, "RFC9293-MUST-69", "OPTION-PADDING",
          "octets after End-of-option-list are not zero", "zero octets");
  }

  void syn_options() {
    const bool v4 = frame_.packet.family() == wire::Family::v4;
    const std::uint32_t fitting = mtu_ - (v4 ? 40U : 60U);
    const auto mss = options_.mss();
    if (fitting != (v4 ? 536U : 1220U)) {
      judge(mss.has_value(), "RFC9293-SHLD-5", "MSS", "a SYN without an MSS option",
            fmt::format("an MSS option, e.g. {}", fitting));
    }
    if (mss) {
      const std::uint32_t most = v4 ? 65'495U : 65'515U;
      judge(*mss <= most, "RFC9293-MUST-67", "MSS", fmt::format("MSS {}", *mss),
            fmt::format("at most {}", most));
    }
    const auto scale = options_.window_scale();
    if (scale)
      judge(*scale <= 14, "RFC7323-2.3-6", "WINDOW-SCALE", fmt::format("shift count {}", *scale),
            "at most 14");
    if (!segment_.flags.has(wire::ack) || !offered_.syn_seen) return;
    unasked(scale && !offered_.window_scale, "RFC7323-2.2-4", "WINDOW-SCALE",
            "window scale although the SYN did not offer it");
    unasked(options_.timestamps() && !offered_.timestamps && !offered_.crossing, "RFC7323-3.2-2", "TSOPT",
            "timestamps although the SYN did not offer them");
  }

  /// Who answers what the SYN did not offer may have read on behind its End-of-option-list.
  void unasked(bool given, std::string_view id, std::string_view event, std::string message) {
    judge(!given, given && offered_.beyond_end ? "RFC9293-3.2-EOL" : id, event, std::move(message),
          "no such option");
  }

  void other_options() {
    judge(options_.find(wire::option_kind::mss) == nullptr, "RFC9293-MUST-65", "MSS",
          "an MSS option on a segment without SYN", "no MSS option");
    judge(options_.find(wire::option_kind::window_scale) == nullptr, "RFC7323-2.2-7", "WINDOW-SCALE",
          "window scale on a segment without SYN", "no window scale option");
    judge(options_.find(wire::option_kind::sack_permitted) == nullptr, "RFC2018-2-1", "SACK-PERMITTED",
          "SACK-permitted on a segment without SYN", "no SACK-permitted option");
  }
};

}  // namespace

HeaderVerdict check_header(const wire::Decoded& frame, const wire::OptionList& options, Offered offered,
                           std::uint32_t mtu, State state) {
  HeaderVerdict verdict = HeaderChecks{frame, options, offered, mtu, state}.run();
  check_options(frame, options, mtu, state, verdict);
  return verdict;
}

}  // namespace tcpjury::model
