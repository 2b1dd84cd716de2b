// Arguments as texts, between the parser of flags and the values the commands take.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/cli/args.h"

namespace tcpjury::cli {

/// What the parser writes into before it becomes a Command.
struct Raw {
  RunArgs run;
  ListArgs list;
  CheckArgs check;
  ExplainArgs explain;
  CoverageArgs coverage;
  DoctorArgs doctor;
  ReplayArgs replay;
  ReportArgs report;
  DiffArgs diff;
  SelftestArgs selftest;
  CompletionArgs completion;
  // Texts that are read after CLI11 is done with them, so that complaints are ours.
  std::string profile = "rfc9293";
  std::string family = "all";
  std::string tiers;
  std::string shard;
  std::string seed;
  std::string random;
  std::string by = "level";
  std::string workers = "auto";
  std::string strict;
  std::vector<std::string> reports;
  std::string colour = "auto";
  std::string status = "auto";
  std::string format;
  std::string no_tests = "fail";
  std::string what;
  std::vector<std::string> fail_under;
  std::string doctor_target;
  std::string replay_target;
  TargetChoice target;
  std::vector<std::string> settings;
  std::vector<std::string> faults;
  double hang_cpu = 10;
  bool no_store = false;

  /// The first complaint about a value.
  struct Complaint {
    std::string message;
    std::string hint;
  };
  std::optional<Complaint> complaint = {};
  void complain(std::string message, std::string hint = {}) {
    if (!complaint) complaint = Complaint{std::move(message), std::move(hint)};
  }
};

/// The command called `name`. When a text is no value of its flag, `raw.complaint` is set and the command
/// must not be used.
[[nodiscard]] Command finished_command(const std::string& name, Raw& raw);

}  // namespace tcpjury::cli
