#include "targets/plugin/plugin_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/wire/packet.h"

namespace tcpjury::targets {
namespace {

using engine::AppRequest;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::chrono::seconds second{1};

PluginOptions options_for(const std::string& name) {
  return {.path = std::string{TCPJURY_TEST_PLUGINS} + "/tcpjury_test_plugin_" + name + ".so", .seed = 5};
}

std::unique_ptr<PluginTarget> loaded(const std::string& name) {
  auto target = PluginTarget::load(options_for(name));
  if (!target) {
    ADD_FAILURE() << target.error().message;
    return nullptr;
  }
  return std::move(*target);
}

TEST(PluginTarget, MapsWhatThePluginSaysAboutItselfToTraits) {
  const auto target = loaded("echo");
  const auto& traits = target->traits();
  using scenario::Capability;
  EXPECT_EQ(traits.name, "echo");
  EXPECT_EQ(traits.version, "1.0");
  EXPECT_EQ(traits.capabilities, (std::set{Capability::ipv4, Capability::open_passive, Capability::send,
                                           Capability::receive, Capability::status}));
  EXPECT_EQ(traits.clock, ClockKind::virtual_time);
  EXPECT_EQ(traits.msl, std::chrono::seconds{30});
  EXPECT_EQ(traits.clock_resolution, second);
  EXPECT_TRUE(traits.ordered);
  ASSERT_TRUE(traits.v4.has_value());
  EXPECT_EQ(traits.v4->target, wire::IpAddress::v4(192, 0, 2, 2));
  EXPECT_EQ(traits.v4->tester_first, wire::IpAddress::v4(198, 51, 100, 1));
  EXPECT_EQ(traits.v4->tester_count, 254U);
  EXPECT_FALSE(traits.v6.has_value());
}

TEST(PluginTarget, CarriesPacketsBothWaysInOrder) {
  const auto target = loaded("echo");
  ASSERT_TRUE(target->packet_in(bytes_of("one")));
  ASSERT_TRUE(target->packet_in(bytes_of("two")));
  EXPECT_THAT(target->take_output(), ElementsAre(bytes_of("one"), bytes_of("two")));
  EXPECT_TRUE(target->take_output().empty());
}

TEST(PluginTarget, MovesTheClockAndForgetsOnReset) {
  const auto target = loaded("echo");
  EXPECT_EQ(target->next_timer(), clock_epoch + second);
  ASSERT_TRUE(target->advance(clock_epoch + 2 * second));
  EXPECT_THAT(target->take_output(), ElementsAre(Bytes{std::byte{5}}, Bytes{std::byte{6}}));
  ASSERT_TRUE(target->packet_in(bytes_of("left over")));

  const auto later = clock_epoch + std::chrono::hours{1};
  ASSERT_TRUE(target->reset(9, later));
  EXPECT_TRUE(target->take_output().empty());
  EXPECT_EQ(target->next_timer(), later + second);
  ASSERT_TRUE(target->advance(later + second));
  EXPECT_THAT(target->take_output(), ElementsAre(Bytes{std::byte{9}}));
}

TEST(PluginTarget, HandsItsSettingsToThePlugin) {
  auto options = options_for("echo");
  options.settings = {{"tick", "3"}};
  const auto target = PluginTarget::load(options);
  ASSERT_TRUE(target) << target.error().message;
  ASSERT_TRUE((*target)->advance(clock_epoch + second));
  EXPECT_THAT((*target)->take_output(), ElementsAre(Bytes{std::byte{8}}));  // the seed is 5
}

TEST(PluginTarget, SaysWhatThePluginSaysOfASettingItDoesNotKnow) {
  auto options = options_for("echo");
  options.settings = {{"colour", "red"}, {"tick", "3"}};
  const auto target = PluginTarget::load(options);
  ASSERT_FALSE(target);
  EXPECT_THAT(target.error().message, HasSubstr("colour=red tick=3"));
}

TEST(PluginTarget, RefusesSettingsThatTheFormOfTheAbiCannotCarry) {
  for (const auto& [name, value] : std::map<std::string, std::string>{
           {"", "1"}, {"a b", "1"}, {"a", "1 2"}, {"b", "1\n"}, {"c", ""}, {"d=", "1"}}) {
    auto options = options_for("echo");
    options.settings = {{name, value}};
    EXPECT_FALSE(PluginTarget::load(options)) << name << "=" << value;
  }
  EXPECT_TRUE(plain_setting("fault", "syn-ignored@LISTEN,other"));
  EXPECT_TRUE(plain_setting("rate", "a=b"));
}

TEST(PluginTarget, CarriesUserCallsRepliesAndEvents) {
  const auto target = loaded("echo");
  const wire::Endpoint local{wire::IpAddress::v4(192, 0, 2, 2), wire::Port{7}};
  const auto opened = target->call({.kind = AppRequest::Kind::open_passive, .local = local});
  EXPECT_TRUE(opened.ok) << opened.error;
  EXPECT_EQ(opened.handle, 1U);
  const auto events = target->take_events();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].kind, scenario::UserEvent::accepted);
  EXPECT_EQ(events[0].child, 2U);
  EXPECT_EQ(events[0].remote, (wire::Endpoint{wire::IpAddress::v4(198, 51, 100, 7), wire::Port{7}}));
  EXPECT_EQ(events[0].text, "somebody came");

