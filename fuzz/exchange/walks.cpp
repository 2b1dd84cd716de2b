#include "fuzz/exchange/walks.h"

#include "harness/base/assert.h"

namespace tcpjury::exchange {
namespace {

using model::Origin;
using model::State;

constexpr SynOptions syn_options{.mss = 1460};

/// Collects events for one flow.
class Walk {
 public:
  explicit Walk(Flow flow) : flow_{flow} {}

  void listen() { events_.push_back(Call{.kind = Call::Kind::listen}); }
  void open() { events_.push_back(Call{.kind = Call::Kind::open, .flow = flow_}); }
  void close() { events_.push_back(Call{.kind = Call::Kind::close, .flow = flow_}); }
  void send(wire::FlagSet flags, Base acknowledged = Base::snd_nxt) {
    const bool opens = flags.has(wire::syn);
    events_.push_back(Segment{.flow = flow_,
                              .flags = flags,
                              .seq = {opens ? Base::irs : Base::rcv_nxt, 0},
                              .ack = {acknowledged, 0},
                              .syn = opens ? syn_options : SynOptions{}});
  }
  void half_open(Origin role) {
    if (role == Origin::passive) {
      listen();
      send(wire::syn);
    } else {  // both open at once (RFC 9293 section 3.5, figure 7)
      open();
      send(wire::syn);
    }
  }
  void establish(Origin role) {
    if (role == Origin::passive) {
      half_open(role);
      send(wire::ack);
    } else {
      open();
      send(wire::syn | wire::ack);
    }
  }
  [[nodiscard]] std::vector<Event> take() { return std::move(events_); }

 private:
  Flow flow_;
  std::vector<Event> events_ = {};
};

/// From ESTABLISHED on.
void go_on(Walk& walk, State state) {
  switch (state) {
    case State::fin_wait_1:
      return walk.close();
    case State::fin_wait_2:
      walk.close();
      return walk.send(wire::ack);
    case State::close_wait:
      return walk.send(wire::fin | wire::ack);
    case State::closing:  // a FIN that does not acknowledge the target's own
      walk.close();
      return walk.send(wire::fin | wire::ack, Base::snd_una);
    case State::last_ack:
      walk.send(wire::fin | wire::ack);
      return walk.close();
    case State::time_wait:
      walk.close();
      walk.send(wire::ack);
      return walk.send(wire::fin | wire::ack);
    case State::established:
    case State::closed:
    case State::listen:
    case State::syn_sent:
    case State::syn_received:
      return;
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace

std::vector<Event> walk_to(State state, Origin role, Flow flow) {
  Walk walk{flow};
  switch (state) {
    case State::closed:
      break;
    case State::listen:
      walk.listen();
      break;
    case State::syn_sent:
      walk.open();
      break;
    case State::syn_received:
      walk.half_open(role);
      break;
    case State::established:
    case State::fin_wait_1:
    case State::fin_wait_2:
    case State::close_wait:
    case State::closing:
    case State::last_ack:
    case State::time_wait:
      walk.establish(role);
      go_on(walk, state);
      break;
  }
  return walk.take();
}

}  // namespace tcpjury::exchange
