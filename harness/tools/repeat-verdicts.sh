#!/usr/bin/env bash
# Are the verdicts a property of the stack, or of the machine's mood? Repeats runs under load and compares.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
readonly root

target=lwip repeat=20 binary='' out='' selection=() arguments=()

usage() {
  cat <<'TEXT'
usage: repeat-verdicts.sh [--target T] [--repeat N] [--only SEL]... [--binary FILE] [--out DIR] [-- ARGS]

Runs every scenario (or those that --only names, a path or an id) N times one after the other
(`--sessions 1`; on linux `-j 1`) and N times with `-j 16`, with two busy loops beside it, and compares the
verdicts of each case over all runs. ARGS go to `tcpjury run`. Defaults: lwip, 20, the release build,
reports in build/repeat/T.

exit status: 0 the same verdicts every time; 1 some verdict changed; 2 usage; otherwise that of a run that
could not judge.
TEXT
}

die() {
  printf 'repeat-verdicts.sh: %s\n' "$1" >&2
  exit 2
}

while [ "$#" -gt 0 ]; do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --)
      shift
      arguments=("$@")
      break
      ;;
    --target | --repeat | --only | --binary | --out)
      [ "$#" -ge 2 ] || die "$1 needs a value"
      case $1 in
        --target) target=$2 ;;
        --repeat) repeat=$2 ;;
        --only) selection+=("$2") ;;
        --binary) binary=$2 ;;
        --out) out=$2 ;;
      esac
      shift 2
      ;;
    *) die "unknown argument '$1'" ;;
  esac
done
case $repeat in
  '' | *[!0-9]* | 0) die "--repeat wants a number from 1" ;;
esac

binary=${binary:-$root/build/release/bin/tcpjury}
[ -x "$binary" ] || die "$binary is not there; build it first (./bootstrap run)"
command -v python3 >/dev/null || die "python3 compares the reports and was not found"
out=${out:-$root/build/repeat/$(basename "$target")}
mkdir -p "$out"
rm -f "$out"/serial-*.json "$out"/parallel-*.json

# Live sessions overlap inside one worker; one at a time would add up their waiting.
serial=(--sessions 1)
[ "$target" != linux ] || serial=(-j 1)

busy=()
# shellcheck disable=SC2329  # called by the trap
stop_busy() { [ "${#busy[@]}" -eq 0 ] || kill "${busy[@]}" 2>/dev/null || true; }
trap stop_busy EXIT
trap 'exit 130' INT TERM
for _ in 1 2; do
  while :; do :; done &
  busy+=("$!")
done

run_once() { # REPORT ARGS...
  local report=$1 status=0
  shift
  "$binary" run "${selection[@]}" --target "$target" --no-store --report "json=$report" "$@" "${arguments[@]}" \
    >"${report%.json}.log" 2>&1 </dev/null || status=$?
  case $status in
    0 | 1 | 5) ;; # judged, whatever the verdicts are
    *)
      tail -n 40 "${report%.json}.log" >&2
      printf 'repeat-verdicts.sh: a run ended with exit %s (%s)\n' "$status" "${report%.json}.log" >&2
      exit "$status"
      ;;
  esac
}

for ((i = 1; i <= repeat; i++)); do
  number=$(printf '%03d' "$i")
  started=$SECONDS
  run_once "$out/serial-$number.json" "${serial[@]}"
  between=$SECONDS
  run_once "$out/parallel-$number.json" -j 16
  printf '%s: round %d of %d (%d s with %s, %d s with -j 16)\n' "$target" "$i" "$repeat" \
    $((between - started)) "${serial[*]}" $((SECONDS - between))
done

python3 "$root/harness/tools/compare_verdicts.py" "$out"/serial-*.json "$out"/parallel-*.json
