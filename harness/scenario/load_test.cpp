#include "harness/scenario/load.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "harness/scenario/discover.h"

namespace tcpjury::scenario {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string source_dir = TCPJURY_SOURCE_DIR;

std::string all_of(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics) text += to_string(diagnostic) + "\n";
  return text;
}

/// A scenario with the head that every one needs.
std::string scenario(std::string_view body) {
  return "id = \"test/example\"\ntitle = \"An example\"\n" + std::string{body};
}

std::vector<Variant> variants(std::string_view body) {
  LoadResult result = load_text(scenario(body), "example.toml");
  EXPECT_THAT(result.diagnostics, IsEmpty()) << all_of(result.diagnostics);
  return std::move(result.variants);
}

/// The first variant (family v4) of a scenario with one step.
Step only_step(std::string_view step) {
  const std::vector<Variant> loaded = variants("start_in = \"ESTABLISHED\"\n[[step]]\n" + std::string{step});
  if (loaded.empty() || loaded[0].steps.size() != 1) {
    ADD_FAILURE() << "not one step: " << step;
    return {};
  }
  return loaded[0].steps[0];
}

SegmentPattern sent(std::string_view segment) {
  const Step step = only_step("send = " + std::string{segment});
  return std::get<SendStep>(step.what).segments.at(0);
}

Expression expr(std::string_view text) { return *Expression::parse(text); }

TEST(Load, ReadsTheHandshakeOfTheReadme) {
  const LoadResult result = load_file(source_dir + "/scenarios/handshake/passive-open.toml",
                                      {.scenario_dir = source_dir + "/scenarios"});
  ASSERT_THAT(result.diagnostics, IsEmpty()) << all_of(result.diagnostics);
  ASSERT_THAT(result.variants, SizeIs(2));
  const Variant& v4 = result.variants[0];
  EXPECT_EQ(v4.id(), "handshake/passive-open[family=v4]");
  EXPECT_EQ(result.variants[1].id(), "handshake/passive-open[family=v6]");
  EXPECT_EQ(result.variants[1].family, wire::Family::v6);
  EXPECT_THAT(v4.requirements, ElementsAre("RFC9293-3.10.7.2-SYN-LISTEN", "RFC9293-MUST-2"));
  EXPECT_THAT(v4.needs, ElementsAre(Capability::ipv4, Capability::open_passive));
  EXPECT_EQ(v4.start_in, std::nullopt);

  ASSERT_THAT(v4.steps, SizeIs(5));
  EXPECT_EQ(std::get<CallStep>(v4.steps[0].what).call, Call{ListenCall{}});
  const SegmentPattern syn = std::get<SendStep>(v4.steps[1].what).segments.at(0);
  EXPECT_EQ(syn.ctl, wire::syn);
  EXPECT_EQ(syn.seq, expr("J"));
  EXPECT_EQ(syn.ack, std::nullopt);
  EXPECT_EQ(syn.mss, Expression{1460});
  EXPECT_EQ(std::get<ExpectStep>(v4.steps[2].what).pattern.ctl, wire::syn | wire::ack);
  EXPECT_EQ(std::get<ExpectStateStep>(v4.steps[4].what).state, model::State::established);
  EXPECT_EQ(v4.steps[4].number, 5U);
  EXPECT_EQ(v4.steps[0].where.line, 8U);
}

TEST(Load, EveryShippedScenarioIsClean) {
  const std::string folder = source_dir + "/scenarios";
  std::vector<std::string> files;
  for (const Selected& selected : discover({}, folder).files) files.push_back(selected.file);
  EXPECT_GE(files.size(), 4U);
  const LoadResult result = load_files(files, {.scenario_dir = folder});
  EXPECT_THAT(result.diagnostics, IsEmpty()) << all_of(result.diagnostics);
}

TEST(Load, EveryExampleOfTheReadmeIsClean) {
  std::ifstream file{source_dir + "/scenarios/README.md"};
  const std::string readme{std::istreambuf_iterator<char>{file}, {}};
  const std::string fence = "```toml\n";
  int examples = 0;
  for (std::size_t at = readme.find(fence); at != std::string::npos; at = readme.find(fence, at)) {
    at += fence.size();
    const std::string example = readme.substr(at, readme.find("```", at) - at);
    const bool whole = example.find("\nid = ") != std::string::npos;
    const LoadResult result = load_text(whole ? example : scenario(example), "README.md");
    EXPECT_THAT(result.diagnostics, IsEmpty()) << example << all_of(result.diagnostics);
    ++examples;
  }
  EXPECT_GE(examples, 3);
}

