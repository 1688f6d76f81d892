from datetime import date
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.plain import plain
from odoo.addons.aftersales_settlement.tools import pricing, sampling, snapshot
from odoo.addons.aftersales_settlement.tools.rate_calendar import Row, inspect


def day(number, month=1):
    return date(2026, month, number)


def row(number, first=None, last=None, key="any", kind="labor"):
    return Row(id=number, kind=kind, key=key, valid_from=first, valid_to=last)


@tagged("post_install", "-at_install")
class TestRateCalendarRule(BaseCase):
    """Days that two rates cover, or that none covers, are seen."""

    def test_flaws(self):
        table = [
            ("nothing", [], []),
            ("one row", [row(1)], []),
            ("rows that follow", [row(1, None, day(9)), row(2, day(10))], []),
            ("other work", [row(1), row(2, key="special")], []),
            ("other kind", [row(1), row(2, kind="travel")], []),
            (
                "a gap",
                [row(1, None, day(9)), row(2, day(12))],
                [("gap", day(10), day(11))],
            ),
            (
                "an overlap",
                [row(1, None, day(9)), row(2, day(5), day(20))],
                [("overlap", day(5), day(9))],
            ),
            ("always", [row(1), row(2)], [("overlap", None, None)]),
            ("for ever", [row(1, day(1)), row(2, day(5))], [("overlap", day(5), None)]),
            (
                "inside a longer one",
                [row(1, day(1), day(30)), row(2, day(5), day(6)), row(3, day(8))],
                [("overlap", day(5), day(6)), ("overlap", day(8), day(30))],
            ),
            (
                "two gaps",
                [row(3, day(20)), row(1, day(1), day(2)), row(2, day(5), day(9))],
                [("gap", day(3), day(4)), ("gap", day(10), day(19))],
            ),
        ]
        for name, rows, expected in table:
            with self.subTest(name):
                found = [(flaw.code, flaw.first, flaw.last) for flaw in inspect(rows)]
                self.assertEqual(found, expected)


@tagged("post_install", "-at_install")
class TestSamplingRule(BaseCase):
    """A draw that anybody can repeat."""

    def test_rates(self):
        keys = [f"claim/{number}" for number in range(2000)]
        for percent in (0, 5, 25, 100):
            drawn = sum(sampling.is_drawn(key, percent) for key in keys)
            with self.subTest(percent=percent):
                self.assertAlmostEqual(drawn / 20, percent, delta=2.5)

    def test_the_draw_is_the_same_for_ever(self):
        self.assertTrue(sampling.is_drawn("claim/1", 100))
        drawn = [n for n in range(40) if sampling.is_drawn(f"claim/{n}", 20)]
        again = [n for n in range(40) if sampling.is_drawn(f"claim/{n}", 20)]
        self.assertEqual(drawn, again)

    def test_a_higher_rate_draws_whom_a_lower_one_drew(self):
        for number in range(200):
            if sampling.is_drawn(f"claim/{number}", 10):
                self.assertTrue(sampling.is_drawn(f"claim/{number}", 30))


@tagged("post_install", "-at_install")
class TestSnapshotRule(BaseCase):
    """What was stored gives the same amount again."""

    def test_facts_and_rate_come_back(self):
        facts = pricing.FeeFacts(
            kind="travel",
            work_date=day(3),
            quantity=Decimal("66.5"),
            grade="a",
            territory_path=(3, 1),
            category_path=(9,),
        )
        rate = pricing.Rate(
            id=4,
            kind="travel",
            valid_from=day(1),
            grades=frozenset("a"),
            territory_ids=frozenset({1, 3}),
            bands=(
                pricing.TravelBand(up_to_km=Decimal(50), price_per_km=Decimal("1.5")),
                pricing.TravelBand(price_per_km=Decimal(1)),
            ),
            free_km=Decimal(10),
            ceiling=Decimal(70),
        )
        self.assertEqual(snapshot.fee_facts(plain(facts)), facts)
        self.assertEqual(snapshot.rate(plain(rate)), rate)
        self.assertIsNone(snapshot.rate(None))
        self.assertEqual(plain(snapshot.rate(plain(rate))), plain(rate))
