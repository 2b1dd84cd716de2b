#!/usr/bin/env python3
"""Mechanical mutants of the reference stack: does the suite notice a changed operator, constant or statement?

Each mutant changes one place of targets/reference/*.cpp. It is compiled with the commands of a build tree, linked into a
plugin of its own, and judged by `tcpjury run --target reference` (and, with --random, by random exchanges). A mutant that
no run convicts survives: either the change makes no difference from outside, or a rule or a scenario is missing.

  harness/tools/mutate_reference.py --count 200 --seed 1 --build build/dev

The named faults of the stack are left alone: `tcpjury selftest` is about them. Exit status: 0, or 2 for wrong usage.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = "targets/reference"
# The catalogue of faults, and the adapter, which is no protocol.
LEFT_OUT = {"faults.cpp", "misprint.cpp", "plugin.cpp"}
TIME_LIMIT_S = 120

# (name, what to look for, what to put there). Blanks around an operator tell it from signs, templates and arrows.
OPERATORS = [
    ("relation", r" < ", " <= "),
    ("relation", r" <= ", " < "),
    ("relation", r" > ", " >= "),
    ("relation", r" >= ", " > "),
    ("equality", r" == ", " != "),
    ("equality", r" != ", " == "),
    ("connective", r" && ", " || "),
    ("connective", r" \|\| ", " && "),
    ("arithmetic", r" \+ ", " - "),
    ("arithmetic", r" - ", " + "),
    ("assignment", r" \+= ", " -= "),
    ("assignment", r" -= ", " += "),
    ("negation", r"!(?=[A-Za-z(])", ""),
    ("truth", r"\btrue\b", "false"),
    ("truth", r"\bfalse\b", "true"),
    ("minimum", r"\bstd::min\b", "std::max"),
    ("minimum", r"\bstd::max\b", "std::min"),
    ("order", r"\bbefore\(", "at_or_before("),
    ("order", r"\bat_or_before\(", "before("),
    ("condition", r"\bif \((?!const |auto )", "if (false && "),
    ("bit", r"\bwire::(ack|syn|fin|rst|psh)\b", None),
    ("number", r"(?<![\w.'])(0x[0-9a-f']+|\d[\d']*)(?=U?\b)(?!\.)", None),
]
# A statement of its own line that can be left out without leaving a name undeclared.
STATEMENT = re.compile(r"^\s+(if \(.*\) )?(?!return\b|const\b|auto\b|using\b|break\b|case\b|static\b|constexpr\b)"
                       r"[\w.:>\-\[\]()*]+(\(.*\)| (=|\+=|-=|\|=) [^=].*|\+\+);$")
RETURN = re.compile(r"^\s+if \(.*\) return[^;]*;$")

FAULTY = re.compile(r"(?<!!)\bfault\(")

Mutant = collections.namedtuple("Mutant", "file line kind before after")


def code_of(line):
    """The line with comments, literals and named faults blanked out, at the same length."""
    blank = lambda match: " " * len(match.group())
    line = re.sub(r'"(\\.|[^"\\])*"', lambda match: '"' + " " * (len(match.group()) - 2) + '"', line)
    line = re.sub(r"//.*$", blank, line)
    return re.sub(r"!?\bfault\([^()]*\)( (&&|\|\|) )?", blank, line)


def other_number(text):
    value = int(text.replace("'", ""), 0)
    return str(value + 1)


def other_bit(text):
    return "wire::ece"


def changes(line):
    """Every (kind, changed line) of one line of C++."""
    code = code_of(line)
    if FAULTY.search(line):  # only a named fault, which is off, would notice
        return
    if not code.strip() or code.lstrip().startswith("#"):
        return
    for kind, pattern, replacement in OPERATORS:
        for match in re.finditer(pattern, code):
            if replacement is not None:
                put = replacement
            else:
                put = other_bit(match.group()) if kind == "bit" else other_number(match.group())
            yield kind, line[:match.start()] + put + line[match.end():]
    if "fault(" not in line and (STATEMENT.match(line) or RETURN.match(line)):
        yield "statement", re.match(r"\s*", line).group() + ";"


def mutants_of(path):
    """All mutants of one source file, in its order."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        for kind, changed in changes(line):
            if changed != line:
                yield Mutant(path.name, number, kind, line, changed)


def all_mutants(folder):
    sources = sorted(path for path in folder.glob("*.cpp") if path.name not in LEFT_OUT and not path.name.endswith("_test.cpp"))
    return [mutant for path in sources for mutant in mutants_of(path)]


