#include "harness/cli/terminal.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace tcpjury::cli {
namespace {

using engine::Verdict;

bool is_set(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr && *value != '\0';
}

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) != 0; }

bool calm(Verdict verdict) {
  return verdict == Verdict::pass || verdict == Verdict::xfail || verdict == Verdict::not_applicable;
}

reports::StatusLines lines_for(const OutputChoice& output, bool terminal) {
  switch (output.status) {
    case StatusChoice::all:
      return reports::StatusLines::all;
    case StatusChoice::failures:
      return reports::StatusLines::not_passed;
    case StatusChoice::none:
      return reports::StatusLines::none;
    case StatusChoice::automatic:
      break;
  }
  if (output.quiet) return reports::StatusLines::none;
  return terminal ? reports::StatusLines::all : reports::StatusLines::not_passed;
}

bool wants_standard_output(const OutputChoice& output) {
  return std::ranges::any_of(output.reports,
                             [](const reports::Request& request) { return request.path == "-"; });
}

}  // namespace

reports::Colour colour_for(ColourChoice choice, std::FILE* stream) {
  if (choice == ColourChoice::always) return reports::Colour::on;
  if (choice == ColourChoice::never || is_set("NO_COLOR")) return reports::Colour::off;
  return is_terminal(stream) || is_set("CLICOLOR_FORCE") ? reports::Colour::on : reports::Colour::off;
}

RunScreen::RunScreen(const OutputChoice& output, const runner::RunRecord& record,
                     const reports::Context& context, std::size_t total)
    : record_{record},
      context_{context},
      stream_{wants_standard_output(output) ? stderr : stdout},
      options_{colour_for(output.colour, stream_), lines_for(output, is_terminal(stream_))},
      progress_{is_terminal(stream_) && !output.quiet},
      quiet_{output.quiet},
      total_{total} {}

void RunScreen::add(std::size_t index, engine::CaseResult result) {
  if (!calm(result.verdict)) ++bad_;
  waiting_.insert_or_assign(index, std::move(result));
  for (auto first = waiting_.begin(); first != waiting_.end() && first->first == next_; ++next_) {
    show(first->first, first->second);
    first = waiting_.erase(first);
  }
}

void RunScreen::show(std::size_t index, const engine::CaseResult& result) {
  const bool line = options_.lines == reports::StatusLines::all ||
                    (options_.lines == reports::StatusLines::not_passed && !calm(result.verdict));
  std::string text;
  if (line) text = reports::status_line(result, {index + 1, total_}, record_.target_name, options_);
  const bool block = result.verdict == Verdict::fail || result.verdict == Verdict::xpass || !quiet_;
  if (block) text += reports::failure_block(record_, result, context_, options_);
  if (text.empty()) return;
  wipe();
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
}

void RunScreen::tick(std::size_t done) {
  if (!progress_ || total_ == 0) return;
  constexpr std::size_t width = 24;
  const std::size_t filled = done * width / total_;
  std::string text =
      fmt::format("[{}{}] {}/{}", std::string(filled, '#'), std::string(width - filled, '.'), done, total_);
  if (bad_ != 0) text += fmt::format(", {} to look at", bad_);
  if (text == drawn_) return;
  wipe();
  std::fwrite(text.data(), 1, text.size(), stream_);
  std::fflush(stream_);
  drawn_ = std::move(text);
}

void RunScreen::wipe() {
  if (drawn_.empty()) return;
  std::fputs("\r\x1b[K", stream_);
  drawn_.clear();
}

void RunScreen::finish() {
  for (const auto& [index, result] : waiting_) show(index, result);
  waiting_.clear();
  wipe();
}

}  // namespace tcpjury::cli
