from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_settlement.tools.rebate import (
    Facts,
    Rule,
    Tier,
    again,
    rebate,
    span,
    year_before,
)

TIERS = (
    Tier(minimum=Decimal(5000), percent=Decimal(2), bonus=Decimal(100)),
    Tier(minimum=Decimal(1000), percent=Decimal("1.5")),
)
SHARES = (
    Tier(minimum=Decimal(0), percent=Decimal(1)),
    Tier(minimum=Decimal(100), percent=Decimal(3)),
)


def cents(amount):
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def facts(measured, before=0, claims=None):
    measured = Decimal(str(measured))
    claims = measured if claims is None else Decimal(str(claims))
    return Facts(measured=measured, before=Decimal(before), claims=claims)


@tagged("post_install", "-at_install")
class TestRebateRule(BaseCase):
    """The highest step reached is paid, and the sum can be done by hand."""

    def _amount(self, what, rule):
        verdict = rebate(what, rule, cents)
        return verdict and verdict.amount

    def test_volume_pays_the_highest_step_reached(self):
        rule = Rule(basis="volume", tiers=TIERS)
        for measured, amount in (
            ("999.99", None),
            (1000, "15.00"),
            ("4999.99", "75.00"),
            (5000, "200.00"),
            (20000, "500.00"),
        ):
            with self.subTest(measured=measured):
                expected = amount and Decimal(amount)
                self.assertEqual(self._amount(facts(measured), rule), expected)

    def test_jobs_are_counted_and_claims_are_paid(self):
        rule = Rule(
            basis="volume", tiers=(Tier(minimum=Decimal(10), percent=Decimal(5)),)
        )
        self.assertEqual(self._amount(facts(10, claims=300), rule), Decimal("15.00"))
        self.assertIsNone(self._amount(facts(9, claims=300), rule))

    def test_growth_is_measured_against_the_year_before(self):
        rule = Rule(basis="growth", tiers=SHARES)
        for measured, before, amount in (
            (1000, 0, None),
            (999, 1000, None),
            (1000, 1000, "10.00"),
            (1999, 1000, "19.99"),
            (2000, 1000, "60.00"),
        ):
            with self.subTest(measured=measured, before=before):
                expected = amount and Decimal(amount)
                self.assertEqual(self._amount(facts(measured, before), rule), expected)

    def test_target_is_measured_in_percent_of_it(self):
        rule = Rule(basis="target", target=Decimal(800), tiers=SHARES)
        for measured, amount in ((799, "7.99"), (800, "24.00"), (0, None)):
            with self.subTest(measured=measured):
                expected = amount and Decimal(amount)
                self.assertEqual(self._amount(facts(measured), rule), expected)
        self.assertIsNone(self._amount(facts(800), Rule(basis="target", tiers=SHARES)))

    def test_it_comes_out_the_same_from_what_it_kept(self):
        for basis in ("volume", "growth", "target"):
            rule = Rule(basis=basis, target=Decimal(3), tiers=TIERS + SHARES)
            verdict = rebate(facts("6100.37", 4), rule, cents)
            with self.subTest(basis=basis):
                kept = verdict.explanation
                self.assertEqual(again(kept, cents), verdict.amount)
                self.assertIsNone(again({**kept, "minimum": "9999999"}, cents))
                self.assertNotEqual(again({**kept, "percent": "2.5"}, cents), None)

    def test_periods_are_those_of_the_calendar(self):
        table = [
            ("month", date(2024, 2, 10), date(2024, 2, 1), date(2024, 2, 29)),
            ("quarter", date(2024, 2, 10), date(2024, 1, 1), date(2024, 3, 31)),
            ("quarter", date(2024, 12, 31), date(2024, 10, 1), date(2024, 12, 31)),
            ("year", date(2024, 6, 1), date(2024, 1, 1), date(2024, 12, 31)),
        ]
        for length, day, first, last in table:
            with self.subTest(length=length, day=day):
                self.assertEqual(span(length, day), (first, last))
        self.assertEqual(
            year_before(*span("month", date(2025, 2, 1))),
            (date(2024, 2, 1), date(2024, 2, 29)),
        )
        self.assertEqual(
            year_before(*span("month", date(2024, 2, 1))),
            (date(2023, 2, 1), date(2023, 2, 28)),
        )
