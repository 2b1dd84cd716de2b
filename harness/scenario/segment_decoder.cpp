#include "harness/scenario/segment_decoder.h"

#include <fmt/format.h>

#include <array>

#include "harness/scenario/table_reader.h"
#include "harness/scenario/values.h"

namespace tcpjury::scenario {
namespace {

template <class Small>
std::optional<Small> narrow(std::optional<std::uint32_t> value) {
  // The field table has bounded the number already.
  return value ? std::optional{static_cast<Small>(*value)} : std::nullopt;
}

class SegmentDecoder {
 public:
  SegmentDecoder(VariantContext& context, const Node& node, SegmentRole role)
      : context_{context}, role_{role}, reader_{context, node, "segment"} {}

  SegmentPattern decode() {
    reader_.with("ctl", [&](const Node& n, const Field& f) { out_.ctl = context_.flags(n, f); });
    number("seq", out_.seq, role_ == SegmentRole::filter ? Binds::no : Binds::yes);
    number("ack", out_.ack, others_bind());
    number("wnd", out_.wnd, others_bind());
    number("up", out_.up, others_bind());
    reader_.with("data",
                 [&](const Node& n, const Field& f) { out_.data = decode_data(context_, n, f, data_limit); });
    options();
    reader_.with("data_offset", [&](const Node& n, const Field& f) {
      out_.data_offset = narrow<std::uint8_t>(context_.integer(n, f));
    });
    reader_.with("reserved", [&](const Node& n, const Field& f) {
      out_.reserved = narrow<std::uint8_t>(context_.integer(n, f));
    });
    reader_.with("checksum", [&](const Node& n, const Field& f) { checksum(n, f); });
    reader_.with("truncate", [&](const Node& n, const Field& f) {
      if (sends(n, f)) out_.truncate = narrow<std::uint16_t>(context_.integer(n, f));
    });
    reader_.with("ip", [&](const Node& n, const Field&) { ip(n); });
    return std::move(out_);
  }

 private:
  [[nodiscard]] Binds others_bind() const { return role_ == SegmentRole::match ? Binds::yes : Binds::no; }

  void number(std::string_view name, std::optional<Expression>& out, Binds binds) {
    reader_.with(name, [&](const Node& n, const Field& f) { out = context_.expression(n, f, binds); });
  }

  bool sends(const Node& node, const Field& field) {
    if (role_ == SegmentRole::send) return true;
    context_.complaints().add(
        Code::out_of_place, node,
        fmt::format("'{}' says how a segment is sent; nothing can be matched with it", field.name),
        "what comes from the target is checked by the model");
    return false;
  }

  void options() {
    number("mss", out_.mss, others_bind());
    number("wscale", out_.wscale, others_bind());
    reader_.with("sack_permitted",
                 [&](const Node& n, const Field& f) { out_.sack_permitted = context_.boolean(n, f); });
    reader_.with("sack", [&](const Node& n, const Field& f) { sack(n, f); });
    reader_.with("ts", [&](const Node& n, const Field& f) { out_.ts = pair(n, f); });
    reader_.with("raw_options", [&](const Node& n, const Field& f) {
      out_.raw_options = context_.octets(n, f);
      constexpr std::size_t options_limit = 40;
      if (out_.raw_options && out_.raw_options->size() > options_limit) {
        context_.complaints().add(Code::out_of_range, n,
                                  fmt::format("the options area has at most {} octets", options_limit));
      }
      for (const std::string_view other : {"mss", "wscale", "sack_permitted", "sack", "ts"}) {
        if (reader_.find(other) == nullptr) continue;
        context_.complaints().add(
            Code::contradiction, n,
            fmt::format("'raw_options' is the whole options area, '{}' a part of it", other));
      }
    });
  }

  std::optional<std::pair<Expression, Expression>> pair(const Node& node, const Field& field) {
    if (node.kind != Node::Kind::array || node.items.size() != 2) {
      context_.complaints().add(Code::wrong_type, node, fmt::format("'{}' wants two expressions", field.name),
                                std::string{field.example});
      return std::nullopt;
    }
    auto first = context_.expression(node.items[0], field, others_bind());
    auto second = context_.expression(node.items[1], field, others_bind());
    if (!first || !second) return std::nullopt;
    return std::pair{std::move(*first), std::move(*second)};
  }