TEST(Load, EveryFieldOfASegmentIsRead) {
  const SegmentPattern all = sent(
      R"({ ctl = "syn, ack", seq = "snd.nxt", ack = "K+1", wnd = 512, up = "2+1", data = 100, mss = 1460, )"
      R"(wscale = 7, sack_permitted = true, sack = [["rcv.nxt", "rcv.nxt+10"]], ts = [1, "J"], data_offset = 4, )"
      R"(reserved = 15, checksum = 4660, truncate = 19, ip = { ttl = 1, tos = 3, length = 44, fragment = 8 } })");
  EXPECT_EQ(all.ctl, wire::syn | wire::ack);
  EXPECT_EQ(all.seq, expr("snd.nxt"));
  EXPECT_EQ(all.ack, expr("K+1"));
  EXPECT_EQ(all.wnd, Expression{512});
  EXPECT_EQ(all.up, expr("2+1"));
  EXPECT_EQ(all.data, (SegmentPattern::Text{{}, Expression{100}}));
  EXPECT_EQ(all.mss, Expression{1460});
  EXPECT_EQ(all.wscale, Expression{7});
  EXPECT_EQ(all.sack_permitted, true);
  EXPECT_EQ(all.sack, (std::vector{std::pair{expr("rcv.nxt"), expr("rcv.nxt+10")}}));
  EXPECT_EQ(all.ts, (std::pair{Expression{1}, expr("J")}));
  EXPECT_EQ(all.data_offset, 4);
  EXPECT_EQ(all.reserved, 15);
  EXPECT_EQ(all.checksum, 4660);
  EXPECT_FALSE(all.corrupt_checksum);
  EXPECT_EQ(all.truncate, 19);
  EXPECT_EQ(all.ip.ttl, 1);
  EXPECT_EQ(all.ip.tos, 3);
  EXPECT_EQ(all.ip.length, 44);
  EXPECT_EQ(all.ip.fragment, 8);
}

TEST(Load, FieldsOfOneFamilyAreRead) {
  const std::vector<Variant> v4 = variants(
      "matrix.family = [\"v4\"]\n[[step]]\n"
      "send = { ip = { id = 7, df = true, checksum = \"bad\", options = \"hex:01010100\" } }\n");
  const SegmentPattern::Ip ip4 = std::get<SendStep>(v4.at(0).steps.at(0).what).segments.at(0).ip;
  EXPECT_EQ(ip4.id, 7);
  EXPECT_EQ(ip4.dont_fragment, true);
  EXPECT_EQ(ip4.corrupt_checksum, true);
  EXPECT_EQ(ip4.options, (Bytes{std::byte{1}, std::byte{1}, std::byte{1}, std::byte{0}}));

  const std::vector<Variant> v6 = variants(
      "matrix.family = [\"v6\"]\n[[step]]\nsend = { ip = { ext = [ { kind = 60, body = \"hex:0102\" } ] } "
      "}\n");
  EXPECT_THAT(v6, SizeIs(1));
  const SegmentPattern::Ip ip6 = std::get<SendStep>(v6.at(0).steps.at(0).what).segments.at(0).ip;
  ASSERT_THAT(ip6.extensions, SizeIs(1));
  EXPECT_EQ(ip6.extensions[0].first, 60);
  EXPECT_EQ(ip6.extensions[0].second, (Bytes{std::byte{1}, std::byte{2}}));
}

TEST(Load, DataIsALengthATextOctetsOrAnExpression) {
  EXPECT_EQ(sent("{ data = 7 }").data, (SegmentPattern::Text{{}, Expression{7}}));
  EXPECT_EQ(sent("{ data = \"GET\" }").data, (SegmentPattern::Text{bytes_of("GET"), {}}));
  EXPECT_EQ(sent("{ data = \"\" }").data, (SegmentPattern::Text{Bytes{}, {}}));
  EXPECT_EQ(sent("{ data = \"hex:00 ff\" }").data,
            (SegmentPattern::Text{Bytes{std::byte{0}, std::byte{0xff}}, {}}));
  EXPECT_EQ(sent("{ data = { length = \"mss+1\" } }").data, (SegmentPattern::Text{{}, expr("mss+1")}));
}

