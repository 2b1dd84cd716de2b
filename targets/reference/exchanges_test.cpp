#include "targets/reference/exchanges_test.h"

#include "targets/reference/stage_test.h"

namespace tcpjury::reference {

std::vector<std::string> run_exchanges(const std::string& settings) {
  using Exchange = void (*)(const std::string&, Log&);
  constexpr Exchange exchanges[] = {openings,
                                    syn_received,
                                    syn_sent,
                                    headers,
                                    addresses,
                                    synchronized_states,
                                    timestamps,
                                    icmp,
                                    endings,
                                    text_arrives,
                                    window_closes,
                                    selective,
                                    sending,
                                    window_of_peer,
                                    windows_scaled,
                                    congestion,
                                    congestion_marks,
                                    timers,
                                    user_options,
                                    fast_open,
                                    user_timeout_option,
                                    too_big_again,
                                    tail_loss_probes,
                                    urgent_text,
                                    source_routes};
  Log log;
  for (const Exchange exchange : exchanges) exchange(settings, log);
  return log;
}

}  // namespace tcpjury::reference
