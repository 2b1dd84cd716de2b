#include "harness/scenario/fields.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/assert.h"
#include "harness/model/state.h"

namespace tcpjury::scenario {
namespace {

constexpr std::uint32_t max8 = 0xff;
constexpr std::uint32_t max16 = 0xffff;

constexpr std::array scenario_fields{
    Field{"scenario",
          "id",
          Shape::text,
          "Name of the scenario: its path below the folder of scenarios, without .toml.",
          R"(id = "handshake/passive-open")",
          {},
          0,
          true},
    Field{"scenario",
          "title",
          Shape::text,
          "One sentence: what is done, and what a conforming stack answers.",
          R"(title = "SYN is answered by SYN,ACK")",
          {},
          0,
          true},
    Field{"scenario", "requirements", Shape::requirements,
          "Ids of the requirements this scenario is about. One that the run did not evaluate is reported as "
          "inconclusive, never as passed.",
          R"(requirements = ["RFC9293-MUST-2"])"},
    Field{"scenario", "tags", Shape::texts, "Words to select by.", R"(tags = ["smoke"])"},
    Field{"scenario", "tier", Shape::word, "How costly a run is: fast (the default), slow or rare.",
          R"(tier = "slow")", "tier"},
    Field{"scenario", "start_in", Shape::word,
          "The state into which the target is walked before the first step. J and K are then bound.",
          R"(start_in = "FIN-WAIT-2")", "state"},
    Field{"scenario", "role", Shape::word,
          "Which OPEN the walk of start_in uses: listener (passive, the default) or opener (active; the "
          "default for "
          "SYN-SENT).",
          R"(role = "opener")", "role"},
    Field{
        "scenario", "matrix", Shape::free_table,
        "Axes: each key is an axis with the array of its values, or a table of labels and values. The "
        "scenario is "
        "run for every combination. 'family' (v4, v6) is always the first axis; give it here to restrict it. "
        "'exclude' holds conditions under which a combination is left out.",
        R"([matrix]
state = ["FIN-WAIT-1", "FIN-WAIT-2"])"},
    Field{"scenario", "let", Shape::free_table, "Constants: names for numbers, usable in every expression.",
          R"([let]
burst = 3)"},
    Field{"scenario", "target", Shape::free_table,
          "Settings of the target, which is started anew with them: sysctls, or what its adapter knows. "
          "[target.NAME] is for the target of that name alone. A target that does not know a setting is "
          "not-applicable.",
          R"([target.linux]
net.ipv4.tcp_timestamps = 0)"},
    Field{"scenario", "found", Shape::table, "How a fuzzer found this scenario; written by the tool.",
          R"([found]
seed = "0x5eed")",
          "found"},
    Field{"scenario", "step", Shape::tables, "What happens, one after the other.", R"([[step]]
send = { ctl = "SYN", seq = "J" })",
          "step"},
};

constexpr std::array found_fields{
    Field{"found", "target", Shape::text, "Name of the target.", R"(target = "lwip")"},
    Field{"found", "version", Shape::text, "Version of the target.", R"(version = "2.1.3")"},
    Field{"found", "profile", Shape::text, "The set of rules that judged.", R"(profile = "rfc9293")"},
    Field{"found", "seed", Shape::text, "Seed of the run.", R"(seed = "0x5eed")"},
    Field{"found", "fingerprint", Shape::text, "What makes the finding the same finding when it comes again.",
          R"(fingerprint = "9f2c01d4")"},
};