TEST(Load, ChecksumIsBadOrAValue) {
  EXPECT_TRUE(sent("{ checksum = \"bad\" }").corrupt_checksum);
  EXPECT_EQ(sent("{ checksum = \"bad\" }").checksum, std::nullopt);
  EXPECT_EQ(sent("{ checksum = 0 }").checksum, 0);
}

TEST(Load, EveryCallIsRead) {
  const auto call = [](std::string_view text) {
    return std::get<CallStep>(only_step("call = { " + std::string{text} + " }").what).call;
  };
  EXPECT_EQ(call("listen = {}"), Call{ListenCall{16}});
  EXPECT_EQ(call("listen = { backlog = 1 }"), Call{ListenCall{1}});
  EXPECT_EQ(call("open = {}"), Call{OpenCall{}});
  EXPECT_EQ(call("send = 100"), (Call{SendCall{Expression{100}, {}}}));
  EXPECT_EQ(call("send = \"text\""), (Call{SendCall{Expression{4}, bytes_of("text")}}));
  EXPECT_EQ(call("send = { length = \"2*mss\" }"), (Call{SendCall{expr("2*mss"), {}}}));
  EXPECT_EQ(call("receive = \"2*mss\""), Call{ReceiveCall{expr("2*mss")}});
  EXPECT_EQ(call("close = {}"), Call{CloseCall{}});
  EXPECT_EQ(call("release = {}"), Call{ReleaseCall{}});
  EXPECT_EQ(call("abort = {}"), Call{AbortCall{}});
}

TEST(Load, EveryOtherStepIsRead) {
  EXPECT_THAT(std::get<SendStep>(only_step("send = [ { ctl = \"ACK\" }, { ctl = \"RST\" } ]").what).segments,
              SizeIs(2));

  const auto expect = std::get<ExpectStep>(only_step("expect = { ctl = \"ACK\" }\nwithin = \"5s\"").what);
  EXPECT_EQ(expect.within, (SymbolicDuration{5s, 0}));

  const auto quiet = std::get<ExpectNothingStep>(only_step("expect_nothing = \"1s\"").what);
  EXPECT_EQ(quiet.quiet, (SymbolicDuration{1s, 0}));
  const auto except = std::get<ExpectNothingStep>(
      only_step("expect_nothing = { for = \"2MSL\", except = [ { ctl = \"ACK\" } ] }").what);
  EXPECT_EQ(except.quiet, (SymbolicDuration{0s, 2}));
  ASSERT_THAT(except.except, SizeIs(1));
  EXPECT_EQ(except.except[0].ctl, wire::ack);

  const auto state =
      std::get<ExpectStateStep>(only_step("expect_state = { state = \"CLOSED\", probe = true }").what);
  EXPECT_EQ(state.state, model::State::closed);
  EXPECT_TRUE(state.probe);

  const auto event =
      std::get<ExpectEventStep>(only_step("expect_event = \"peer-closed\"\nwithin = \"3s\"").what);
  EXPECT_EQ(event.event, UserEvent::peer_closed);
  EXPECT_EQ(event.within, (SymbolicDuration{3s, 0}));

  EXPECT_EQ(std::get<WaitStep>(only_step("wait = \"2MSL+5s\"").what).time, (SymbolicDuration{5s, 2}));

  const Step meta = only_step(
      "wait = \"1s\"\nconn = \"second\"\nbecause = \"so\"\nrequirement = [\"RFC9293-MUST-2\", "
      "\"RFC9293-MUST-3\"]");
  EXPECT_EQ(meta.conn, "second");
  EXPECT_EQ(meta.because, "so");
  EXPECT_THAT(meta.requirements, ElementsAre("RFC9293-MUST-2", "RFC9293-MUST-3"));
  EXPECT_THAT(only_step("wait = \"1s\"\nrequirement = \"RFC9293-MUST-2\"").requirements,
              ElementsAre("RFC9293-MUST-2"));
}