  const auto sent =
      target->call({.kind = AppRequest::Kind::send, .handle = 2, .octets = bytes_of("ten octets")});
  EXPECT_EQ(sent.accepted, 8U);  // all the plugin has room for
  const auto first = target->call({.kind = AppRequest::Kind::receive, .handle = 2, .limit = 3});
  EXPECT_EQ(first.octets, bytes_of("ten"));
  EXPECT_FALSE(first.peer_closed);
  const auto rest = target->call({.kind = AppRequest::Kind::receive, .handle = 2, .limit = 100});
  EXPECT_EQ(rest.octets, bytes_of(" octe"));
  EXPECT_TRUE(rest.peer_closed);
  EXPECT_EQ(target->call({.kind = AppRequest::Kind::status, .handle = 2}).state, model::State::close_wait);
}

TEST(PluginTarget, PassesOnWhyACallFailed) {
  const auto target = loaded("echo");
  const auto closed = target->call({.kind = AppRequest::Kind::close, .handle = 2});
  EXPECT_FALSE(closed.ok);
  EXPECT_EQ(closed.error, "connection closing");
  const auto aborted = target->call({.kind = AppRequest::Kind::abort, .handle = 2});
  EXPECT_FALSE(aborted.ok);
  EXPECT_EQ(aborted.error, "target echo does not support this call");
}

TEST(PluginTarget, CarriesDatagramsOverEthernetToPluginsThatWantFrames) {
  const auto target = loaded("bridge");
  const auto datagram =
      wire::encode({.ip = wire::Ipv4Header{.source = wire::IpAddress::v4(198, 51, 100, 1),
                                           .destination = wire::IpAddress::v4(192, 0, 2, 2)},
                    .payload = wire::TcpSegment{.flags = wire::syn}});
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(target->packet_in(datagram));
    EXPECT_THAT(target->take_output(), ElementsAre(datagram));
    ASSERT_TRUE(target->packet_in(datagram));
    EXPECT_THAT(target->take_output(), ElementsAre(datagram));
    ASSERT_TRUE(target->reset(1, clock_epoch));
  }
}

TEST(PluginTarget, TwoPluginsLiveSideBySide) {
  const auto one = loaded("echo");
  const auto other = loaded("stuck_timer");
  ASSERT_TRUE(one->packet_in(bytes_of("x")));
  EXPECT_EQ(one->take_output().size(), 1U);
  EXPECT_EQ(other->traits().name, "hostile");
}

TEST(PluginTargetLoad, NamesTheFileThatIsNotThere) {
  const auto target = PluginTarget::load({.path = "no/such/file.so"});
  ASSERT_FALSE(target);
  EXPECT_THAT(target.error().message, HasSubstr("no/such/file.so"));
}

TEST(PluginTargetLoad, RefusesAFileThatIsNotASharedObject) {
  const auto target = PluginTarget::load({.path = TCPJURY_SOURCE_DIR "/README.md"});
  ASSERT_FALSE(target);
  EXPECT_THAT(target.error().message, HasSubstr("cannot be loaded"));
}

struct Misdeed {
  const char* plugin;
  const char* complaint;
};
void PrintTo(const Misdeed& m, std::ostream* out) { *out << m.plugin; }
std::string name_of(const testing::TestParamInfo<Misdeed>& info) { return info.param.plugin; }

