#include "harness/model/option_checks.h"

#include <fmt/format.h>

namespace tcpjury::model {
namespace {

constexpr std::uint8_t md5_signature = 19;  // RFC 2385
constexpr std::uint8_t experimental = 254;  // RFC 6994
constexpr std::size_t block_octets = 8;

class OptionChecks {
 public:
  OptionChecks(const wire::Decoded& frame, const wire::OptionList& options, std::uint32_t mtu, State state,
               HeaderVerdict& verdict)
      : frame_{frame}, options_{options}, mtu_{mtu}, state_{state}, verdict_{verdict} {}

  void run() {
    const bool syn = frame_.packet.tcp()->flags.has(wire::syn);
    for (const wire::TcpOption& o : options_.options) {
      if (!o.length) continue;
      length_of(o);
      if (o.kind == wire::option_kind::sack) sack_length(o);
      if (o.kind == wire::option_kind::fast_open) fast_open(o, syn);
      if (o.kind == experimental) experimental_fast_open(o);
    }
    no_signature();
    if (!syn) timestamps_aligned();
    if (syn) announced_mss();
  }

 private:
  const wire::Decoded& frame_;
  const wire::OptionList& options_;
  std::uint32_t mtu_;
  State state_;
  HeaderVerdict& verdict_;

  void judge(bool good, std::string_view id, std::string_view event, std::string message, std::string want) {
    const Rule cited = rule(id, event, state_);
    if (good) {
      verdict_.held.push_back(cited);
    } else {
      verdict_.broken.push_back({cited, std::move(message), {std::move(want)}, {}});
    }
  }

  /// A known option whose length octet is not the one its RFC gives cannot be read by a receiver.
  void length_of(const wire::TcpOption& o) {
    using namespace wire::option_kind;
    const std::size_t right = o.kind == mss              ? 4
                              : o.kind == window_scale   ? 3
                              : o.kind == sack_permitted ? 2
                              : o.kind == timestamps     ? 10
                                                         : *o.length;
    if (*o.length == right) return;
    judge(false, "RFC9293-MUST-68", "OPTION-LENGTH",
          fmt::format("option kind {} has length {}", o.kind, *o.length), fmt::format("length {}", right));
  }

  void sack_length(const wire::TcpOption& o) {
    judge(!o.value.empty() && o.value.size() % block_octets == 0, "RFC2018-3-2", "SACK-LENGTH",
          fmt::format("a SACK option of length {}", *o.length), "8*n+2");
  }

  void fast_open(const wire::TcpOption& o, bool syn) {
    constexpr std::size_t least = 4;
    constexpr std::size_t most = 16;
    const std::size_t size = o.value.size();
    const bool form = size == 0 || (size >= least && size <= most && size % 2 == 0);
    judge(syn && form, "RFC7413-4.1.1-1", "FAST-OPEN",
          syn ? fmt::format("a Fast Open cookie of {} octets", size) : "a Fast Open option without SYN",
          "an even number of 4 to 16 octets, or none, on a SYN");
    judge(true, "RFC7413-10-1", "FAST-OPEN", {}, {});
  }

  void experimental_fast_open(const wire::TcpOption& o) {
    const bool magic = o.value.size() >= 2 && octet(o.value[0]) == 0xf9 && octet(o.value[1]) == 0x89;
    if (magic)
      judge(false, "RFC7413-10-1", "FAST-OPEN", "Fast Open in the experimental option kind 254", "kind 34");
  }

  /// No user of a target can configure a key, so none is there to sign with.
  void no_signature() {
    if (options_.options.empty()) return;
    judge(options_.find(md5_signature) == nullptr, "RFC2385-2-3", "MD5", "an MD5 signature without a key",
          "no option of kind 19");
  }

  /// RFC 7323 appendix A: two No-Operations in front put both values on word boundaries.
  void timestamps_aligned() {
    std::size_t at = 0;
    for (const wire::TcpOption& o : options_.options) {
      if (o.kind == wire::option_kind::timestamps && o.length) {
        judge(at % 4 == 2, "RFC7323-A-1", "TS-LAYOUT",
              fmt::format("a timestamps option {} octets behind the header", at),
              "NOP, NOP and the option, so that its values are aligned");
      }
      at += o.length.value_or(1);
    }
  }

  /// RFC 6691 section 2: the MSS counts fixed headers only; the sender of the text deducts the options.
  void announced_mss() {
    const auto mss = options_.mss();
    if (!mss) return;
    const std::uint32_t headers = frame_.packet.family() == wire::Family::v4 ? 40U : 60U;
    const std::uint32_t right = mtu_ - headers;
    verdict_.measured.emplace_back(headers == 40 ? "mss.v4" : "mss.v6", fmt::format("{}", *mss));
    const std::size_t area = frame_.packet.tcp()->options.size();
    const std::uint32_t missing = *mss < right ? right - *mss : 0;
    const bool reduced = missing == area || missing == 12 || missing == 20;
    if (*mss > right) {
      judge(false, "RFC6691-2-1", "MSS", fmt::format("MSS {} on a link with an MTU of {}", *mss, mtu_),
            fmt::format("{}", right));
    } else if (missing == 0) {  // a smaller value may come from smaller buffers
      judge(true, "RFC6691-2-1", "MSS", {}, {});
      judge(true, "RFC6691-2-2", "MSS", {}, {});
    } else if (reduced) {
      judge(false, "RFC6691-2-2", "MSS", fmt::format("MSS {}: {} less than the link allows", *mss, missing),
            fmt::format("{}", right));
    }
  }
};

}  // namespace

void check_options(const wire::Decoded& frame, const wire::OptionList& options, std::uint32_t mtu,
                   State state, HeaderVerdict& verdict) {
  OptionChecks{frame, options, mtu, state, verdict}.run();
}

}  // namespace tcpjury::model