TEST(Load, EventsAreReadInTheOrderOfTheEnumeration) {
  for (const UserEvent event :
       {UserEvent::opened, UserEvent::accepted, UserEvent::readable, UserEvent::peer_closed, UserEvent::reset,
        UserEvent::error, UserEvent::closed}) {
    const Step step = only_step("expect_event = \"" + std::string{to_string(event)} + "\"");
    EXPECT_EQ(std::get<ExpectEventStep>(step.what).event, event);
  }
}

TEST(Load, NestedStepsKeepTheNumbersOfTheFile) {
  const std::vector<Variant> loaded = variants(R"(
[[step]]
[[step.any_of]]
expect = { ctl = "ACK" }
then = [ { wait = "1s" } ]
[[step.any_of]]
expect = { ctl = "RST" }
then = [ { wait = "2s" }, { wait = "3s" } ]
[[step]]
when = "family == 'v6'"
wait = "4s"
[[step]]
repeat = { count = 3, counter = "i", steps = [ { send = { wnd = "i" } } ] }
)");
  ASSERT_THAT(loaded, SizeIs(2));
  const auto& any_of = std::get<AnyOfStep>(loaded[0].steps.at(0).what);
  EXPECT_EQ(any_of.alternatives.at(1).then.at(0).number, 3U);
  EXPECT_EQ(std::get<WaitStep>(any_of.alternatives[1].then.at(1).what).time, (SymbolicDuration{3s, 0}));
  // Step 5 belongs to IPv6 alone; those after it keep their numbers.
  ASSERT_THAT(loaded[0].steps, SizeIs(2));
  ASSERT_THAT(loaded[1].steps, SizeIs(3));
  EXPECT_EQ(loaded[0].steps[1].number, 6U);
  const auto& repeat = std::get<RepeatStep>(loaded[0].steps[1].what);
  EXPECT_EQ(repeat.count, Expression{3});
  EXPECT_EQ(repeat.counter, "i");
  EXPECT_EQ(repeat.body.at(0).number, 7U);
}

struct IcmpCase {
  const char* kind;
  std::pair<int, int> v4;
  std::pair<int, int> v6;
};
class IcmpKind : public testing::TestWithParam<IcmpCase> {};

TEST_P(IcmpKind, HasTheNumbersOfItsFamily) {
  const auto loaded = variants("[[step]]\nicmp = { kind = \"" + std::string{GetParam().kind} + "\" }\n");
  ASSERT_THAT(loaded, SizeIs(2));
  const auto& v4 = std::get<IcmpStep>(loaded[0].steps.at(0).what);
  EXPECT_EQ(std::pair(int{v4.type}, int{v4.code}), GetParam().v4);
  const auto& v6 = std::get<IcmpStep>(loaded[1].steps.at(0).what);
  EXPECT_EQ(std::pair(int{v6.type}, int{v6.code}), GetParam().v6);
}
// RFC 792 and RFC 1812 section 5.2.7.1 against RFC 4443 sections 3.1 to 3.4.
INSTANTIATE_TEST_SUITE_P(
    All, IcmpKind,
    testing::Values(IcmpCase{"net-unreachable", {3, 0}, {1, 0}}, IcmpCase{"host-unreachable", {3, 1}, {1, 3}},
                    IcmpCase{"protocol-unreachable", {3, 2}, {4, 1}},
                    IcmpCase{"port-unreachable", {3, 3}, {1, 4}}, IcmpCase{"packet-too-big", {3, 4}, {2, 0}},
                    IcmpCase{"admin-prohibited", {3, 13}, {1, 1}}, IcmpCase{"time-exceeded", {11, 0}, {3, 0}},
                    IcmpCase{"parameter-problem", {12, 0}, {4, 0}}));

TEST(Load, IcmpCarriesAnMtuOrWhatIsWritten) {
  EXPECT_EQ(std::get<IcmpStep>(only_step("icmp = { kind = \"packet-too-big\", mtu = 1280 }").what).rest,
            1280U);
  const auto icmp = std::get<IcmpStep>(
      only_step("icmp = { type = 5, code = 1, rest = 7, quoted_seq = \"rcv.nxt+1\" }").what);
  EXPECT_EQ(icmp.type, 5);
  EXPECT_EQ(icmp.code, 1);
  EXPECT_EQ(icmp.rest, 7U);
  EXPECT_EQ(icmp.quoted_seq, expr("rcv.nxt+1"));
}

