#!/usr/bin/env bash
# One stage of continuous integration: the same command on a laptop and in CI.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
readonly root
cd "$root"

# How long each fuzzer runs.
fuzz_seconds=${FUZZ_SECONDS:-20}
jobs=$(nproc 2>/dev/null || echo 2)

usage() {
  cat <<'TEXT'
usage: harness/tools/ci.sh STAGE...

  test         ./bootstrap test: the whole test suite
  run          ./bootstrap run: every scenario against lwip and linux
  lint         clang-format, clang-tidy, shellcheck
  sanitizers   test suite and scenarios with AddressSanitizer and UndefinedBehaviorSanitizer
  format       applies clang-format (no stage of CI; lint says when it is due)
  fuzz-smoke   every fuzzer for FUZZ_SECONDS (default 20)
  selftest     every fault of the reference stack is convicted, of nothing else, and reports/docs/kill-matrix.md says so;
               nobody honest is accused in random exchanges; SELFTEST_EVENTS of them (default 200000)
  determinism  the fast scenarios twice, one at a time and many at once: the verdicts must be the same

Missing Debian packages are installed first, or named when not root.
TEXT
}

say() { printf '== %s\n' "$*"; }

sources() { # ENDING...
  local names=() ending
  for ending in "$@"; do names+=(-o -name "*.$ending"); done
  find harness targets reports fuzz -type f \( "${names[@]:1}" \) | sort
}

lint_format() {
  say "clang-format"
  sources h c cpp | xargs -d '\n' clang-format-19 --dry-run -Werror
}

lint_shell() {
  say "shellcheck"
  { printf '%s\n' bootstrap .ci/run && sources sh; } | xargs -d '\n' shellcheck
}

lint_tidy() {
  say "clang-tidy"
  # Headers that the build writes have to be there to be read.
  { cmake --preset dev && cmake --build --preset dev; } >build/ci-build.log ||
    { tail -n 40 build/ci-build.log && return 1; }
  # Only what the build compiles has flags to be read with. Tests are left out: they double the time, and
  # gtest's macros trip checks that matter elsewhere.
  sed -n 's/^ *"file": "\(.*\)",\{0,1\}$/\1/p' build/dev/compile_commands.json | sort -u |
    grep -vE "^$root/build/|_test\.cpp$" >build/tidy-files.txt || { say "no files to read" && return 1; }
  xargs -a build/tidy-files.txt -d '\n' -n 1 -P "$jobs" \
    clang-tidy-19 -p build/dev --quiet --extra-arg=-Wno-unknown-warning-option \
    --extra-arg=-Wno-deprecated-declarations 2>build/tidy-noise.txt ||
    { grep -v 'warnings generated' build/tidy-noise.txt >&2 || true; return 1; }
}

stage_lint() {
  ./bootstrap install run test check
  local status=0
  lint_format || status=1
  lint_shell || status=1
  lint_tidy || status=1
  return "$status"
}

stage_format() {
  ./bootstrap install check
  sources h c cpp | xargs -d '\n' clang-format-19 -i
}

stage_test() { ./bootstrap test; }

stage_run() { ./bootstrap run; }

# The parts that read what others send, and tcpjury itself with lwIP inside. Reports, mutants and what waits for the
# machine's clock are left to the stage `test`: a sanitized build of everything would double the time of CI.
readonly sanitized_tests=(wire model scenario engine runner plugin_target)

stage_sanitizers() {
  ./bootstrap install run test check
  export UBSAN_OPTIONS=print_stacktrace=1
  say "building preset asan-ubsan"
  cmake --preset asan-ubsan >build/ci-configure.log
  local targets=(tcpjury tcpjury_target_lwip) name binary
  for name in "${sanitized_tests[@]}"; do targets+=("tcpjury_${name}_test"); done
  cmake --build --preset asan-ubsan --target "${targets[@]}"
  for name in "${sanitized_tests[@]}"; do
    binary=$(find build/asan-ubsan -name "tcpjury_${name}_test" -type f -perm -u+x)
    say "$name"
    "$binary" --gtest_brief=1
  done
  build/asan-ubsan/bin/tcpjury run --target lwip
  build/asan-ubsan/bin/tcpjury selftest
}

stage_fuzz-smoke() {
  ./bootstrap install run test check
  say "building preset fuzz"
  cmake --preset fuzz >build/ci-configure.log
  cmake --build build/fuzz --target fuzz/all
  local fuzzer name corpus count=0 status=0
  for fuzzer in build/fuzz/fuzz/tcpjury_*_fuzzer; do
    [ -x "$fuzzer" ] || continue
    count=$((count + 1))
    name=$(basename "$fuzzer" _fuzzer)
    name=${name#tcpjury_}
    # New inputs go to the build folder; the seeds in the repository are only read.
    corpus=build/fuzz-corpus/$name
    mkdir -p "$corpus"
    local seeds=("$corpus")
    [ ! -d "fuzz/corpus/$name" ] || seeds+=("fuzz/corpus/$name")
    say "$name for $fuzz_seconds s"
    "$fuzzer" -max_total_time="$fuzz_seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
      -artifact_prefix="build/fuzz-corpus/$name-" "${seeds[@]}" 2>"build/fuzz-corpus/$name.log" ||
      { tail -n 60 "build/fuzz-corpus/$name.log" && status=1; }
    grep -E 'stat::(number_of_executed_units|average_exec_per_sec|new_units_added)' "build/fuzz-corpus/$name.log" || true
  done
  if [ "$count" -eq 0 ]; then
    say "no fuzzer was built"
    return 1
  fi
  return "$status"
}

stage_selftest() {
  ./bootstrap install run test
  { cmake --preset dev && cmake --build build/dev --target tcpjury tcpjury_target_reference; } >build/ci-build.log ||
    { tail -n 40 build/ci-build.log && return 1; }
  local binary=build/dev/bin/tcpjury status=0
  say "faults"
  "$binary" selftest --matrix build/kill-matrix.md || status=1
  diff -u reports/docs/kill-matrix.md build/kill-matrix.md ||
    { say "reports/docs/kill-matrix.md is out of date: tcpjury selftest --matrix reports/docs/kill-matrix.md" && status=1; }
  say "random exchanges"
  "$binary" selftest --random "${SELFTEST_EVENTS:-200000}" --target reference || status=1
  return "$status"
}

stage_determinism() {
  ./bootstrap install run test
  { cmake --preset dev && cmake --build --preset dev; } >build/ci-build.log
  local binary=build/dev/bin/tcpjury
  harness/tools/repeat-verdicts.sh --binary "$binary" --target lwip --repeat 2
  if "$binary" doctor --target linux; then
    harness/tools/repeat-verdicts.sh --binary "$binary" --target linux --repeat 2 -- --tier fast
  else
    say "linux cannot be judged here; only lwip was repeated"
  fi
}

[ "$#" -gt 0 ] || { usage >&2; exit 2; }
mkdir -p build
for stage in "$@"; do
  case $stage in
    test | run | lint | format | sanitizers | fuzz-smoke | selftest | determinism) "stage_$stage" ;;
    help | -h | --help) usage ;;
    *)
      usage >&2
      exit 2
      ;;
  esac
done
