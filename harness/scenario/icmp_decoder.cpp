#include "harness/scenario/icmp_decoder.h"

#include <fmt/format.h>

#include <array>

#include "harness/scenario/table_reader.h"

namespace tcpjury::scenario {
namespace {

struct TypeAndCode {
  std::uint8_t type = 0;
  std::uint8_t code = 0;
};

/// One row for each word of the list "icmp", in its order.
struct Message {
  TypeAndCode v4;                 ///< RFC 792, RFC 1191, RFC 1812
  std::optional<TypeAndCode> v6;  ///< RFC 4443; nothing: IPv6 has no such message
};
constexpr std::array<Message, 9> messages{{
    {{3, 0}, TypeAndCode{1, 0}},   // net-unreachable; no route to destination
    {{3, 1}, TypeAndCode{1, 3}},   // host-unreachable; address unreachable
    {{3, 2}, TypeAndCode{4, 1}},   // protocol-unreachable; unrecognized next header
    {{3, 3}, TypeAndCode{1, 4}},   // port-unreachable
    {{3, 4}, TypeAndCode{2, 0}},   // packet-too-big; fragmentation needed and DF set
    {{3, 13}, TypeAndCode{1, 1}},  // admin-prohibited
    {{4, 0}, std::nullopt},        // source-quench
    {{11, 0}, TypeAndCode{3, 0}},  // time-exceeded
    {{12, 0}, TypeAndCode{4, 0}},  // parameter-problem
}};
constexpr std::size_t source_quench = 6;
constexpr std::size_t packet_too_big = 4;
static_assert(!messages[source_quench].v6 && messages[packet_too_big].v4.code == 4);

class IcmpDecoder {
 public:
  IcmpDecoder(VariantContext& context, const Node& node)
      : context_{context}, node_{node}, reader_{context, node, "icmp"} {}

  IcmpStep decode() {
    if (!reader_.clean()) return out_;
    const Node* kind = reader_.find("kind");
    if (kind == nullptr) {
      by_number();
    } else {
      by_name(*kind);
    }
    reader_.with("rest",
                 [&](const Node& n, const Field& f) { out_.rest = context_.integer(n, f).value_or(0); });
    reader_.with("quoted_seq", [&](const Node& n, const Field& f) {
      out_.quoted_seq = context_.expression(n, f, Binds::no);
    });
    return out_;
  }

 private:
  void by_number() {
    if (reader_.find("type") == nullptr || reader_.find("code") == nullptr) {
      context_.complaints().add(Code::missing_field, node_,
                                "an ICMP message has 'kind', or 'type' and 'code'",
                                "icmp = { kind = \"port-unreachable\" }");
    }
    if (const Node* mtu = reader_.find("mtu")) {
      context_.complaints().add(Code::out_of_place, *mtu, "'mtu' belongs to kind = \"packet-too-big\"",
                                "with 'type' and 'code' write it into 'rest'");
    }
    reader_.with("type", [&](const Node& n, const Field& f) {
      out_.type = static_cast<std::uint8_t>(context_.integer(n, f).value_or(0));
    });
    reader_.with("code", [&](const Node& n, const Field& f) {
      out_.code = static_cast<std::uint8_t>(context_.integer(n, f).value_or(0));
    });
  }

  void by_name(const Node& kind) {
    for (const std::string_view other : {"type", "code"}) {
      if (const Node* node = reader_.find(other)) {
        context_.complaints().add(Code::contradiction, *node,
                                  fmt::format("'kind' already says the '{}'", other));
      }
    }
    const auto index = context_.word(kind, reader_.field("kind"));
    if (!index) return;
    const Message& message = messages.at(*index);
    if (context_.family() == wire::Family::v4) {
      out_.type = message.v4.type;
      out_.code = message.v4.code;
    } else if (message.v6) {
      out_.type = message.v6->type;
      out_.code = message.v6->code;
    } else {
      context_.complaints().add(Code::out_of_place, kind, "IPv6 has no such message",
                                "restrict the step: when = \"family == 'v4'\"");
    }
    reader_.with("mtu", [&](const Node& n, const Field& f) { mtu(n, f, *index); });
  }

  void mtu(const Node& node, const Field& field, std::size_t index) {
    const auto value = context_.integer(node, field);
    if (!value) return;
    if (index != packet_too_big) {
      context_.complaints().add(Code::out_of_place, node, "'mtu' belongs to kind = \"packet-too-big\"");
    } else if (reader_.find("rest") != nullptr) {
      context_.complaints().add(Code::contradiction, node, "'mtu' and 'rest' are the same octets");
    } else if (context_.family() == wire::Family::v4 && *value > UINT16_MAX) {
      context_.complaints().add(Code::out_of_range, node, "the next-hop MTU of IPv4 has 16 bits");
    } else {
      // RFC 1191 section 4: the low 16 bits of the word; RFC 4443 section 3.2: all of it.
      out_.rest = *value;
    }
  }

  VariantContext& context_;
  const Node& node_;
  TableReader reader_;
  IcmpStep out_ = {};
};

}  // namespace

IcmpStep decode_icmp(VariantContext& context, const Node& node) {
  return IcmpDecoder{context, node}.decode();
}

}  // namespace tcpjury::scenario