std::vector<std::string> ids(const std::vector<Variant>& loaded) {
  std::vector<std::string> names;
  for (const Variant& variant : loaded) names.push_back(variant.variant);
  return names;
}

TEST(Matrix, MultipliesInTheOrderOfTheFileFamilyFirst) {
  const auto loaded = variants(R"(
[matrix]
zulu = ["a", "b"]
alpha = [1, 2]
[[step]]
send = { wnd = "alpha" }
because = "${zulu}"
)");
  EXPECT_THAT(ids(loaded),
              ElementsAre("family=v4,zulu=a,alpha=1", "family=v4,zulu=a,alpha=2", "family=v4,zulu=b,alpha=1",
                          "family=v4,zulu=b,alpha=2", "family=v6,zulu=a,alpha=1", "family=v6,zulu=a,alpha=2",
                          "family=v6,zulu=b,alpha=1", "family=v6,zulu=b,alpha=2"));
  EXPECT_THAT(loaded[1].constants, ElementsAre(std::pair<const std::string, std::uint32_t>{"alpha", 2}));
  EXPECT_EQ(loaded[2].steps.at(0).because, "b");
}

TEST(Matrix, FamilyStandsFirstWhereverItIsRestricted) {
  EXPECT_THAT(ids(variants("[matrix]\nn = [1]\nfamily = [\"v6\"]\n[[step]]\nsend = { wnd = \"n\" }\n")),
              ElementsAre("family=v6,n=1"));
}

