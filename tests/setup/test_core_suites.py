"""Which tests of Odoo's own suites failed, by their log."""

import tempfile
import unittest
from pathlib import Path

from _lib import core_suites, odoo_run

LOG = """\
2026-11-22 10:00:00,000 1 INFO db odoo.tests.result: Starting TestBill.test_post ...
2026-11-22 10:00:01,000 1 ERROR db odoo.addons.account.x: FAIL: TestBill.test_post
Traceback (most recent call last):
2026-11-22 10:00:02,000 1 ERROR db odoo.addons.account.x: ERROR: setUpClass (TestPay)
2026-11-22 10:00:03,000 1 ERROR db odoo.addons.stock.x: FAIL: Subtest TestMove.test_x 1
2026-11-22 10:00:04,000 1 ERROR db odoo.tests.result: 2 failed, 1 error(s) of 9 tests
"""


class TestCoreSuites(unittest.TestCase):
    def test_failing_tests_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            log = odoo_run.Log(Path(folder) / "core.log")
            log.path.write_text(LOG)
            self.assertEqual(
                core_suites.failing(log),
                {"TestBill.test_post", "setUpClass (TestPay)", "TestMove.test_x"},
            )

    def test_a_test_is_run_again_by_its_tag(self):
        for name, expected in (
            ("TestBill.test_post", ":TestBill.test_post"),
            ("setUpClass (odoo.addons.account.tests.test_pay.TestPay)", ":TestPay"),
            ("setUpClass (TestPay)", ":TestPay"),
        ):
            with self.subTest(name):
                self.assertEqual(core_suites.tag(name), expected)
