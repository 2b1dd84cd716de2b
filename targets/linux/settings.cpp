#include "targets/linux/settings.h"

#include <array>
#include <string_view>

#include "harness/link/sysctl.h"

namespace tcpjury::targets::kernel {
namespace {

struct Wanted {
  std::string_view name;
  std::string_view value;
};

// What makes one run differ from the next, or one connection from another in the same run. Options on the
// wire (timestamps, SACK, window scaling, ECN) stay as the machine ships them.
constexpr std::array<Wanted, 24> deterministic_settings{{
    {"net.ipv4.tcp_syncookies", "0"},         // a full backlog stays a full backlog
    {"net.ipv4.tcp_invalid_ratelimit", "0"},  // every unacceptable segment is answered
    {"net.ipv4.tcp_challenge_ack_limit", "2147483647"},
    {"net.ipv4.tcp_no_metrics_save", "1"},        // a connection inherits nothing from an earlier one
    {"net.ipv4.tcp_congestion_control", "reno"},  // others pace segments, or may not be chosen here
    {"net.ipv4.tcp_early_retrans", "0"},          // no tail loss probe before the RTO
    {"net.ipv4.tcp_recovery", "0"},               // loss by duplicate ACKs, not by RACK's timer
    {"net.ipv4.tcp_syn_linear_timeouts", "0"},    // exponential back-off from the first SYN
    {"net.ipv4.tcp_comp_sack_nr", "0"},           // duplicate ACKs at once, not after a timer
    {"net.ipv4.tcp_moderate_rcvbuf", "0"},        // the receive buffer does not grow
    {"net.ipv4.tcp_autocorking", "0"},
    {"net.ipv4.tcp_mtu_probing", "0"},
    {"net.ipv4.tcp_tw_reuse", "0"},
    {"net.ipv4.tcp_abort_on_overflow", "0"},
    {"net.ipv4.tcp_ecn", "2"},                  // accepted, not asked for
    {"net.ipv4.tcp_max_syn_backlog", "65536"},  // the listener's own backlog is what counts
    {"net.ipv4.tcp_max_tw_buckets", "262144"},
    {"net.core.somaxconn", "65536"},
    {"net.ipv4.icmp_ratelimit", "0"},
    {"net.ipv4.icmp_msgs_per_sec", "1000000"},
    {"net.ipv6.icmp.ratelimit", "0"},
    {"net.ipv4.conf.all.rp_filter", "0"},
    {"net.ipv4.conf.default.rp_filter", "0"},
    {"net.ipv4.ip_local_port_range", "32768 60999"},  // clear of the ports that listeners get
}};

// Recorded beside those above.
constexpr std::array<std::string_view, 55> other_settings{
    "net.ipv4.tcp_timestamps",
    "net.ipv4.tcp_sack",
    "net.ipv4.tcp_dsack",
    "net.ipv4.tcp_window_scaling",
    "net.ipv4.tcp_fack",
    "net.ipv4.tcp_frto",
    "net.ipv4.tcp_reordering",
    "net.ipv4.tcp_max_reordering",
    "net.ipv4.tcp_retrans_collapse",
    "net.ipv4.tcp_rfc1337",
    "net.ipv4.tcp_stdurg",
    "net.ipv4.tcp_fastopen",
    "net.ipv4.tcp_ecn_fallback",
    "net.ipv4.tcp_slow_start_after_idle",
    "net.ipv4.tcp_pingpong_thresh",
    "net.ipv4.tcp_backlog_ack_defer",
    "net.ipv4.tcp_thin_linear_timeouts",
    "net.ipv4.tcp_syn_retries",
    "net.ipv4.tcp_synack_retries",
    "net.ipv4.tcp_retries1",
    "net.ipv4.tcp_retries2",
    "net.ipv4.tcp_orphan_retries",
    "net.ipv4.tcp_max_orphans",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_tw_reuse_delay",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_rto_min_us",
    "net.ipv4.tcp_rto_max_ms",
    "net.ipv4.tcp_comp_sack_delay_ns",
    "net.ipv4.tcp_comp_sack_slack_ns",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "net.ipv4.tcp_adv_win_scale",
    "net.ipv4.tcp_app_win",
    "net.ipv4.tcp_shrink_window",
    "net.ipv4.tcp_workaround_signed_windows",
    "net.ipv4.tcp_base_mss",
    "net.ipv4.tcp_min_snd_mss",
    "net.ipv4.tcp_mtu_probe_floor",
    "net.ipv4.tcp_limit_output_bytes",
    "net.ipv4.tcp_notsent_lowat",
    "net.ipv4.tcp_min_tso_segs",
    "net.ipv4.tcp_pacing_ss_ratio",
    "net.ipv4.tcp_pacing_ca_ratio",
    "net.ipv4.tcp_allowed_congestion_control",
    "net.ipv4.tcp_migrate_req",
    "net.ipv4.tcp_plb_enabled",
    "net.ipv4.ip_no_pmtu_disc",
    "net.ipv4.ip_default_ttl",
    "net.ipv4.icmp_ratemask",
    "net.ipv4.icmp_echo_ignore_all",
    "net.ipv6.auto_flowlabels",
    "net.ipv6.conf.all.hop_limit",
};

std::string value_now(std::string_view name) { return link::read_sysctl(name).value_or("absent"); }

}  // namespace

Result<std::map<std::string, std::string>> apply_settings(Setting setting,
                                                          const std::map<std::string, std::string>& wanted) {
  std::map<std::string, std::string> record;
  for (const Wanted& one : deterministic_settings) {
    std::string refusal;
    if (setting == Setting::deterministic) {
      if (const auto written = link::write_sysctl(one.name, one.value); !written) {
        refusal = " (" + written.error().message + ")";
      }
    }
    record.emplace(one.name, value_now(one.name) + refusal);
  }
  for (const std::string_view name : other_settings) record.emplace(name, value_now(name));
  for (const auto& [name, value] : wanted) {
    const auto written = link::write_sysctl(name, value);
    if (!written) return tl::unexpected{written.error()};
    if (!*written) return fail("this kernel has no setting " + name);
    record[name] = value_now(name);
  }
  return record;
}

}  // namespace tcpjury::targets::kernel