TEST(Matrix, ExcludeRemovesCombinations) {
  EXPECT_THAT(ids(variants(R"(
[matrix]
n = [1, 2, 3]
exclude = ["n == 2", "family == 'v6' and n > 1"]
[[step]]
send = { wnd = "n" }
)")),
              ElementsAre("family=v4,n=1", "family=v4,n=3", "family=v6,n=1"));
}

TEST(Matrix, LabelsNameValuesAndSetsOfValues) {
  const auto loaded = variants(R"(
start_in = "ESTABLISHED"
[matrix]
family = ["v4"]
[matrix.where]
left = "rcv.nxt-1"
edge = "rcv.nxt"
[matrix.piece]
small = { length = 1, flags = "ACK" }
large = { length = 9, flags = "ACK,PSH" }
[[step]]
when = "where == 'left'"
send = { ack = "${where}", data = "${piece.length}", ctl = "${piece.flags}", wnd = "piece.length" }
)");
  ASSERT_THAT(ids(loaded),
              ElementsAre("family=v4,where=left,piece=small", "family=v4,where=left,piece=large",
                          "family=v4,where=edge,piece=small", "family=v4,where=edge,piece=large"));
  const SegmentPattern segment = std::get<SendStep>(loaded[1].steps.at(0).what).segments.at(0);
  EXPECT_EQ(segment.ack, expr("rcv.nxt-1"));
  EXPECT_EQ(segment.ctl, wire::ack | wire::psh);
  EXPECT_EQ(segment.data, (SegmentPattern::Text{{}, Expression{9}})) << "a number stays a number";
  EXPECT_THAT(loaded[2].steps, IsEmpty());
}

TEST(Matrix, ValuesReplaceTextKeepingTheirKind) {
  const auto loaded = variants(R"(
start_in = "${state}"
[matrix]
family = ["v4"]
state = ["FIN-WAIT-1"]
bad = [true]
n = [19]
[[step]]
send = { sack_permitted = "${bad}", truncate = "${n}", seq = "snd.nxt+${n}" }
because = "in ${state}, ${n} octets, ${bad}"
)");
  EXPECT_EQ(loaded.at(0).start_in, model::State::fin_wait_1);
  const Step& step = loaded[0].steps.at(0);
  const SegmentPattern segment = std::get<SendStep>(step.what).segments.at(0);
  EXPECT_EQ(segment.sack_permitted, true);
  EXPECT_EQ(segment.truncate, 19);
  EXPECT_EQ(segment.seq, expr("snd.nxt+19"));
  EXPECT_EQ(step.because, "in FIN-WAIT-1, 19 octets, true");
}

TEST(Matrix, OfStatesAndRolesCoversAllButTheImpossible) {
  const auto loaded = variants(R"(
start_in = "${state}"
role = "${role}"
[matrix]
family = ["v4"]
state = ["CLOSED", "LISTEN", "SYN-SENT", "SYN-RECEIVED", "TIME-WAIT"]
role = ["listener", "opener"]
exclude = ["state == 'LISTEN' and role == 'opener'", "state == 'SYN-SENT' and role == 'listener'"]
[[step]]
wait = "1s"
)");
  EXPECT_THAT(loaded, SizeIs(8));
}

struct Walk {
  const char* head;
  std::vector<Capability> needs;
  model::Origin role;
};
class StartIn : public testing::TestWithParam<Walk> {};

TEST_P(StartIn, SaysWhatTheWalkNeeds) {
  const auto loaded =
      variants(std::string{GetParam().head} + "\nmatrix.family = [\"v4\"]\n[[step]]\nwait = \"1s\"\n");
  EXPECT_EQ(loaded.at(0).needs, GetParam().needs);
  EXPECT_EQ(loaded[0].role, GetParam().role);
}
using enum Capability;
INSTANTIATE_TEST_SUITE_P(
    All, StartIn,
    testing::Values(
        Walk{"", {ipv4}, model::Origin::passive},
        Walk{"start_in = \"CLOSED\"", {ipv4}, model::Origin::passive},
        Walk{"start_in = \"LISTEN\"", {ipv4, open_passive}, model::Origin::passive},
        Walk{"start_in = \"SYN-SENT\"", {ipv4, open_active}, model::Origin::active},
        Walk{"start_in = \"SYN-RECEIVED\"\nrole = \"opener\"", {ipv4, open_active}, model::Origin::active},
        Walk{"start_in = \"ESTABLISHED\"", {ipv4, open_passive}, model::Origin::passive},
        Walk{"start_in = \"CLOSE-WAIT\"", {ipv4, open_passive}, model::Origin::passive},
        Walk{"start_in = \"LAST-ACK\"", {ipv4, open_passive, Capability::close}, model::Origin::passive},
        Walk{"start_in = \"FIN-WAIT-2\"\nrole = \"opener\"",
             {ipv4, open_active, Capability::close},
             model::Origin::active}));

TEST(Load, NeedsFollowFromEveryCallNestedOnesIncluded) {
  const auto loaded = variants(R"(matrix.family = ["v6"]
[[step]]
call = { listen = {} }
[[step]]
repeat = { count = 2, steps = [ { call = { send = 1 } }, { call = { receive = 1 } } ] }
[[step]]
[[step.any_of]]
expect = { ctl = "ACK" }
then = [ { call = { abort = {} } }, { call = { release = {} } } ]
[[step]]
call = { listen = {} }
conn = "second"
)");
  EXPECT_THAT(loaded.at(0).needs, ElementsAre(ipv6, open_passive, Capability::send, Capability::receive,
                                              Capability::release, Capability::abort));
}

TEST(Load, ConstantsBuildOnAxesAndOnEachOther) {
  const auto loaded = variants(R"(
[matrix]
family = ["v4"]
n = [5]
[let]
twice = "2*n"
more = "twice+1"
[[step]]
send = { wnd = "more" }
)");
  EXPECT_EQ(loaded.at(0).constants.at("twice"), 10U);
  EXPECT_EQ(loaded[0].constants.at("more"), 11U);
}

TEST(Load, SettingsMayBeWrittenWithDotsOrQuotes) {
  const auto loaded = variants(R"(
[target]
net.ipv4.tcp_sack = 0
"net.ipv4.tcp_rmem" = "4096 8192 16384"
quick = true
[[step]]
wait = "1s"
)");
  EXPECT_THAT(loaded.at(0).settings,
              ElementsAre(testing::Pair("net.ipv4.tcp_rmem", "4096 8192 16384"),
                          testing::Pair("net.ipv4.tcp_sack", "0"), testing::Pair("quick", "1")));
}

TEST(Names, AreBoundByTheWalkOfStartIn) {
  const auto clean = [](std::string_view state, std::string_view expression) {
    return load_text(scenario("start_in = \"" + std::string{state} +
                              "\"\n[[step]]\nsend = { ctl = \"ACK\", ack = \"" + std::string{expression} +
                              "\" }\n"),
                     "x")
        .diagnostics.empty();
  };
  EXPECT_TRUE(clean("ESTABLISHED", "J+K"));
  EXPECT_TRUE(clean("SYN-SENT", "K+1"));
  EXPECT_FALSE(clean("SYN-SENT", "J+1")) << "the tester has sent nothing yet";
  EXPECT_FALSE(clean("LISTEN", "K+1"));
  EXPECT_FALSE(clean("CLOSED", "J+1"));
}

TEST(Names, BoundOnEveryPathAreBoundAfterwards) {
  EXPECT_THAT(variants(R"(
[[step]]
[[step.any_of]]
expect = { ctl = "SYN,ACK", seq = "K" }
[[step.any_of]]
expect = { ctl = "SYN", seq = "K" }
[[step]]
send = { ctl = "ACK", ack = "K+1" }
)"),
              SizeIs(2));
}

TEST(Names, OfASendAreBoundOnlyByItsSequenceNumber) {
  const LoadResult result =
      load_text(scenario("[[step]]\nsend = { ctl = \"ACK\", seq = \"J\", ack = \"X\" }\n"), "x");
  ASSERT_THAT(result.diagnostics, SizeIs(1));
  EXPECT_EQ(result.diagnostics[0].code, "S021");
}

TEST(Names, OfAnotherConnectionHaveItsNameInFront) {
  EXPECT_THAT(variants(R"(start_in = "ESTABLISHED"
[[step]]
send = { ctl = "SYN", seq = "J2" }
conn = "second"
[[step]]
send = { ctl = "ACK", seq = "second.snd.nxt", ack = "second.target.rcv.nxt+irs", ts = ["ts.now", 0] }
)"),
              SizeIs(2));
  const LoadResult result = load_text(scenario(R"(start_in = "ESTABLISHED"
[[step]]
send = { ctl = "ACK", seq = "third.snd.nxt" }
[[step]]
send = { ctl = "ACK" }
conn = "snd"
)"),
                                      "x");
  EXPECT_THAT(result.diagnostics,
              ElementsAre(Field(&Diagnostic::code, "S021"), Field(&Diagnostic::code, "S022")));
}

TEST(Limits, StepsOfAFile) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "[[step]]\nwait=\"1s\"\n";
  EXPECT_THAT(variants(text), SizeIs(2));
  const LoadResult result = load_text(scenario(text + "[[step]]\nwait=\"1s\"\n"), "x");
  EXPECT_THAT(result.diagnostics, ElementsAre(Field(&Diagnostic::code, "S027")));
}

