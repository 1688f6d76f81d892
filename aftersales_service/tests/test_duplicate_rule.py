from datetime import datetime, timedelta

from odoo.tests import BaseCase, tagged

from ..tools.duplicate import RequestFacts, is_same

DAY = datetime(2026, 10, 12)
MONTH = timedelta(days=30)


@tagged("post_install", "-at_install")
class TestDuplicateRule(BaseCase):
    """Two requests about the same thing."""

    def test_machine_else_caller_and_symptom(self):
        table = [
            ("machine", {"unit_id": 1}, {"unit_id": 1, "symptom_id": 9}, True),
            ("other machine", {"unit_id": 1}, {"unit_id": 2}, False),
            ("serial", {"serial": "A1"}, {"serial": "A1"}, True),
            (
                "two machines of one caller",
                {"unit_id": 1, "caller_id": 5, "symptom_id": 7},
                {"unit_id": 2, "caller_id": 5, "symptom_id": 7},
                False,
            ),
            (
                "caller and symptom",
                {"caller_id": 5, "symptom_id": 7},
                {"caller_id": 5, "symptom_id": 7},
                True,
            ),
            ("symptom only", {"symptom_id": 7}, {"symptom_id": 7}, False),
            ("caller only", {"caller_id": 5}, {"caller_id": 5}, False),
            (
                "phone and symptom",
                {"phone": "138", "symptom_id": 7},
                {"phone": "138", "symptom_id": 7},
                True,
            ),
            ("nothing", {}, {}, False),
        ]
        for name, one, other, expected in table:
            with self.subTest(name):
                one, other = RequestFacts(**one), RequestFacts(**other)
                self.assertIs(is_same(one, other, MONTH), expected)
                self.assertIs(is_same(other, one, MONTH), expected)

    def test_long_ago_is_something_else(self):
        for days, expected in ((0, True), (30, True), (31, False)):
            one = RequestFacts(unit_id=1, received_at=DAY)
            other = RequestFacts(unit_id=1, received_at=DAY - timedelta(days=days))
            self.assertIs(is_same(one, other, MONTH), expected)
