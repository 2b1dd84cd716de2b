// Runs many cases at once against one live target: the clock's readings and the order of things are its own.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "harness/engine/session.h"
#include "harness/engine/target_port.h"
#include "harness/link/event_loop.h"
#include "harness/link/link.h"

namespace tcpjury::runner {

/// What the driver saw that belongs to no case; for the report.
struct LinkRemarks {
  std::uint64_t strays = 0;                    ///< datagrams to addresses that no session had
  std::uint64_t late = 0;                      ///< datagrams to a session that was over
  std::uint64_t dropped = 0;                   ///< what the link is known to have lost
  std::vector<std::string> first_strays = {};  ///< the first of them, for people
};

/// Drives engine::Session objects as engine/session.h says. One action at a time crosses the link, whichever
/// session it is of; what the target says at once is handed out, by tester address, before the next one. So a
/// session never sees its answer after another session's stimulus, and sessions that wait cost nothing.
class LiveDriver {
 public:
  using CaseNumber = std::uint64_t;
  struct Finished {
    CaseNumber number = 0;
    engine::Slot slot = {};
    engine::CaseResult result = {};
  };
  /// How a turn() ended.
  enum class Turn : std::uint8_t {
    progress,     ///< nothing special; take_finished() may have something
    interrupted,  ///< the loop saw SIGINT or SIGTERM
    broken,       ///< the link is gone; every session was stopped with the reason
  };

  /// All must outlive the driver. The driver watches both descriptors in `loop`; the caller may watch others
  /// there, and a turn ends when one of them is readable.
  LiveDriver(link::Link& link, engine::AppControl& control, link::EventLoop& loop);
  ~LiveDriver();
  LiveDriver(const LiveDriver&) = delete;
  LiveDriver& operator=(const LiveDriver&) = delete;

  /// Starts a session. `number` is the caller's and comes back with the result; the slot is the one the
  /// session was configured with, and its addresses must be nobody else's.
  void add(CaseNumber number, engine::Session session, engine::Slot slot);
  /// Sessions that have not finished.
  [[nodiscard]] std::size_t active() const { return cases_.size(); }

  /// Does whatever can be done now. If then no session has finished, waits once: for the link, for the
  /// target's user interface, for the earliest deadline, or for what else the loop watches.
  Turn turn();
  /// The results since the last call, in the order in which the sessions finished.
  [[nodiscard]] std::vector<Finished> take_finished() { return std::exchange(finished_, {}); }
  /// Ends every session now.
  void stop_all(engine::Verdict verdict, const std::string& reason);

  [[nodiscard]] const LinkRemarks& remarks() const { return remarks_; }

 private:
  struct Case;

  // ---- one action ----
  void work();
  void act(Case& one);
  void perform(Case& one, const engine::SendDatagram& send);
  void perform(Case& one, const engine::MakeCall& call);
  // ---- what the target said ----
  void settle();
  void drain();
  void dispatch(TimeSpan at, BytesView datagram);
  void poll_events();
  void check_drops();
  // ---- bookkeeping ----
  void wait();
  void expire();
  void touch(Case& one);
  void make_ready(Case& one);
  void reschedule(Case& one);
  void remember(engine::Handle handle, Case& one);
  void retire(Case& one);
  void link_is_gone(const Error& why);

  link::Link& link_;
  engine::AppControl& control_;
  link::EventLoop& loop_;
  std::map<CaseNumber, std::unique_ptr<Case>> cases_;
  std::map<wire::IpAddress, Case*> by_address_;  ///< null: the session is over
  std::unordered_map<engine::Handle, Case*> by_handle_;
  std::set<std::pair<TimePoint, CaseNumber>> deadlines_;
  std::deque<CaseNumber> ready_;
  std::vector<Case*> touched_;
  std::vector<Finished> finished_;
  LinkRemarks remarks_;
  std::optional<Error> broken_;
  TimePoint empty_at_;  ///< the link was seen empty then
  TimePoint events_polled_at_;
  TimePoint drops_checked_at_;
  std::uint64_t drops_before_ = 0;
  std::size_t drained_ = 0;  ///< datagrams read since the link was last empty
};

}  // namespace tcpjury::runner
