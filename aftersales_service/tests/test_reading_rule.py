from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.reading import (
    Reading,
    first_fall,
    usage_on,
)


def reading(number, day, value, reason=None):
    return Reading(id=number, read_on=date(2026, 1, day), value=value, reason=reason)


@tagged("post_install", "-at_install")
class TestReadingRule(BaseCase):
    """A meter runs forwards, by the day it was read."""

    def test_falls(self):
        table = {
            "none": ([], None),
            "one": ([reading(1, 5, 100)], None),
            "rising": ([reading(1, 5, 100), reading(2, 6, 120)], None),
            "standing still": ([reading(1, 5, 100), reading(2, 6, 100)], None),
            "falling": ([reading(1, 5, 100), reading(2, 6, 99)], (1, 2)),
            "explained": ([reading(1, 5, 100), reading(2, 6, 0, "exchanged")], None),
            "after an exchange the new meter counts": (
                [reading(1, 5, 900), reading(2, 6, 0, "exchanged"), reading(3, 7, 50)],
                None,
            ),
            "new meter falls too": (
                [reading(1, 5, 900), reading(2, 6, 60, "exchanged"), reading(3, 7, 50)],
                (2, 3),
            ),
            "entered late, lower, earlier day": (
                [reading(1, 5, 100), reading(2, 3, 80)],
                None,
            ),
            "entered late, higher than a later day": (
                [reading(1, 5, 100), reading(2, 3, 180)],
                (2, 1),
            ),
            "same day in order of entry": (
                [reading(2, 5, 90), reading(1, 5, 100)],
                (1, 2),
            ),
        }
        for name, (readings, expected) in table.items():
            with self.subTest(name):
                fall = first_fall(readings)
                self.assertEqual(fall and (fall[0].id, fall[1].id), expected)

    def test_usage_goes_on_through_an_exchanged_meter(self):
        exchanged = [
            reading(1, 5, 900),
            reading(2, 7, 0, "exchanged"),
            reading(3, 7, 4),
        ]
        corrected = [reading(1, 5, 5000), reading(2, 7, 520, "wrong")]
        table = [
            (exchanged, 4, None),
            (exchanged, 5, 900),
            (exchanged, 6, 900),
            (exchanged, 7, 904),
            (exchanged, 9, 904),
            (exchanged[::-1], 9, 904),
            (corrected, 6, 5000),
            (corrected, 7, 520),
            ([*exchanged, reading(4, 8, 4, "exchanged")], 8, 904),
            ([*exchanged, reading(4, 8, 1, "exchanged")], 8, 905),
        ]
        for series, day, expected in table:
            with self.subTest(day=day, expected=expected):
                self.assertEqual(usage_on(series, date(2026, 1, day)), expected)
