#!/usr/bin/env python3
"""The comparison has to notice what it is there for."""

import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("compare_verdicts.py")


def compare(*runs):
    """Exit status and output for runs given as {(scenario, variant): verdict}."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, run in enumerate(runs):
            results = [{"scenario": s, "variant": v, "verdict": verdict} for (s, v), verdict in run.items()]
            path = pathlib.Path(folder, f"{number}.json")
            path.write_text(json.dumps({"schema": "tcpjury.run/1", "results": results}), encoding="utf-8")
            paths.append(str(path))
        done = subprocess.run([sys.executable, str(SCRIPT), *paths], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout


V4, V6 = ("a/b", "family=v4"), ("a/b", "family=v6")


class CompareVerdicts(unittest.TestCase):
    def test_equal_runs_have_no_flips(self):
        status, text = compare({V4: "pass", V6: "fail"}, {V6: "fail", V4: "pass"}, {V4: "pass", V6: "fail"})
        self.assertEqual(status, 0)
        self.assertIn("3 runs of 2 cases", text)
        self.assertIn("0 flips in 4 comparisons, 0 unstable cases", text)

    def test_a_changed_verdict_is_named_and_counted(self):
        status, text = compare({V4: "pass", V6: "pass"}, {V4: "pass", V6: "fail"}, {V4: "pass", V6: "pass"})
        self.assertEqual(status, 1)
        self.assertIn("FLIP a/b family=v6: pass 2x, fail 1x", text)
        self.assertIn("1 flips in 4 comparisons, 1 unstable cases", text)

    def test_inconclusive_is_a_flip_too(self):
        self.assertEqual(compare({V4: "inconclusive"}, {V4: "pass"})[0], 1)

    def test_a_case_that_vanishes_or_appears_is_a_flip(self):
        self.assertEqual(compare({V4: "pass", V6: "pass"}, {V4: "pass"})[0], 1)
        self.assertEqual(compare({V4: "pass"}, {V4: "pass", V6: "pass"})[0], 1)

    def test_nothing_judged_does_not_pass(self):
        self.assertEqual(compare({}, {})[0], 1)

    def test_one_report_is_not_a_comparison(self):
        self.assertEqual(compare({V4: "pass"})[0], 2)


if __name__ == "__main__":
    unittest.main()
