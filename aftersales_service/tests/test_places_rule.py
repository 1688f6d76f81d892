from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from odoo.tests import BaseCase, tagged

from ..tools.places import Days, Usage, free_places, usage
from ..tools.worktime import WeekLine, due_at, week_parity, working_time

MONDAY = date(2026, 5, 11)
TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
SHANGHAI = ZoneInfo("Asia/Shanghai")


def days(**vals):
    return Days(
        **{
            "station_id": 7,
            "capacity": 2,
            "open_days": (MONDAY, TUESDAY, WEDNESDAY),
            **vals,
        }
    )


@tagged("post_install", "-at_install")
class TestPlacesRule(BaseCase):
    """Free places of a station's days."""

    def test_places_come_by_day_and_number(self):
        found = list(free_places(days(taken={MONDAY: {1}}), MONDAY, TUESDAY))
        self.assertEqual(found, [(7, MONDAY, 2), (7, TUESDAY, 1), (7, TUESDAY, 2)])

    def test_a_place_just_promised_is_not_free(self):
        given = {(7, MONDAY, 1), (7, MONDAY, 2)}
        found = list(free_places(days(), MONDAY, MONDAY, given))
        self.assertEqual(found, [])

    def test_a_number_freed_below_a_taken_one_is_used_again(self):
        found = list(free_places(days(taken={MONDAY: {2}}), MONDAY, MONDAY))
        self.assertEqual(found, [(7, MONDAY, 1)])

    def test_usage_stops_at_the_first_day_with_a_free_place(self):
        facts = days(taken={MONDAY: {1, 2}, TUESDAY: {1}})
        self.assertEqual(
            usage(facts, MONDAY, WEDNESDAY),
            Usage(used=3, capacity=4, first_free=TUESDAY, is_open=True),
        )

    def test_a_full_station_has_no_day(self):
        facts = days(taken={MONDAY: {1, 2}, TUESDAY: {1, 2}})
        self.assertEqual(
            usage(facts, MONDAY, TUESDAY), Usage(used=4, capacity=4, is_open=True)
        )

    def test_places_above_a_capacity_that_was_cut_count_nothing(self):
        facts = days(capacity=1, taken={MONDAY: {2, 3}})
        self.assertEqual(usage(facts, MONDAY, MONDAY).first_free, MONDAY)

    def test_a_station_without_open_days_is_closed(self):
        self.assertEqual(usage(days(open_days=()), MONDAY, WEDNESDAY), Usage())
        self.assertEqual(usage(days(), date(2027, 1, 1), date(2027, 1, 2)), Usage())


@tagged("post_install", "-at_install")
class TestWorktimeRule(BaseCase):
    """Working hours of a week on the calendar."""

    OFFICE = tuple(
        WeekLine(weekday=day, hour_from=start, hour_to=stop)
        for day in range(5)
        for start, stop in ((8, 12), (13, 17.5))
    )

    def moment(self, day, hour, minute=0):
        return datetime(2026, 5, day, hour, minute, tzinfo=SHANGHAI)

    def intervals(self, start, end, lines=OFFICE):
        return working_time(lines, SHANGHAI, start, end)

    def test_the_start_cuts_the_running_interval(self):
        found = self.intervals(self.moment(11, 9), self.moment(11, 23))
        self.assertEqual(
            found,
            [
                (self.moment(11, 9), self.moment(11, 12)),
                (self.moment(11, 13), self.moment(11, 17, 30)),
            ],
        )

    def test_weekends_have_no_working_time(self):
        self.assertFalse(self.intervals(self.moment(16, 0), self.moment(17, 23)))

    def test_hours_run_over_night_and_weekend(self):
        friday = self.moment(15, 16, 30)
        found = self.intervals(friday, friday + timedelta(days=7))
        self.assertEqual(due_at(found, 1), self.moment(15, 17, 30))
        self.assertEqual(due_at(found, 2), self.moment(18, 9))

    def test_without_working_time_it_is_never_due(self):
        self.assertIsNone(due_at([], 2))

    def test_midnight_ends_the_day(self):
        lines = [WeekLine(weekday=0, hour_from=22, hour_to=24)]
        found = self.intervals(self.moment(11, 0), self.moment(13, 0), lines)
        self.assertEqual(found, [(self.moment(11, 22), self.moment(12, 0))])

    def test_alternating_weeks_alternate_over_new_year(self):
        self.assertNotEqual(
            week_parity(date(2026, 12, 28)), week_parity(date(2027, 1, 4))
        )
        lines = [WeekLine(weekday=0, hour_from=8, hour_to=9, week=week_parity(MONDAY))]
        start = self.moment(11, 0)
        found = self.intervals(start, start + timedelta(days=14), lines)
        self.assertEqual([opens.date() for opens, _ in found], [MONDAY])
