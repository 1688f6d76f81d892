from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.matching import admits, in_force
from odoo.addons.aftersales_service.tools.plain import plain


@dataclass(frozen=True)
class Sample:
    amount: Decimal
    tags: frozenset


@tagged("post_install", "-at_install")
class TestPlainRule(BaseCase):
    """Snapshots hold plain values, and a value has one spelling."""

    def test_one_spelling_per_value(self):
        china = timezone(timedelta(hours=8))
        table = [
            (Decimal("1.10"), "1.1"),
            (Decimal("100"), "100"),
            (Decimal("1E+2"), "100"),
            (Decimal("-0.00"), "0"),
            (Decimal("-0.50"), "-0.5"),
            (date(2024, 2, 29), "2024-02-29"),
            (datetime(2024, 1, 1, 7, tzinfo=china), "2023-12-31 23:00:00"),
            (datetime(2024, 1, 1, 7), "2024-01-01 07:00:00"),
            (frozenset({3, 1, 2}), [1, 2, 3]),
            ({1: (True, None)}, {"1": [True, None]}),
            (
                Sample(amount=Decimal("2.0"), tags=frozenset("ba")),
                {"amount": "2", "tags": ["a", "b"]},
            ),
        ]
        for value, expected in table:
            with self.subTest(value=value):
                self.assertEqual(plain(value), expected)
                self.assertEqual(plain(plain(value)), expected)

    def test_what_is_no_plain_value_is_refused(self):
        for value in (object(), Sample, b"x"):
            with self.subTest(value=value), self.assertRaises(TypeError):
                plain(value)
        with self.assertRaises(ValueError):
            plain(Decimal("NaN"))

    def test_an_empty_list_admits_everything_and_unknown_fits_no_list(self):
        table = [
            ((), (), True),
            ((), (None,), True),
            ({1}, (), False),
            ({1}, (None,), False),
            ({1}, (3, 2, 1), True),
            ({1}, (2,), False),
        ]
        for allowed, given, expected in table:
            with self.subTest(allowed=allowed, given=given):
                self.assertIs(admits(allowed, given), expected)

    def test_both_ends_of_a_validity_are_in_force(self):
        first, last = date(2024, 1, 1), date(2024, 12, 31)
        table = [
            (date(2023, 12, 31), False),
            (first, True),
            (last, True),
            (date(2025, 1, 1), False),
        ]
        for day, expected in table:
            with self.subTest(day=day):
                self.assertIs(in_force(day, first, last), expected)
        self.assertTrue(in_force(date.max, None, None))