class Workshop:
    """Builds mutants with the commands of a configured build tree."""

    def __init__(self, build):
        self.build = build
        with open(build / "compile_commands.json", encoding="utf-8") as file:
            commands = json.load(file)
        self.compile = {pathlib.Path(entry["file"]).name: entry for entry in commands
                        if pathlib.Path(entry["file"]).parent == ROOT / FOLDER}
        listed = subprocess.run(["ninja", "-C", str(build), "-t", "commands", "targets/tcpjury_target_reference.so"],
                                capture_output=True, text=True, check=True).stdout.splitlines()
        self.link = next(line for line in reversed(listed) if "-o targets/tcpjury_target_reference.so" in line)

    def make(self, mutant, scratch):
        """The folder of the mutant's plugin; nothing when it does not compile."""
        entry = self.compile[mutant.file]
        lines = (ROOT / FOLDER / mutant.file).read_text(encoding="utf-8").splitlines()
        lines[mutant.line - 1] = mutant.after
        source = scratch / mutant.file
        source.write_text("\n".join(lines) + "\n", encoding="utf-8")
        words = [word for word in shlex.split(entry["command"]) if word != "-Werror"]
        words[words.index("-o") + 1] = str(scratch / "mutant.o")
        words[words.index("-c") + 1] = str(source)
        words = [word for word in words if not word.endswith("ccache")]
        if subprocess.run(words, cwd=entry["directory"], capture_output=True, check=False).returncode != 0:
            return None
        # The mutant's object comes first, so that the archive's own is not taken.
        link = self.link.replace("-o targets/tcpjury_target_reference.so",
                                 f"-o {scratch / 'tcpjury_target_reference.so'} {scratch / 'mutant.o'}", 1)
        done = subprocess.run(["sh", "-c", link], cwd=self.build, capture_output=True, check=False)
        return scratch if done.returncode == 0 else None


def convicted(program, plugins, events):
    """Why the mutant is not taken for a conforming stack; empty when it is."""
    environment = dict(os.environ, TCPJURY_PLUGINS=str(plugins), XDG_STATE_HOME=str(plugins))
    runs = [[program, "run", "--target", "reference", "--no-store", "--quiet", "--seed", "1", "-j", "1",
             "--hang-cpu", "5"]]
    if events:
        runs.append([program, "selftest", "--random", str(events), "--target", "reference"])
    for words in runs:
        try:
            done = subprocess.run(words, env=environment, capture_output=True, timeout=TIME_LIMIT_S, check=False)
        except subprocess.TimeoutExpired:
            return "did not end"
        if done.returncode != 0:
            return f"{words[1]}: exit {done.returncode}"
    return ""


def judge(workshop, program, mutant, events):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="tcpjury-mutant-"))
    try:
        plugins = workshop.make(mutant, scratch)
        if plugins is None:
            return mutant, "stillborn"
        return mutant, "killed" if convicted(program, plugins, events) else "survived"
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def report(results):
    """The score and every survivor, as text."""
    counts = collections.Counter(outcome for _, outcome in results)
    born = counts["killed"] + counts["survived"]
    lines = []
    for mutant, outcome in sorted(results):
        if outcome == "survived":
            lines += [f"{FOLDER}/{mutant.file}:{mutant.line}: {mutant.kind}", f"  - {mutant.before.strip()}",
                      f"  + {mutant.after.strip()}"]
    kinds = collections.defaultdict(collections.Counter)
    for mutant, outcome in results:
        kinds[mutant.kind][outcome] += 1
    lines += [f"{kind:12} {count['killed']:4} killed {count['survived']:4} survived {count['stillborn']:4} do not compile"
              for kind, count in sorted(kinds.items())]
    score = 100.0 * counts["killed"] / born if born else 0.0
    lines.append(f"{counts['killed']} of {born} mutants killed ({score:.1f} %), {counts['survived']} survived, "
                 f"{counts['stillborn']} did not compile")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=100, help="mutants to try; 0: all there are")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build/dev", help="a configured build tree (Ninja)")
    parser.add_argument("--random", type=int, default=0, metavar="EVENTS", help="also judge by random exchanges")
    parser.add_argument("--only", default="", metavar="FILE", help="mutants of one source file")
    parser.add_argument("-j", "--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--list", action="store_true", help="print the mutants, build nothing")
    args = parser.parse_args()
    mutants = [one for one in all_mutants(ROOT / FOLDER) if args.only in ("", one.file)]
    random.Random(args.seed).shuffle(mutants)
    chosen = mutants[:args.count] if args.count else mutants
    if args.list:
        for mutant in sorted(chosen):
            print(f"{mutant.file}:{mutant.line}: {mutant.kind}: {mutant.after.strip()}")
        return 0
    build = args.build.resolve()
    program = str(build / "bin/tcpjury")
    if not pathlib.Path(program).exists():
        print(f"mutate_reference.py: {program} is not built", file=sys.stderr)
        return 2
    if convicted(program, build / "targets", args.random):
        print("mutate_reference.py: the stack as it is is convicted; mutants would prove nothing", file=sys.stderr)
        return 2
    workshop = Workshop(build)
    print(f"{len(chosen)} of {len(mutants)} mutants, seed {args.seed}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        tried = [pool.submit(judge, workshop, program, mutant, args.random) for mutant in chosen]
        # Hours may pass: what is known stands there when somebody has to stop it.
        for number, future in enumerate(concurrent.futures.as_completed(tried), start=1):
            mutant, outcome = future.result()
            print(f"{number:4} {outcome:9} {mutant.file}:{mutant.line}: {mutant.kind}: {mutant.after.strip()}", flush=True)
        results = [future.result() for future in tried]
    print(report(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