constexpr std::array step_fields{
    Field{"step", "call", Shape::table, "A user call on the target.", "call = { send = 100 }", "call"},
    Field{"step", "send", Shape::one_or_more,
          "Sends a segment to the target; an array is sent back to back, without waiting for answers in "
          "between.",
          R"(send = { ctl = "SYN", seq = "J", mss = 1460 })", "segment"},
    Field{"step", "expect", Shape::table, "The next segment of the connection must match.",
          R"(expect = { ctl = "SYN,ACK", seq = "K", ack = "J+1" })", "segment"},
    Field{"step", "expect_nothing", Shape::quiet, "No segment of the connection may come for this long.",
          R"(expect_nothing = "1s")", "expect_nothing"},
    Field{"step", "expect_state", Shape::state, "The target must be in this state.",
          R"(expect_state = "ESTABLISHED")", "expect_state"},
    Field{"step", "expect_event", Shape::word, "The target must tell its user this.",
          R"(expect_event = "reset")", "event"},
    Field{"step", "wait", Shape::duration,
          "Lets time pass; what comes meanwhile is judged by the model alone.", R"(wait = "2MSL+5s")"},
    Field{"step", "any_of", Shape::tables,
          "The next segment must match one of these; the steps of the first that does are then run.",
          R"([[step.any_of]]
expect = { ctl = "ACK" }
then = [ { expect = { ctl = "FIN,ACK" } } ])",
          "any_of"},
    Field{"step", "repeat", Shape::table, "Runs steps several times.",
          R"(repeat = { count = 3, counter = "i", steps = [ { send = { ctl = "ACK" } } ] })", "repeat"},
    Field{"step", "icmp", Shape::table, "An ICMP message about the last segment of the target.",
          R"(icmp = { kind = "port-unreachable" })", "icmp"},
    Field{"step", "within", Shape::duration,
          "How long expect, expect_event or any_of waits; absent: long enough for any conforming stack.",
          R"(within = "5s")"},
    Field{"step", "conn", Shape::text, "The connection this step is about; absent: \"main\".",
          R"(conn = "second")"},
    Field{"step", "because", Shape::text, "Why the target must do so, in words for the report.",
          R"(because = "an exact match resets the connection")"},
    Field{"step", "requirement", Shape::requirements,
          "What a mismatch here breaks. With it a mismatch fails even where the model permits what came.",
          R"(requirement = "RFC9293-MUST-60")"},
    Field{"step", "when", Shape::condition, "The step belongs only to the variants for which this holds.",
          R"(when = "family == 'v6'")"},
};

constexpr std::array call_fields{
    Field{"call", "listen", Shape::table, "Passive OPEN on the port of the target.", "listen = {}", "listen"},
    Field{"call", "open", Shape::table, "Active OPEN towards the tester.", "open = {}", "open"},
    Field{"call", "send", Shape::data, "SEND: that many octets of the target's stream, or a text.",
          "send = 100"},
    Field{"call", "send_urgent", Shape::data, "SEND with the URGENT flag: urgent up to its last octet.",
          "send_urgent = 3"},
    Field{"call", "receive", Shape::expression, "RECEIVE at most that many octets.", "receive = 100"},
    Field{"call", "close", Shape::table, "CLOSE: no more sends, receiving goes on (a half close).",
          "close = {}", "nothing"},
    Field{"call", "release", Shape::table,
          "RELEASE: stops sending and receiving, as close() of a socket does.", "release = {}", "nothing"},
    Field{"call", "abort", Shape::table, "ABORT: resets the connection.", "abort = {}", "nothing"},
    Field{"call", "set", Shape::table, "Sets one option of the connection, from now on.",
          "set = { nagle = false }", "set"},
};

constexpr std::uint32_t codepoint_most = 63;

constexpr std::array set_fields{
    Field{"set", "nagle", Shape::boolean, "The Nagle algorithm (RFC 9293 section 3.7.4).", "nagle = false"},
    Field{"set", "keepalive", Shape::boolean, "Keep-alives (RFC 9293 section 3.8.4).", "keepalive = true"},
    Field{"set", "keepalive_idle", Shape::duration, "How long nothing may come before the first keep-alive.",
          R"(keepalive_idle = "10s")"},
    Field{"set", "keepalive_interval", Shape::duration, "Time between keep-alives without an answer.",
          R"(keepalive_interval = "5s")"},
    Field{"set",
          "keepalive_count",
          Shape::integer,
          "After how many of them the connection is dead.",
          "keepalive_count = 3",
          {},
          max8},
    Field{"set", "user_timeout", Shape::duration,
          "The threshold R2: how long text may stay unacknowledged (RFC 9293 section 3.8.3).",
          R"(user_timeout = "20s")"},
    Field{"set",
          "diffserv",
          Shape::integer,
          "The Diffserv codepoint of what is sent, without the two bits of ECN.",
          "diffserv = 46",
          {},
          codepoint_most},
    Field{"set", "ttl", Shape::integer, "Time to Live, or Hop Limit, of what is sent.", "ttl = 33", {}, max8},
    Field{
        "set", "error_reports", Shape::boolean,
        "Whether the user is told of soft errors (RFC 9293 section 3.9.1.8): expect_event = \"soft-error\".",
        "error_reports = true"},
    Field{"set", "urgent", Shape::boolean,
          "Whether the user is told of urgent data, and gets it in line (RFC 6093): expect_event = "
          "\"urgent\".",
          "urgent = true"},
};

constexpr std::array open_fields{
    Field{"open", "to", Shape::word, "Another remote address than the tester's, which nobody can have.",
          R"(to = "multicast")", "peer"},
    Field{"open", "route", Shape::texts,
          "A loose source route (IPv4): the tester is its first router, these addresses follow.",
          R"(route = ["203.0.113.1"])"},
};

