#include "harness/wire/tcp_view.h"

#include "harness/wire/checksum.h"
#include "harness/wire/codec.h"

namespace tcpjury::wire {

std::uint16_t TcpView::right_checksum(const IpAddress& from, const IpAddress& to) const {
  constexpr std::size_t field = 16;
  ChecksumAccumulator sum;
  add_pseudo_header(sum, {from, to, protocol::tcp, static_cast<std::uint32_t>(segment_.size())});
  sum.add(segment_.first(field));
  sum.add(segment_.subspan(field + 2));
  return sum.finish();
}

TcpSegment to_segment(const TcpView& view, const IpAddress& from, const IpAddress& to) {
  TcpSegment segment{
      .source = view.source(),
      .destination = view.destination(),
      .seq = view.seq(),
      .ack = view.ack(),
      .flags = view.flags(),
      .reserved = view.reserved(),
      .window = view.window(),
      .urgent = view.urgent(),
      .options = owned(view.options()),
      .text = owned(view.text()),
  };
  if (!view.offset_fits()) segment.data_offset = view.data_offset();
  if (view.checksum() != view.right_checksum(from, to)) segment.checksum = view.checksum();
  return segment;
}

std::size_t encoded_size(const TcpSegment& segment) {
  // Options stand as they are when the data offset lies about them: a cut header may end inside a word.
  const std::size_t options =
      segment.data_offset ? segment.options.size() : padded_to_words(segment.options.size());
  return tcp_header_min + options + segment.text.size();
}

void append_segment(Bytes& out, const TcpSegment& segment, const IpAddress& from, const IpAddress& to) {
  const std::size_t start = out.size();
  const std::size_t size = encoded_size(segment);
  const std::uint8_t offset =
      segment.data_offset.value_or(length_in_words(tcp_header_min + segment.options.size()));

  std::array<std::byte, tcp_header_min> header{};
  const std::span fields{header};
  put16<0>(fields, segment.source.number);
  put16<2>(fields, segment.destination.number);
  put32<4>(fields, segment.seq.raw);
  put32<8>(fields, segment.ack.raw);
  put8<12>(fields, static_cast<std::uint8_t>((offset & 0x0fU) << 4U | (segment.reserved & 0x0fU)));
  put8<13>(fields, segment.flags.bits);
  put16<14>(fields, segment.window);
  put16<18>(fields, segment.urgent);
  append(out, header);
  append(out, segment.options);
  out.resize(start + size - segment.text.size());
  append(out, segment.text);

  const std::span written = std::span{out}.subspan(start);
  put16<16>(written.first<tcp_header_min>(),
            segment.checksum ? *segment.checksum : upper_checksum(from, to, protocol::tcp, written));
}

Bytes encode_segment(const TcpSegment& segment, const IpAddress& from, const IpAddress& to) {
  Bytes out;
  out.reserve(encoded_size(segment));
  append_segment(out, segment, from, to);
  return out;
}

}  // namespace tcpjury::wire