  void sack(const Node& node, const Field& field) {
    constexpr std::size_t block_limit = 4;
    if (node.kind != Node::Kind::array) return context_.wrong_type(node, field, "an array of pairs");
    if (node.items.size() > block_limit) {
      context_.complaints().add(Code::out_of_range, node,
                                fmt::format("a SACK option has room for {} blocks", block_limit));
      return;
    }
    auto& blocks = out_.sack.emplace();
    for (const Node& item : node.items) {
      if (auto block = pair(item, field)) blocks.push_back(std::move(*block));
    }
  }

  void checksum(const Node& node, const Field& field) {
    if (!sends(node, field)) return;
    if (is_bad(node)) {
      out_.corrupt_checksum = true;
    } else if (node.kind == Node::Kind::string && node.text.find("${") == std::string::npos) {
      context_.complaints().add(Code::unknown_word, node, fmt::format("'{}' is no checksum", node.text),
                                "checksum = \"bad\", or a number");
    } else {
      out_.checksum = narrow<std::uint16_t>(context_.integer(node, field));
    }
  }

  static bool is_bad(const Node& node) { return node.kind == Node::Kind::string && node.text == "bad"; }

  void ip(const Node& node) {
    const TableReader reader{context_, node, "ip"};
    reader.with("ttl", [&](const Node& n, const Field& f) {
      out_.ip.ttl = narrow<std::uint8_t>(context_.integer(n, f));
    });
    reader.with("tos", [&](const Node& n, const Field& f) {
      out_.ip.tos = narrow<std::uint8_t>(context_.integer(n, f));
    });
    reader.with("length", [&](const Node& n, const Field& f) {
      if (sends(n, f)) out_.ip.length = narrow<std::uint16_t>(context_.integer(n, f));
    });
    reader.with("source", [&](const Node& n, const Field& f) { address(n, f, out_.ip.source); });
    reader.with("destination", [&](const Node& n, const Field& f) { address(n, f, out_.ip.destination); });
    reader.with("fragment", [&](const Node& n, const Field& f) {
      if (!sends(n, f)) return;
      out_.ip.fragment = narrow<std::uint16_t>(context_.integer(n, f));
      if (out_.ip.fragment && (*out_.ip.fragment == 0 || *out_.ip.fragment % 8 != 0)) {
        context_.complaints().add(Code::out_of_range, n, "fragments end at a multiple of 8 octets");
      }
    });
    ipv4_only(reader);
    reader.with("ext", [&](const Node& n, const Field& f) {
      if (of_family(n, f, wire::Family::v6)) extensions(n, f);
    });
  }

  void address(const Node& n, const Field& f, std::optional<wire::IpAddress>& out) {
    if (!sends(n, f)) return;
    const auto text = context_.text(n, f);
    if (!text) return;
    out = wire::IpAddress::parse(*text);
    if (out && of_family(n, f, out->family)) return;
    if (!out) {
      context_.complaints().add(Code::unknown_word, n, fmt::format("'{}' is no address", *text),
                                std::string{f.example});
    }
    out.reset();
  }

  void ipv4_only(const TableReader& reader) {
    constexpr auto v4 = wire::Family::v4;
    reader.with("id", [&](const Node& n, const Field& f) {
      if (of_family(n, f, v4)) out_.ip.id = narrow<std::uint16_t>(context_.integer(n, f));
    });
    reader.with("df", [&](const Node& n, const Field& f) {
      if (of_family(n, f, v4)) out_.ip.dont_fragment = context_.boolean(n, f);
    });
    reader.with("checksum", [&](const Node& n, const Field& f) {
      if (!of_family(n, f, v4) || !sends(n, f)) return;
      if (is_bad(n)) {
        out_.ip.corrupt_checksum = true;
      } else if (n.kind != Node::Kind::string) {
        context_.wrong_type(n, f, "\"bad\"");
      } else {
        context_.complaints().add(Code::unknown_word, n, "the header checksum is right, or \"bad\"",
                                  std::string{f.example});
      }
    });
    reader.with("options", [&](const Node& n, const Field& f) {
      if (!of_family(n, f, v4)) return;
      out_.ip.options = context_.octets(n, f);
      if (out_.ip.options && (out_.ip.options->size() > 40 || out_.ip.options->size() % 4 != 0)) {
        context_.complaints().add(Code::out_of_range, n, "IPv4 options fill whole 32-bit words, at most ten");
      }
    });
    reader.with("route", [&](const Node& n, const Field& f) {
      if (of_family(n, f, v4) && sends(n, f)) out_.ip.route = decode_route(context_, n, f);
    });
  }