constexpr std::array listen_fields{
    Field{"listen",
          "backlog",
          Shape::integer,
          "Connections that may wait to be accepted; absent: 16.",
          "backlog = 1",
          {},
          max16},
};

constexpr std::array nothing_fields{
    Field{"expect_nothing", "for", Shape::duration, "How long.", R"(for = "1s")", {}, 0, true},
    Field{"expect_nothing", "except", Shape::one_or_more, "Segments that may come nevertheless.",
          R"(except = [ { ctl = "ACK" } ])", "segment"},
};

constexpr std::array state_fields{
    Field{"expect_state", "state", Shape::word, "The state.", R"(state = "ESTABLISHED")", "state", 0, true},
    Field{"expect_state", "probe", Shape::boolean, "Probes from outside even where the model is sure.",
          "probe = true"},
};

constexpr std::array any_of_fields{
    Field{"any_of", "expect", Shape::table, "The segment of this alternative.", R"(expect = { ctl = "RST" })",
          "segment", 0, true},
    Field{"any_of", "then", Shape::tables, "What is done when it came.", "then = []", "step"},
};

constexpr std::array repeat_fields{
    Field{"repeat", "count", Shape::expression, "How often.", "count = 3", {}, 100000, true},
    Field{"repeat", "counter", Shape::text, "A name for the index, from 0, usable in expressions inside.",
          R"(counter = "i")"},
    Field{"repeat", "steps", Shape::tables, "What is repeated.", R"(steps = [ { wait = "1s" } ])", "step", 0,
          true},
};

constexpr std::array icmp_fields{
    Field{"icmp", "kind", Shape::word, "The message by name, the same for both families.",
          R"(kind = "packet-too-big")", "icmp"},
    Field{"icmp", "mtu", Shape::integer, "The MTU a packet-too-big tells of.", "mtu = 1280"},
    Field{"icmp", "type", Shape::integer, "The type field, instead of kind.", "type = 3", {}, max8},
    Field{"icmp", "code", Shape::integer, "The code field, instead of kind.", "code = 1", {}, max8},
    Field{"icmp", "rest", Shape::integer, "The second 32 bits of the message.", "rest = 0"},
    Field{"icmp", "quoted_seq", Shape::expression,
          "The sequence number quoted; absent: that of the oldest octet the tester has not acknowledged.",
          R"(quoted_seq = "rcv.nxt")"},
};

constexpr std::array segment_fields{
    Field{"segment", "ctl", Shape::flags, "Control bits: SYN FIN RST ACK PSH URG ECE CWR; \"none\" for none.",
          R"(ctl = "SYN,ACK")"},
    Field{"segment", "seq", Shape::expression, "Sequence number. A name standing alone is bound here.",
          R"(seq = "J")"},
    Field{"segment", "ack", Shape::expression, "Acknowledgment number; sent even without the ACK bit.",
          R"(ack = "K+1")"},
    Field{"segment",
          "wnd",
          Shape::expression,
          "The window field as on the wire, unscaled.",
          "wnd = 0",
          {},
          max16},
    Field{"segment", "up", Shape::expression, "The urgent pointer.", "up = 1", {}, max16},
    Field{"segment", "data", Shape::data,
          "Text: a length (octets of the sender's stream when sending), a text, \"hex:..\" octets, or { "
          "length = "
          "expression }.",
          "data = 100"},
    Field{"segment", "mss", Shape::expression, "The Maximum Segment Size option.", "mss = 1460", {}, max16},
    Field{"segment",
          "wscale",
          Shape::expression,
          "The shift count of the Window Scale option.",
          "wscale = 7",
          {},
          max8},
    Field{"segment", "sack_permitted", Shape::boolean, "Whether the SACK-Permitted option is there.",
          "sack_permitted = true"},
    Field{"segment", "sack", Shape::pairs, "Blocks of the SACK option: left and right edge.",
          R"(sack = [["rcv.nxt+100", "rcv.nxt+200"]])"},
    Field{"segment", "ts", Shape::pair, "The Timestamps option: TSval and TSecr.", R"(ts = ["1000", "0"])"},
    Field{"segment", "raw_options", Shape::octets, "The whole options area, literally.",
          R"(raw_options = "hex:020405b4")"},
    Field{"segment",
          "data_offset",
          Shape::integer,
          "The data offset field, in 32-bit words, right or wrong.",
          "data_offset = 4",
          {},
          15},
    Field{"segment", "reserved", Shape::integer, "The reserved bits.", "reserved = 15", {}, 15},
    Field{"segment",
          "checksum",
          Shape::checksum,
          "\"bad\" (every bit inverted), or a value.",
          R"(checksum = "bad")",
          {},
          max16,
          false,
          Use::send_only},
    Field{"segment",
          "truncate",
          Shape::integer,
          "Sends only this many octets of the segment, header included.",
          "truncate = 19",
          {},
          max16,
          false,
          Use::send_only},
    Field{"segment", "ip", Shape::table, "Fields of the IP header.", "ip = { ttl = 1 }", "ip"},
};