class RefusedAtLoad : public testing::TestWithParam<Misdeed> {};
TEST_P(RefusedAtLoad, WithTheReason) {
  const auto target = PluginTarget::load(options_for(GetParam().plugin));
  ASSERT_FALSE(target);
  EXPECT_THAT(target.error().message, HasSubstr(GetParam().complaint));
}
INSTANTIATE_TEST_SUITE_P(
    , RefusedAtLoad,
    testing::Values(Misdeed{"no_entry", "does not export tcpjury_target_entry()"},
                    Misdeed{"no_vtable", "gives no vtable"},
                    Misdeed{"old_abi",
                            "it speaks version 0 of the target ABI, this tcpjury speaks version 2"},
                    Misdeed{"short_vtable", "its vtable has 16 octets"}, Misdeed{"no_call", "has no call()"},
                    Misdeed{"no_info_name", "info() gives no name"},
                    Misdeed{"info_size", "its structure has 7 octets"},
                    Misdeed{"no_family", "neither IPv4 nor IPv6"},
                    Misdeed{"reset_missing", "claims CAP_RESET"}, Misdeed{"no_target", "gives no target"},
                    Misdeed{"refuses_start", "did not start: the moon is not full"}),
    name_of);

class FoundOutByAPacket : public testing::TestWithParam<Misdeed> {};
TEST_P(FoundOutByAPacket, AndBlamedOnce) {
  const auto target = loaded(GetParam().plugin);
  const auto outcome = target->packet_in(bytes_of("any"));
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr(GetParam().complaint));
  EXPECT_LE(target->take_output().size(), engine::VirtualTarget::output_max);
  EXPECT_TRUE(target->take_events().empty());
  EXPECT_TRUE(target->advance(clock_epoch));
}
INSTANTIATE_TEST_SUITE_P(, FoundOutByAPacket,
                         testing::Values(Misdeed{"flood", "floods the link"},
                                         Misdeed{"ethernet", "does not answer ARP"},
                                         Misdeed{"empty_packet", "a packet without octets"},
                                         Misdeed{"null_packet", "a packet without octets"},
                                         Misdeed{"huge_packet", "70000 octets"},
                                         Misdeed{"bad_event", "unknown event, 99"},
                                         Misdeed{"unsized_event", "an event of 0 octets"},
                                         Misdeed{"child_zero", "ACCEPTED without a child"}),
                         name_of);

TEST(PluginTargetMisdeed, ATimerThatIsAlwaysDueFailsTheNextAdvance) {
  const auto target = loaded("stuck_timer");
  EXPECT_GT(target->next_timer(), clock_epoch);
  const auto outcome = target->advance(clock_epoch + Duration{1});
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().message, HasSubstr("next_timer() is not later than now"));
}

TEST(PluginTargetMisdeed, NoTimerIsNever) { EXPECT_EQ(loaded("flood")->next_timer(), never); }

TEST(PluginTargetMisdeed, RepliesThatCannotBeTrueFailTheCall) {
  const auto error_of = [](const std::string& plugin, const AppRequest& request) {
    const auto reply = loaded(plugin)->call(request);
    EXPECT_FALSE(reply.ok);
    return reply.error;
  };
  const AppRequest send{.kind = AppRequest::Kind::send, .handle = 1, .octets = bytes_of("abc")};
  const AppRequest receive{.kind = AppRequest::Kind::receive, .handle = 1, .limit = 3};
  const AppRequest open{.kind = AppRequest::Kind::open_passive};
  const AppRequest status{.kind = AppRequest::Kind::status, .handle = 1};
  EXPECT_THAT(error_of("accepts_too_much", send), HasSubstr("accepted more octets"));
  EXPECT_THAT(error_of("receives_too_much", receive), HasSubstr("returned more octets"));
  EXPECT_THAT(error_of("no_handle", open), HasSubstr("no handle"));
  EXPECT_THAT(error_of("unknown_state", status), HasSubstr("unknown state, 11"));
}

TEST(PluginTargetMisdeed, WithoutResetTheWorkerMustBeStartedAnew) {
  const auto outcome = loaded("no_reset")->reset(1, clock_epoch);
  ASSERT_FALSE(outcome);
  EXPECT_THAT(outcome.error().hint, HasSubstr("worker process"));
}

}  // namespace
}  // namespace tcpjury::targets
