#include "harness/runner/blackbox.h"

#include <fmt/format.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

namespace tcpjury::runner {
namespace {

using engine::TranscriptEvent;

constexpr std::size_t header_size = 64;
static_assert(sizeof(blackbox_detail::Header) <= header_size);

/// The fixed part of a record; the texts follow in this order: conn, octets, note.
struct RecordHead {
  std::int64_t at_ns;
  std::uint32_t step;
  std::uint32_t kind;
  std::uint32_t conn_size;
  std::uint32_t octets_size;
  std::uint32_t note_size;
  std::uint32_t magic;
};
constexpr std::uint32_t record_magic = 0x7c9a'11e5;

std::byte* put(std::byte* to, const void* from, std::size_t size) {
  if (size != 0) std::memcpy(to, from, size);
  return to + size;
}

std::string text_of(std::span<const std::byte> octets) {
  std::string text(octets.size(), '\0');
  if (!octets.empty()) std::memcpy(text.data(), octets.data(), octets.size());
  return text;
}

/// Takes one record off the front of `rest`; nothing when what stands there is not one.
std::optional<TranscriptEvent> take_record(std::span<const std::byte>& rest) {
  RecordHead head{};
  if (rest.size() < sizeof head) return std::nullopt;
  std::memcpy(&head, rest.data(), sizeof head);
  rest = rest.subspan(sizeof head);
  const std::uint64_t body =
      std::uint64_t{head.conn_size} + std::uint64_t{head.octets_size} + std::uint64_t{head.note_size};
  if (head.magic != record_magic || body > rest.size()) return std::nullopt;
  if (head.kind > static_cast<std::uint32_t>(TranscriptEvent::Kind::mark)) return std::nullopt;
  TranscriptEvent event;
  event.kind = static_cast<TranscriptEvent::Kind>(head.kind);
  event.at = TimePoint{Duration{head.at_ns}};
  event.step = head.step;
  event.conn = text_of(rest.first(head.conn_size));
  const auto octets = rest.subspan(head.conn_size, head.octets_size);
  event.octets.assign(octets.begin(), octets.end());
  event.note = text_of(rest.subspan(head.conn_size + head.octets_size, head.note_size));
  rest = rest.subspan(body);
  return event;
}

}  // namespace

Result<BlackBoxMemory> BlackBoxMemory::create() {
  UniqueFd fd{::memfd_create("tcpjury-blackbox", MFD_CLOEXEC)};
  if (!fd || ::ftruncate(fd.get(), static_cast<off_t>(blackbox_size)) != 0) {
    return fail(fmt::format("cannot make shared memory: {}", std::strerror(errno)));
  }
  auto memory = attach(fd.get());
  if (memory) {
    memory->fd_ = std::move(fd);
    new (memory->memory_) blackbox_detail::Header{};
  }
  return memory;
}

Result<BlackBoxMemory> BlackBoxMemory::attach(int fd) {
  void* address = ::mmap(nullptr, blackbox_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (address == MAP_FAILED) return fail(fmt::format("cannot map shared memory: {}", std::strerror(errno)));
  BlackBoxMemory memory;
  memory.memory_ = static_cast<std::byte*>(address);
  return memory;
}

BlackBoxMemory::BlackBoxMemory(BlackBoxMemory&& other) noexcept
    : fd_{std::move(other.fd_)}, memory_{std::exchange(other.memory_, nullptr)} {}

BlackBoxMemory& BlackBoxMemory::operator=(BlackBoxMemory&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(memory_, other.memory_);
  return *this;
}

BlackBoxMemory::~BlackBoxMemory() {
  if (memory_ != nullptr) ::munmap(memory_, blackbox_size);
}

blackbox_detail::Header& BlackBoxMemory::header() const {
  return *std::launder(static_cast<blackbox_detail::Header*>(static_cast<void*>(memory_)));
}

std::span<std::byte> BlackBoxMemory::records() const {
  return {memory_ + header_size, blackbox_size - header_size};
}

void BlackBoxWriter::begin_case(std::uint64_t job, Duration cpu) {
  auto& header = memory_.header();
  header.used = 0;
  header.step = 0;
  header.job = job;
  header.cpu_ns = static_cast<std::uint64_t>(cpu.count());
  header.busy = 1;
  // Last, since it is what tells the runner that the members above are of a new case.
  header.serial.fetch_add(1);
}

void BlackBoxWriter::end_case() { memory_.header().busy = 0; }

void BlackBoxWriter::set_step(std::uint32_t step) { memory_.header().step = step; }

void BlackBoxWriter::append(const TranscriptEvent& event) {
  const std::size_t used = mark();
  const auto room = memory_.records();
  const std::size_t size = sizeof(RecordHead) + event.conn.size() + event.octets.size() + event.note.size();
  if (used > room.size() || size > room.size() - used) return;
  const RecordHead head{.at_ns = event.at.time_since_epoch().count(),
                        .step = event.step,
                        .kind = static_cast<std::uint32_t>(event.kind),
                        .conn_size = static_cast<std::uint32_t>(event.conn.size()),
                        .octets_size = static_cast<std::uint32_t>(event.octets.size()),
                        .note_size = static_cast<std::uint32_t>(event.note.size()),
                        .magic = record_magic};
  std::byte* to = put(room.data() + used, &head, sizeof head);
  to = put(to, event.conn.data(), event.conn.size());
  to = put(to, event.octets.data(), event.octets.size());
  put(to, event.note.data(), event.note.size());
  memory_.header().used = used + size;
}

std::size_t BlackBoxWriter::mark() const { return static_cast<std::size_t>(memory_.header().used.load()); }

void BlackBoxWriter::rewind(std::size_t mark) { memory_.header().used = mark; }

BlackBoxStatus blackbox_status(const BlackBoxMemory& memory) {
  const auto& header = memory.header();
  BlackBoxStatus status;
  status.serial = header.serial;
  if (header.busy == 1) status.job = header.job;
  status.step = static_cast<std::uint32_t>(header.step);
  status.cpu_at_begin = Duration{static_cast<std::int64_t>(header.cpu_ns.load())};
  return status;
}

engine::Transcript blackbox_transcript(const BlackBoxMemory& memory) {
  const auto room = memory.records();
  std::span<const std::byte> rest =
      room.first(static_cast<std::size_t>(std::min<std::uint64_t>(memory.header().used, room.size())));
  engine::Transcript transcript;
  while (!rest.empty() && transcript.size() < engine::transcript_events_max) {
    auto event = take_record(rest);
    if (!event) break;
    transcript.push_back(std::move(*event));
  }
  return transcript;
}

}  // namespace tcpjury::runner