TEST(Limits, StepsOfAllVariants) {
  const auto product = [](int values, int steps) {
    std::string text = "[matrix]\na = [";
    for (int i = 0; i < values; ++i) text += std::to_string(i) + ",";
    text += "]\n";
    for (int i = 0; i < steps; ++i) text += "[[step]]\nsend = { wnd = \"a\" }\n";
    return load_text(scenario(text), "x");
  };
  EXPECT_THAT(product(100, 1000).variants, SizeIs(200)) << "two families";
  const LoadResult result = product(101, 1000);
  EXPECT_THAT(result.variants, IsEmpty());
  EXPECT_THAT(result.diagnostics, ElementsAre(Field(&Diagnostic::code, "S027")));
}

TEST(Limits, OnlySoManyErrorsAreShown) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "[[step]]\nwait = " + std::to_string(i) + "\n";
  const LoadResult result = load_text(scenario(text), "x");
  ASSERT_THAT(result.diagnostics, SizeIs(101));
  EXPECT_EQ(result.diagnostics.back().code, "S027");
}

TEST(Limits, OfWhatAMessageQuotes) {
  const LoadResult result = load_text(scenario(std::string(500'000, 'a') + " = 1\n"), "x");
  ASSERT_FALSE(result.diagnostics.empty());
  for (const Diagnostic& diagnostic : result.diagnostics) EXPECT_LT(to_string(diagnostic).size(), 1000U);
}

}  // namespace
}  // namespace tcpjury::scenario
