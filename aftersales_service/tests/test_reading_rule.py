from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.reading import (
    Reading,
    first_fall,
    last_on,
)


def reading(number, day, value, explained=False):
    return Reading(
        id=number, read_on=date(2026, 1, day), value=value, is_explained=explained
    )


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
            "explained": ([reading(1, 5, 100), reading(2, 6, 0, True)], None),
            "after an exchange the new meter counts": (
                [reading(1, 5, 900), reading(2, 6, 0, True), reading(3, 7, 50)],
                None,
            ),
            "new meter falls too": (
                [reading(1, 5, 900), reading(2, 6, 60, True), reading(3, 7, 50)],
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

    def test_the_reading_in_force_is_the_last_one_taken_by_then(self):
        series = [reading(1, 5, 900), reading(2, 7, 0, True), reading(3, 7, 4)]
        for day, expected in {4: None, 5: 1, 6: 1, 7: 3, 9: 3}.items():
            with self.subTest(day=day):
                found = last_on(series, date(2026, 1, day))
                self.assertEqual(found and found.id, expected)