constexpr std::array data_fields{
    Field{"data", "length", Shape::expression, "How many octets.", R"(length = "2*mss")", {}, 0, true},
};

constexpr std::array ip_fields{
    Field{"ip", "ttl", Shape::integer, "Time to live, or hop limit.", "ttl = 1", {}, max8},
    Field{"ip", "tos", Shape::integer, "Type of service, or traffic class.", "tos = 3", {}, max8},
    Field{"ip", "id", Shape::integer, "Identification (IPv4).", "id = 7", {}, max16},
    Field{"ip", "df", Shape::boolean, "Don't Fragment (IPv4).", "df = true"},
    Field{"ip",
          "length",
          Shape::integer,
          "Total length (IPv4) or payload length (IPv6), right or wrong.",
          "length = 20",
          {},
          max16,
          false,
          Use::send_only},
    Field{"ip",
          "checksum",
          Shape::checksum,
          "\"bad\" inverts the header checksum (IPv4).",
          R"(checksum = "bad")",
          {},
          0,
          false,
          Use::send_only},
    Field{"ip",
          "source",
          Shape::text,
          "Another source address than the tester's; of the variant's family.",
          R"(source = "127.0.0.1")",
          {},
          0,
          false,
          Use::send_only},
    Field{"ip",
          "destination",
          Shape::text,
          "Another destination address than the target's; of the variant's family.",
          R"(destination = "224.0.0.1")",
          {},
          0,
          false,
          Use::send_only},
    Field{"ip", "options", Shape::octets, "IPv4 options.", R"(options = "hex:01010100")"},
    Field{
        "ip",
        "route",
        Shape::texts,
        "A completed loose source route (IPv4): the routers the datagram has passed. The tester, as the last "
        "of them, is added.",
        R"(route = ["203.0.113.1"])",
        {},
        0,
        false,
        Use::send_only},
    Field{"ip", "ext", Shape::tables, "IPv6 extension headers, in order.",
          R"(ext = [ { kind = 60, body = "hex:00000000000000" } ])", "ext"},
    Field{"ip",
          "fragment",
          Shape::integer,
          "Splits the datagram after this many octets of payload.",
          "fragment = 8",
          {},
          max16,
          false,
          Use::send_only},
};

constexpr std::array ext_fields{
    Field{"ext", "kind", Shape::integer, "The protocol number of the header.", "kind = 60", {}, max8, true},
    Field{"ext",
          "body",
          Shape::octets,
          "What follows its Next Header field.",
          R"(body = "hex:00000000000000")",
          {},
          0,
          true},
};

template <std::size_t... sizes>
constexpr auto joined(const std::array<Field, sizes>&... tables) {
  std::array<Field, (sizes + ...)> all{};
  auto out = all.begin();
  ((out = std::ranges::copy(tables, out).out), ...);
  return all;
}
constexpr auto every_field =
    joined(scenario_fields, step_fields, call_fields, set_fields, open_fields, listen_fields, nothing_fields,
           state_fields, any_of_fields, repeat_fields, icmp_fields, segment_fields, data_fields, ip_fields,
           ext_fields, found_fields);

constexpr std::array<std::string_view, 3> tiers{"fast", "slow", "rare"};
constexpr std::array<std::string_view, 2> roles{"listener", "opener"};
constexpr std::array<std::string_view, 2> families{"v4", "v6"};
constexpr std::array<std::string_view, 3> peers{"tester", "multicast", "broadcast"};
constexpr std::array<std::string_view, 9> events{"opened", "accepted", "readable", "peer-closed", "reset",
                                                 "error",  "closed",   "urgent",   "soft-error"};
constexpr std::array<std::string_view, 9> icmp_kinds{
    "net-unreachable",  "host-unreachable", "protocol-unreachable", "port-unreachable", "packet-too-big",
    "admin-prohibited", "source-quench",    "time-exceeded",        "parameter-problem"};

