#!/usr/bin/env python3
"""Mutants must change what they say, and nothing that is not code."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import mutate_reference as subject  # noqa: E402


def changed(line):
    return {after for _, after in subject.changes(line)}


class Changes(unittest.TestCase):
    def test_operators_are_exchanged_one_at_a_time(self):
        self.assertEqual(changed("  const bool a = b < c && d == e;"),
                         {"  const bool a = b <= c && d == e;", "  const bool a = b < c || d == e;",
                          "  const bool a = b < c && d != e;"})

    def test_numbers_grow_by_one(self):
        self.assertIn("  wait(501);", changed("  wait(500);"))
        self.assertIn("  mask = 256;", changed("  mask = 0xff;"))

    def test_statements_are_left_out_but_not_declarations(self):
        self.assertIn("  ;", changed("  tcb_.state = State::closed;"))
        self.assertIn("  ;", changed("  stop(Timer::keep_alive);"))
        self.assertIn("  ;", changed("  if (done) return;"))
        self.assertNotIn("  ;", changed("  const bool done = go();"))
        self.assertNotIn("  ;", changed("  return go();"))

    def test_a_condition_can_become_false(self):
        self.assertIn("  if (false && ready) go();", changed("  if (ready) go();"))

    def test_comments_and_literals_are_no_code(self):
        self.assertEqual(changed("  // a < b && c == 1"), set())
        self.assertEqual(changed('#include "x < 1"'), set())
        self.assertEqual(changed('  const auto text = "a == b";'), set())

    def test_named_faults_are_left_alone(self):
        self.assertEqual(changed("  if (fault(Fault::x) && a < b) return;"), set())
        self.assertIn("  if (!fault(Fault::x) && a <= b) return;", changed("  if (!fault(Fault::x) && a < b) return;"))

    def test_the_sources_give_hundreds(self):
        self.assertGreater(len(subject.all_mutants(subject.ROOT / subject.FOLDER)), 300)


class Report(unittest.TestCase):
    def test_counts_and_names_survivors(self):
        one = subject.Mutant("a.cpp", 3, "relation", "  a < b", "  a <= b")
        two = subject.Mutant("a.cpp", 4, "number", "  1", "  2")
        three = subject.Mutant("a.cpp", 5, "number", "  3", "  4")
        text = subject.report([(one, "survived"), (two, "killed"), (three, "stillborn")])
        self.assertIn("targets/reference/a.cpp:3: relation\n  - a < b\n  + a <= b", text)
        self.assertIn("1 of 2 mutants killed (50.0 %), 1 survived, 1 did not compile", text)


if __name__ == "__main__":
    unittest.main()
