#!/usr/bin/env python3
"""Compares the verdicts of several runs, case by case, from their json reports (schema tcpjury.run/1).

The first report is what the others are held against. A case that a report lacks counts as a flip: a verdict
that comes only sometimes is not a verdict. Exit status: 0 no flips, 1 flips, 2 usage.
"""

import collections
import json
import sys

ABSENT = "absent"


def verdicts_of(path):
    with open(path, encoding="utf-8") as report:
        run = json.load(report)
    return {(case["scenario"], case["variant"]): case["verdict"] for case in run["results"]}


def flips_between(runs):
    """[(case, {verdict: how many runs})] of the cases whose verdict was not the same every time, and the
    number of single verdicts that differ from those of the first run."""
    unstable = []
    flips = 0
    for case in sorted({case for run in runs for case in run}):
        seen = [run.get(case, ABSENT) for run in runs]
        flips += sum(verdict != seen[0] for verdict in seen)
        if len(set(seen)) > 1:
            unstable.append((case, collections.Counter(seen)))
    return unstable, flips


def main(paths):
    if len(paths) < 2:
        print("usage: compare_verdicts.py RUN.json RUN.json...", file=sys.stderr)
        return 2
    runs = [verdicts_of(path) for path in paths]
    if not runs[0]:
        print("no cases were judged, so nothing was compared")
        return 1
    unstable, flips = flips_between(runs)
    for (scenario, variant), seen in unstable:
        counts = ", ".join(f"{verdict} {count}x" for verdict, count in seen.most_common())
        print(f"FLIP {scenario} {variant}: {counts}")
    compared = len(runs[0]) * (len(runs) - 1)
    kinds = ", ".join(f"{count} {verdict}" for verdict, count in collections.Counter(runs[0].values()).most_common())
    print(f"{len(runs)} runs of {len(runs[0])} cases ({kinds})")
    print(f"{flips} flips in {compared} comparisons, {len(unstable)} unstable cases")
    return 1 if unstable else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