struct ForeignName {
  std::string_view foreign;
  std::string_view ours;
};
constexpr std::array foreign_names{
    ForeignName{"flags", "ctl"},
    ForeignName{"win", "wnd"},
    ForeignName{"window", "wnd"},
    ForeignName{"urgent", "up"},
    ForeignName{"urp", "up"},
    ForeignName{"urgent_pointer", "up"},
    ForeignName{"len", "data"},
    ForeignName{"length", "data"},
    ForeignName{"payload", "data"},
    ForeignName{"text", "data"},
    ForeignName{"ws", "wscale"},
    ForeignName{"window_scale", "wscale"},
    ForeignName{"timestamps", "ts"},
    ForeignName{"timestamp", "ts"},
    ForeignName{"options", "raw_options"},
    ForeignName{"sackok", "sack_permitted"},
    ForeignName{"sackOK", "sack_permitted"},
    ForeignName{"hop_limit", "ttl"},
    ForeignName{"nodelay", "nagle"},
    ForeignName{"dscp", "diffserv"},
    ForeignName{"traffic_class", "tos"},
    ForeignName{"hlim", "ttl"},
    ForeignName{"sleep", "wait"},
    ForeignName{"loop", "repeat"},
    ForeignName{"timeout", "within"},
    ForeignName{"connection", "conn"},
    ForeignName{"if", "when"},
    ForeignName{"inject", "send"},
    ForeignName{"steps", "step"},
    ForeignName{"name", "id"},
    ForeignName{"description", "title"},
};

std::string_view describe(Shape shape) {
  switch (shape) {
    case Shape::text:
      return "a string";
    case Shape::texts:
      return "an array of strings";
    case Shape::requirements:
      return "a requirement id, or an array of them";
    case Shape::word:
      return "one of a few words";
    case Shape::flags:
      return "control bits separated by commas";
    case Shape::expression:
      return "a number or an expression";
    case Shape::pair:
      return "an array of two expressions";
    case Shape::pairs:
      return "an array of pairs of expressions";
    case Shape::integer:
      return "a number";
    case Shape::boolean:
      return "true or false";
    case Shape::checksum:
      return "\"bad\", or a number where it may be any";
    case Shape::octets:
      return "octets, \"hex:..\"";
    case Shape::data:
      return "a length, a text, \"hex:..\", or { length = expression }";
    case Shape::duration:
      return "a duration with its unit";
    case Shape::quiet:
      return "a duration with its unit, or a table";
    case Shape::state:
      return "a state, or a table";
    case Shape::condition:
      return "a condition over matrix axes";
    case Shape::table:
      return "a table";
    case Shape::tables:
      return "an array of tables";
    case Shape::one_or_more:
      return "a table, or an array of tables";
    case Shape::free_table:
      return "a table with keys of your choice";
  }
  TCPJURY_UNREACHABLE();
}

}  // namespace

std::span<const Field> all_fields() { return every_field; }

std::span<const Field> fields_of(std::string_view table) {
  const auto here = [&](const Field& field) { return field.table == table; };
  const auto first = std::ranges::find_if(every_field, here);
  const auto last = std::find_if_not(first, every_field.end(), here);
  return {first, last};
}

std::vector<std::string_view> field_names(std::string_view table) {
  std::vector<std::string_view> names;
  for (const Field& field : fields_of(table)) names.push_back(field.name);
  return names;
}

const Field* find_field(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  const Field* found = nullptr;
  for (const Field& field : every_field) {
    const bool here = dot == std::string_view::npos
                          ? field.name == path
                          : field.table == path.substr(0, dot) && field.name == path.substr(dot + 1);
    if (here && found != nullptr) return nullptr;
    if (here) found = &field;
  }
  return found;
}

std::span<const std::string_view> words(std::string_view list) {
  if (list == "tier") return tiers;
  if (list == "role") return roles;
  if (list == "family") return families;
  if (list == "event") return events;
  if (list == "peer") return peers;
  if (list == "icmp") return icmp_kinds;
  if (list == "state") return model::state_names();
  return {};
}

std::string_view usual_name(std::string_view foreign) {
  const auto found = std::ranges::find(foreign_names, foreign, &ForeignName::foreign);
  return found == foreign_names.end() ? std::string_view{} : found->ours;
}

std::string describe_field(const Field& field) {
  std::string page = fmt::format("{}.{}: {}{}\n\n{}\n", field.table, field.name, describe(field.shape),
                                 field.required ? " (required)" : "", field.doc);
  if (field.shape == Shape::word) page += fmt::format("\nOne of: {}\n", fmt::join(words(field.refers), ", "));
  if (field.maximum != 0) page += fmt::format("\nAt most {}.\n", field.maximum);
  if (field.use == Use::send_only) page += "\nOnly when sending.\n";
  return page + fmt::format("\nExample:\n{}\n", field.example);
}

}  // namespace tcpjury::scenario
