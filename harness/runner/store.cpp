#include "harness/runner/store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>

#include "harness/runner/codec.h"

namespace tcpjury::runner {
namespace {

namespace fs = std::filesystem;

constexpr const char* file_name = "run.jsonl";

/// "20260131-235959-007-4242": the time in UTC with milliseconds, and the process, since two may start at
/// once.
std::string new_id() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  std::tm parts{};
  ::gmtime_r(&now.tv_sec, &parts);
  return fmt::format("{:04}{:02}{:02}-{:02}{:02}{:02}-{:03}-{}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec, now.tv_nsec / 1'000'000,
                     ::getpid());
}

/// Only folders that look like ours are ever counted or removed.
bool is_run(const fs::directory_entry& entry) {
  std::error_code ignored;
  return entry.path().filename().string().starts_with("2") && fs::exists(entry.path() / file_name, ignored);
}

void prune(const fs::path& store) {
  const auto runs = stored_runs(store);
  std::uintmax_t octets = 0;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::error_code error;
    const std::uintmax_t size = fs::file_size(store / runs[i] / file_name, error);
    if (!error) octets += size;
    if (i >= stored_runs_max || octets > stored_octets_max) fs::remove_all(store / runs[i], error);
  }
}

}  // namespace

std::optional<fs::path> default_store() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && fs::path{state}.is_absolute()) return fs::path{state} / "tcpjury/runs";
  const char* home = std::getenv("HOME");
  if (home != nullptr && fs::path{home}.is_absolute()) return fs::path{home} / ".local/state/tcpjury/runs";
  return std::nullopt;
}

Result<RunWriter> RunWriter::create(const fs::path& store, const RunRecord& head) {
  RunWriter writer;
  writer.id_ = new_id();
  writer.folder_ = store / writer.id_;
  std::error_code error;
  fs::create_directories(writer.folder_, error);
  if (error) return fail(fmt::format("cannot make {}: {}", writer.folder_.string(), error.message()));
  const fs::path file = writer.folder_ / file_name;
  writer.file_ = UniqueFd{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644)};
  if (!writer.file_) return fail(fmt::format("cannot write {}: {}", file.string(), std::strerror(errno)));
  RunRecord unfinished = head;
  unfinished.partial = true;
  writer.line(encode_header(unfinished));
  prune(store);
  return writer;
}

void RunWriter::line(std::string text) {
  text += '\n';
  std::string_view rest = text;
  while (!rest.empty() && error_ == 0) {
    const ssize_t put = ::write(file_.get(), rest.data(), rest.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0)
      error_ = errno;
    else
      rest.remove_prefix(static_cast<std::size_t>(put));
  }
}

void RunWriter::add(std::size_t index, const engine::CaseResult& result) {
  line(encode(FromWorker{Finished{index, result}}));
}

Result<void> RunWriter::finish(const RunRecord& head) {
  line(encode_header(head));
  if (error_ != 0) return fail(fmt::format("the run is not stored completely: {}", std::strerror(error_)));
  return {};
}

std::vector<std::string> stored_runs(const fs::path& store) {
  std::vector<std::string> ids;
  std::error_code error;
  for (fs::directory_iterator entry{store, error}, end; !error && entry != end; entry.increment(error)) {
    if (is_run(*entry)) ids.push_back(entry->path().filename().string());
  }
  std::ranges::sort(ids, std::ranges::greater{});
  return ids;
}

Result<std::string> resolve_run(const fs::path& store, std::string_view name) {
  const auto ids = stored_runs(store);
  if (ids.empty()) return fail("no run is stored yet", "`tcpjury run` stores one");
  if (name == "latest") return ids.front();
  std::vector<std::string> found;
  for (const std::string& id : ids) {
    if (id == name) return id;
    if (!name.empty() && id.starts_with(name)) found.push_back(id);
  }
  if (found.size() == 1) return found.front();
  if (found.empty())
    return fail(fmt::format("no stored run is called '{}'", name), "the newest is " + ids.front());
  return fail(fmt::format("{} stored runs begin with '{}'", found.size(), name), "give more of the id");
}

Result<RunRecord> load_run(const fs::path& store, const std::string& id) {
  const fs::path file = store / id / file_name;
  std::ifstream in{file};
  if (!in) return fail(fmt::format("cannot read {}", file.string()));
  std::optional<RunRecord> head;
  std::map<std::size_t, engine::CaseResult> results;
  for (std::string text; std::getline(in, text);) {
    if (auto header = decode_header(text)) {
      head = std::move(*header);
    } else if (auto message = decode_from_worker(text)) {
      if (auto* finished = std::get_if<Finished>(&*message)) {
        results.insert_or_assign(finished->job, std::move(finished->result));
      }
    }
  }
  if (!head) return fail(fmt::format("{} is not a stored run", file.string()));
  for (auto& [index, result] : results) head->results.push_back(std::move(result));
  return std::move(*head);
}

}  // namespace tcpjury::runner
