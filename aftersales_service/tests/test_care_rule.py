from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_service.tools.care import (
    Occasion,
    is_yearly_day,
    next_lunar,
    next_yearly,
    period,
    yearly_days,
)


@tagged("post_install", "-at_install")
class TestCareRule(BaseCase):
    """On which day a customer is greeted or visited, leap days and all."""

    def test_which_days_a_year_can_have(self):
        table = [
            (1, 1, True),
            (2, 29, True),
            (2, 30, False),
            (4, 30, True),
            (4, 31, False),
            (12, 31, True),
            (12, 32, False),
            (0, 1, False),
            (13, 1, False),
            (6, 0, False),
        ]
        for month, day, is_one in table:
            with self.subTest(month=month, day=day):
                self.assertEqual(is_yearly_day(month, day), is_one)

    def test_the_next_time_a_day_comes(self):
        table = [
            (5, 1, date(2026, 4, 30), date(2026, 5, 1)),
            (5, 1, date(2026, 5, 1), date(2026, 5, 1)),
            (5, 1, date(2026, 5, 2), date(2027, 5, 1)),
            (1, 1, date(2026, 12, 31), date(2027, 1, 1)),
            (2, 29, date(2026, 2, 1), date(2026, 2, 28)),
            (2, 29, date(2028, 2, 1), date(2028, 2, 29)),
            (2, 29, date(2027, 3, 1), date(2028, 2, 29)),
            (2, 29, date(2026, 3, 1), date(2027, 2, 28)),
        ]
        for month, day, today, due in table:
            with self.subTest(month=month, day=day, today=today):
                found = next_yearly(month, day, today)
                self.assertEqual(found, Occasion(due=due, key=str(due.year)))

    def test_the_next_time_a_day_of_the_lunar_calendar_comes(self):
        table = [
            # Spring Festival, the day itself and the day after
            (1, 1, date(2026, 2, 1), date(2026, 2, 17), "2026"),
            (1, 1, date(2026, 2, 17), date(2026, 2, 17), "2026"),
            (1, 1, date(2026, 2, 18), date(2027, 2, 6), "2027"),
            # Mid-Autumn; a leap month (the sixth of 2025) is no second occasion
            (8, 15, date(2025, 1, 1), date(2025, 10, 6), "2025"),
            (6, 15, date(2025, 7, 10), date(2026, 7, 28), "2026"),
            # the last evening of the year belongs to the year that ends
            (12, 30, date(2026, 2, 1), date(2026, 2, 16), "2025"),
            (12, 30, date(2030, 1, 1), date(2030, 2, 2), "2029"),
            # twice in one of our years, and each is an occasion of its own
            (12, 1, date(2027, 1, 1), date(2027, 1, 8), "2026"),
            (12, 1, date(2027, 1, 9), date(2027, 12, 28), "2027"),
        ]
        for month, day, today, due, key in table:
            with self.subTest(month=month, day=day, today=today):
                found = next_lunar(month, day, today)
                self.assertEqual(found, Occasion(due=due, key=key))

    def test_the_days_of_some_weeks(self):
        table = [
            (date(2026, 5, 1), date(2026, 5, 2), [(5, 1), (5, 2)]),
            (date(2026, 5, 2), date(2026, 5, 1), []),
            (date(2026, 2, 27), date(2026, 3, 1), [(2, 27), (2, 28), (2, 29), (3, 1)]),
            (date(2028, 2, 28), date(2028, 3, 1), [(2, 28), (2, 29), (3, 1)]),
        ]
        for first, last, days in table:
            with self.subTest(first=first):
                found = [day for _key, *day in yearly_days(first, last)]
                self.assertEqual([tuple(day) for day in found], days)

    def test_a_day_after_new_year_belongs_to_the_new_year(self):
        found = list(yearly_days(date(2026, 12, 31), date(2027, 1, 1)))
        self.assertEqual(found, [("2026", 12, 31), ("2027", 1, 1)])

    def test_both_ways_agree_on_every_day(self):
        for today in (date(2026, 2, 20), date(2028, 2, 20), date(2026, 12, 25)):
            last = date.fromordinal(today.toordinal() + 14)
            for key, month, day in yearly_days(today, last):
                with self.subTest(today=today, month=month, day=day):
                    found = next_yearly(month, day, today)
                    self.assertEqual(found.key, key)
                    self.assertTrue(today <= found.due <= last)

    def test_periods_of_some_months(self):
        table = [
            (date(2026, 1, 1), 1, date(2026, 1, 31), "2026-01-01"),
            (date(2026, 2, 14), 1, date(2026, 2, 28), "2026-02-01"),
            (date(2028, 2, 14), 1, date(2028, 2, 29), "2028-02-01"),
            (date(2026, 5, 31), 3, date(2026, 6, 30), "2026-04-01"),
            (date(2026, 12, 31), 6, date(2026, 12, 31), "2026-07-01"),
            (date(2026, 12, 31), 12, date(2026, 12, 31), "2026-01-01"),
            # 4,862 × 5 months lead to the November of the year 2025.
            (date(2025, 12, 1), 5, date(2026, 3, 31), "2025-11-01"),
        ]
        for today, months, due, key in table:
            with self.subTest(today=today, months=months):
                self.assertEqual(period(today, months), Occasion(due=due, key=key))

    def test_periods_follow_each_other_without_a_gap(self):
        for months in range(1, 25):
            first = period(date(2026, 1, 1), months)
            following = period(date.fromordinal(first.due.toordinal() + 1), months)
            self.assertEqual(
                date.fromisoformat(following.key).toordinal(),
                first.due.toordinal() + 1,
            )
