// Every mutant can be told from lwIP by what it says on the wire. Whether the judge convicts it is another
// question; but a mutant that behaves like the original could not be convicted by anybody.
#include "targets/lwip/lwip_mutants.h"

#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <functional>
#include <map>

#include "harness/wire/packet.h"
#include "targets/plugin/plugin_target.h"

namespace tcpjury::targets {

inline void PrintTo(const LwipMutant& mutant, std::ostream* out) { *out << mutant.name; }

namespace {

using engine::AppRequest;
using std::chrono::milliseconds;
using std::chrono::seconds;
using wire::SeqLen;
using wire::SeqNum;
using Kind = AppRequest::Kind;

constexpr wire::Port target_port{80};
constexpr wire::Port tester_port{40'000};
constexpr SeqNum isn{1000};
constexpr wire::FlagSet fin_ack = wire::fin | wire::ack;

// Speaks with one target and writes down everything it says.
class Conversation {
 public:
  explicit Conversation(std::string_view plugin) {
    auto loaded = PluginTarget::load({.path = std::string{plugin}});
    if (loaded) target_ = std::move(*loaded);
  }
  [[nodiscard]] bool started() const { return target_ != nullptr; }
  [[nodiscard]] std::string take_transcript() { return std::exchange(transcript_, {}); }

  void begin(std::string_view title) {
    transcript_ += fmt::format("-- {}\n", title);
    now_ = clock_epoch;
    (void)target_->reset(1, now_);
    to_ = target_port;
    snd_nxt_ = {};
    connection_ = 0;
  }

  // `seq` and `ack` are offsets from the tester's ISN and from lwIP's SND.NXT after its SYN.
  struct Segment {
    std::uint32_t seq = 1;
    wire::FlagSet ctl = wire::ack;
    std::string_view text = {};
    std::uint32_t ack = 0;
    std::uint16_t window = 60'000;
    Bytes options = {};
    std::optional<std::uint16_t> checksum = {};
  };
  void say(const Segment& s) {
    const wire::TcpSegment segment{.source = tester_port,
                                   .destination = to_,
                                   .seq = isn + SeqLen{s.seq},
                                   .ack = snd_nxt_ + SeqLen{s.ack},
                                   .flags = s.ctl,
                                   .window = s.window,
                                   .options = s.options,
                                   .text = bytes_of(s.text),
                                   .checksum = s.checksum};
    const auto& plan = *target_->traits().v4;
    (void)target_->packet_in(
        wire::encode({.ip = wire::Ipv4Header{.source = plan.tester_first, .destination = plan.target},
                      .payload = segment}));
    listen_to_it();
  }
  void wait(Duration by) {
    now_ += by;
    (void)target_->advance(now_);
    listen_to_it();
  }
  void call(Kind kind, std::size_t octets = 0) {
    (void)target_->call({.kind = kind, .handle = connection_, .octets = Bytes(octets)});
    listen_to_it();
  }
  void listen() {
    (void)target_->call({.kind = Kind::open_passive, .local = {target_->traits().v4->target, target_port}});
  }
  void connect() {
    connection_ =
        target_
            ->call({.kind = Kind::open_active, .remote = {target_->traits().v4->tester_first, tester_port}})
            .handle;
    listen_to_it();
  }
  void establish(const Bytes& options = {}) {
    listen();
    say({.seq = 0, .ctl = wire::syn, .options = options});
    say({});
  }

 private:
  void listen_to_it() {
    for (const auto& datagram : target_->take_output()) {
      const auto decoded = wire::decode(datagram);
      const auto* segment = decoded.packet.tcp();
      if (segment == nullptr) continue;
      transcript_ += fmt::format("{} {}", (now_ - clock_epoch).count(), wire::to_notation(*segment));
      for (const auto defect : decoded.defects) transcript_ += fmt::format(" {}", wire::to_string(defect));
      transcript_ += '\n';
      if (segment->flags.has(wire::syn)) {
        snd_nxt_ = segment->seq + SeqLen{1};
        to_ = segment->source;
      }
    }
    for (const auto& event : target_->take_events())
      if (event.kind == scenario::UserEvent::accepted) connection_ = event.child;
  }

  std::unique_ptr<PluginTarget> target_;
  TimePoint now_ = clock_epoch;
  wire::Port to_ = target_port;
  SeqNum snd_nxt_ = {};
  engine::Handle connection_ = 0;
  std::string transcript_;
};

void handshakes(Conversation& c) {
  c.begin("passive open");
  c.establish();
  c.begin("segments to a listener");
  c.listen();
  c.say({.ctl = wire::ack, .ack = 77});
  c.say({.ctl = wire::rst});
  c.say({.seq = 0, .ctl = wire::syn, .checksum = 0x1234});
  c.begin("segments to a closed port");
  c.say({.ctl = wire::syn});
  c.say({.ctl = wire::ack, .text = "abc", .ack = 77});
  c.begin("unacceptable ACK in SYN-RECEIVED");
  c.listen();
  c.say({.seq = 0, .ctl = wire::syn});
  c.say({.ack = 5000});
  c.begin("SYN,ACK unanswered");
  c.listen();
  c.say({.seq = 0, .ctl = wire::syn});
  c.wait(seconds{15});
  c.begin("SYN unanswered");
  c.connect();
  c.wait(seconds{30});
  c.begin("active open");
  c.connect();
  c.say({.seq = 0, .ctl = wire::syn | wire::ack});
  c.begin("unacceptable ACK in SYN-SENT");
  c.connect();
  c.say({.ack = 5000});
}

void established(Conversation& c) {
  for (const std::uint32_t seq : {1U, 100U, 2'000'000U}) {
    c.begin("reset in ESTABLISHED");
    c.establish();
    c.say({.seq = seq, .ctl = wire::rst});
    c.say({.text = "still there?"});
    c.wait(seconds{1});
  }
  c.begin("SYN in ESTABLISHED");
  c.establish();
  c.say({.seq = 50, .ctl = wire::syn});
  c.begin("text: twice, and beyond a gap");
  c.establish();
  c.say({.text = "abc"});
  c.wait(seconds{1});
  c.say({.text = "abc"});
  c.wait(seconds{1});
  c.say({.seq = 10, .text = "later"});
  c.wait(seconds{1});
  c.begin("text of ours, small window, small MSS");
  c.establish({std::byte{2}, std::byte{4}, std::byte{1}, std::byte{0}});
  c.call(Kind::send, 601);
  c.say({.ack = 256, .window = 64});
  c.wait(seconds{20});
  c.begin("window of 100 octets");
  c.establish();
  c.say({.text = "x", .window = 100});
  c.call(Kind::send, 401);
  c.wait(seconds{1});
}

void endings(Conversation& c) {
  c.begin("passive close");
  c.establish();
  c.say({.ctl = fin_ack});
  c.wait(seconds{1});
  c.call(Kind::close);
  c.wait(milliseconds{100});
  c.say({.seq = 2, .ack = 1});
  c.say({.seq = 2, .ack = 1});
  c.begin("active close");
  c.establish();
  c.call(Kind::close);
  c.say({.ack = 1});
  c.say({.text = "late", .ack = 1});
  c.wait(seconds{1});
  c.say({.seq = 5, .ctl = fin_ack, .ack = 1});
  c.wait(seconds{10});
  c.say({.seq = 5, .ctl = fin_ack, .ack = 1});
  c.begin("simultaneous close");
  c.establish();
  c.call(Kind::close);
  c.say({.ctl = fin_ack});
  c.wait(seconds{1});
  c.say({.seq = 2, .ack = 1});
  c.begin("FIN beyond a gap");
  c.establish();
  c.say({.seq = 4, .ctl = fin_ack});
  c.say({.text = "abc"});
  c.wait(seconds{1});
}

std::string life(std::string_view plugin) {
  Conversation c{plugin};
  if (!c.started()) return {};
  handshakes(c);
  established(c);
  endings(c);
  return c.take_transcript();
}

void die_in_close_wait(Conversation& c) {
  c.begin("");
  c.establish();
  c.say({.ctl = fin_ack});
  c.say({.ctl = fin_ack});
}
void die_of_an_option_length(Conversation& c) {
  c.begin("");
  c.establish({std::byte{99}, std::byte{0}, std::byte{0}, std::byte{0}});
}
void hang_on_simultaneous_open(Conversation& c) {
  const rlimit limit{.rlim_cur = 1, .rlim_max = 2};
  ::setrlimit(RLIMIT_CPU, &limit);
  c.begin("");
  c.connect();
  c.say({.seq = 0, .ctl = wire::syn});
}

class LwipMutantTest : public testing::TestWithParam<LwipMutant> {};

TEST_P(LwipMutantTest, CanBeToldFromTheOriginal) {
  const auto& mutant = GetParam();
  using Ending = std::function<void(Conversation&)>;
  const std::map<std::string_view, Ending> endings_of_processes{
      {"dies_in_close_wait", die_in_close_wait},
      {"dies_of_an_option_length", die_of_an_option_length},
      {"hangs_on_simultaneous_open", hang_on_simultaneous_open}};
  if (mutant.outcome == "death" || mutant.outcome == "hang") {
    const auto ending = endings_of_processes.find(mutant.name);
    ASSERT_NE(ending, endings_of_processes.end());
    const auto provoke = [&](std::string_view plugin) {
      Conversation c{plugin};
      ending->second(c);
    };
    EXPECT_EXIT((provoke(TCPJURY_LWIP_PLUGIN), std::_Exit(0)), testing::ExitedWithCode(0), "");
    const int signal = mutant.outcome == "hang" ? SIGXCPU : SIGABRT;
    EXPECT_EXIT((provoke(mutant.path), std::_Exit(0)), testing::KilledBySignal(signal), "");
    return;
  }
  static const auto original = life(TCPJURY_LWIP_PLUGIN);
  ASSERT_FALSE(original.empty());
  const auto mutated = life(mutant.path);
  ASSERT_FALSE(mutated.empty());
  EXPECT_NE(mutated, original) << mutant.breaks;
}

TEST(LwipMutants, TheOriginalIsNotToldFromItself) {
  EXPECT_EQ(life(TCPJURY_LWIP_PLUGIN), life(TCPJURY_LWIP_PLUGIN));
}

INSTANTIATE_TEST_SUITE_P(, LwipMutantTest, testing::ValuesIn(lwip_mutants),
                         [](const auto& mutant) { return std::string{mutant.param.name}; });

}  // namespace
}  // namespace tcpjury::targets