  bool of_family(const Node& node, const Field& field, wire::Family family) {
    if (context_.family() == family) return true;
    context_.complaints().add(
        Code::out_of_place, node,
        fmt::format("'{}' exists only in IP{}, and this scenario also runs over IP{}", field.name,
                    wire::to_string(family), wire::to_string(context_.family())),
        fmt::format("restrict the step: when = \"family == '{0}'\"; or the file: [matrix] family = [\"{0}\"]",
                    wire::to_string(family)));
    return false;
  }

  void extensions(const Node& node, const Field& field) {
    constexpr std::size_t extension_limit = 16;
    if (node.kind != Node::Kind::array) return context_.wrong_type(node, field, "an array of tables");
    if (node.items.size() > extension_limit) {
      context_.complaints().add(Code::too_many, node,
                                fmt::format("at most {} extension headers", extension_limit));
      return;
    }
    for (const Node& item : node.items) {
      const TableReader reader{context_, item, "ext"};
      std::optional<std::uint8_t> kind;
      std::optional<Bytes> body;
      reader.with("kind", [&](const Node& n, const Field& f) {
        kind = narrow<std::uint8_t>(context_.integer(n, f));
      });
      reader.with("body", [&](const Node& n, const Field& f) { body = context_.octets(n, f); });
      if (kind && body) out_.ip.extensions.emplace_back(*kind, std::move(*body));
    }
  }

  VariantContext& context_;
  SegmentRole role_;
  TableReader reader_;
  SegmentPattern out_ = {};
};

}  // namespace

SegmentPattern decode_segment(VariantContext& context, const Node& node, SegmentRole role) {
  return SegmentDecoder{context, node, role}.decode();
}

std::vector<wire::IpAddress> decode_route(VariantContext& context, const Node& node, const Field& field) {
  std::vector<wire::IpAddress> route;
  for (const std::string& text : context.texts(node, field)) {
    const auto address = wire::IpAddress::parse(text);
    if (address && address->family == wire::Family::v4) {
      route.push_back(*address);
    } else {
      context.complaints().add(Code::unknown_word, node, fmt::format("'{}' is no address of IPv4", text),
                               std::string{field.example});
    }
  }
  constexpr std::size_t route_limit = 8;  // and the tester: what fits 40 octets of options
  if (route.size() > route_limit)
    context.complaints().add(Code::too_many, node,
                             fmt::format("a source route has at most {} routers", route_limit));
  return route;
}

std::optional<SegmentPattern::Text> decode_data(VariantContext& context, const Node& node, const Field& field,
                                                std::uint32_t limit) {
  const auto too_long = [&] {
    context.complaints().add(Code::out_of_range, node,
                             fmt::format("'{}' has at most {} octets", field.name, limit));
    return std::nullopt;
  };
  Field length = field;
  length.maximum = limit;
  if (node.kind == Node::Kind::table) {
    const TableReader reader{context, node, "data"};
    SegmentPattern::Text text;
    reader.with("length",
                [&](const Node& n, const Field&) { text.length = context.expression(n, length, Binds::no); });
    return text.length ? std::optional{std::move(text)} : std::nullopt;
  }
  const auto value = context.scalar(node);
  if (!value) return std::nullopt;
  if (value->kind == Node::Kind::integer) {
    auto number = context.expression(node, length, Binds::no);
    if (!number) return std::nullopt;
    return SegmentPattern::Text{{}, std::move(number)};
  }
  if (value->kind != Node::Kind::string) {
    context.wrong_type(node, field, "a length or a text");
    return std::nullopt;
  }
  if (value->text.starts_with("hex:")) {
    auto octets = context.octets(node, field);
    if (!octets) return std::nullopt;
    return SegmentPattern::Text{std::move(octets), {}};
  }
  if (value->text.size() > data_limit) return too_long();
  return SegmentPattern::Text{bytes_of(value->text), {}};
}

}  // namespace tcpjury::scenario
