"""What counts as passed and failed."""

import os
import sys
import tempfile
import time
import unittest
from pathlib import Path
from unittest import mock

from _lib import layout, log_check, python_env, test_run

BEGIN = "2026-03-01 08:00:00,000 77 "
PASSED = (
    f"{BEGIN}INFO db odoo.tests.result: 0 failed, 0 error(s) of 3 tests when loading\n"
)
FAILED = (
    f"{BEGIN}ERROR db odoo.addons.x.tests.test_y: FAIL: TestY.test_z\n"
    "Traceback (most recent call last):\n"
    "AssertionError: 1 != 2\n"
    f"{BEGIN}ERROR db odoo.tests.result: 1 failed, 0 error(s) of 3 tests when loading\n"
)
WARNING = f"{BEGIN}WARNING db odoo.models: something looks wrong\n  and more of it\n"
SKIPPED = f"{BEGIN}INFO db odoo.x: skipped TestTour.test_a : no websocket-client\n"


class TestOdooLog(unittest.TestCase):
    def verdict(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".log") as log:
            log.write(text)
            log.flush()
            return log_check.verdict(Path(log.name))

    def counts(self, text):
        verdict = self.verdict(text)
        return verdict.passed, verdict.bad

    def test_a_clean_run_passes(self):
        self.assertEqual(self.counts(PASSED), (3, 0))

    def test_a_failed_test_is_counted_once(self):
        self.assertEqual(self.counts(FAILED), (2, 1))

    def test_a_failed_test_is_shown_with_its_trace(self):
        self.assertIn("AssertionError: 1 != 2", self.verdict(FAILED).failures[0])

    def test_a_warning_fails_a_run_whose_tests_passed(self):
        self.assertEqual(self.counts(WARNING + PASSED), (3, 1))

    def test_a_skipped_test_fails(self):
        self.assertEqual(self.counts(SKIPPED + PASSED), (2, 1))

    def test_a_line_of_other_shape_belongs_to_the_one_above(self):
        self.assertIn("and more of it", self.verdict(WARNING).complaints[0])


class TestProcessLogs(unittest.TestCase):
    """Odoo processes that a plain test starts are judged like the rest."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        logs = mock.patch.object(layout, "LOGS", self.folder)
        logs.start()
        self.addCleanup(logs.stop)

    def write(self, name, text, age=0):
        path = self.folder / name
        path.write_text(text)
        moment = time.time() - age
        os.utime(path, (moment, moment))

    def test_a_warning_in_a_process_of_this_run_fails_it(self):
        began = time.time() - 10
        self.write("process_a.log", PASSED)
        self.write("process_b.log", WARNING)
        self.write("process_of_yesterday.log", WARNING, age=86400)
        self.write("demo_server.log", WARNING)
        [complaint] = test_run.process_complaints(began)
        self.assertIn("something looks wrong", complaint)
        self.assertIn("process_b.log", complaint)

    def test_the_verdict_on_a_plain_run_holds_it(self):
        self.write("process_a.log", "")
        script = (
            "import os, unittest\n"
            "class TestA(unittest.TestCase):\n"
            "    def test_a(self):\n"
            "        path = os.environ['PROCESS_LOG']\n"
            f"        open(path, 'w').write({WARNING!r})\n"
        )
        (self.folder / "test_warns.py").write_text(script)
        variables = {"PROCESS_LOG": str(self.folder / "process_a.log")}
        with (
            mock.patch.object(layout, "ROOT", self.folder),
            mock.patch.object(python_env, "PYTHON", sys.executable),
        ):
            verdict = test_run.judge_plain(("test_warns",), variables, "plain")
        self.assertEqual((verdict.passed, verdict.bad), (1, 1))


class TestPlainOutput(unittest.TestCase):
    def test_counts_of_a_clean_run(self):
        verdict = test_run.plain_verdict("...\nRan 3 tests in 0.1s\n\nOK\n", 0)
        self.assertEqual((verdict.passed, verdict.bad), (3, 0))

    def test_counts_of_a_failed_run(self):
        text = (
            f"F.E\n{'=' * 70}\nFAIL: test_a\n\nRan 3 tests in 0.1s\n\n"
            "FAILED (failures=1, errors=1)\n"
        )
        verdict = test_run.plain_verdict(text, 1)
        self.assertEqual((verdict.passed, verdict.bad), (1, 2))

    def test_a_skipped_test_fails(self):
        text = "test_a (x) ... skipped 'no'\n\nRan 2 tests in 0s\n\nOK (skipped=1)\n"
        verdict = test_run.plain_verdict(text, 0)
        self.assertEqual((verdict.passed, verdict.bad), (1, 1))

    def test_a_run_that_never_started_fails(self):
        self.assertEqual(test_run.plain_verdict("ImportError: x\n", 1).bad, 1)
