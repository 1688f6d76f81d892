from datetime import datetime, time, timedelta, timezone

import pytz

from odoo import models, tools
from odoo.tools.intervals import Intervals

from ...tools.warranty_facts import Days
from ...tools.worktime import WeekLine, working_time

UTC = timezone.utc


class ResourceCalendar(models.Model):
    """Working time of many calendars at once."""

    _name = "resource.calendar"
    _inherit = ["resource.calendar", "aftersales.cached.mixin"]

    def _get_service_intervals(self, start, end):
        """Working time less closed days, for stations that all ask at once.

        Two queries whatever the number of calendars, where ``plan_hours`` asks for
        each. Calendars with flexible hours are left to core.

        :param start, end: aware datetimes
        :return: {calendar id: list of (start, stop) in the calendar's time zone}
        """
        leaves = self._get_service_leaves(start, end)
        result = {}
        for calendar in self:
            work = Intervals(
                (opens, closes, calendar)
                for opens, closes in calendar._get_weekly_intervals(start, end)
            )
            closed = Intervals(
                (_aware(leave.date_from), _aware(leave.date_to), calendar)
                for leave in leaves
                if calendar._is_closed_by(leave)
            )
            result[calendar.id] = [
                (opens, closes) for opens, closes, _ in work - closed
            ]
        return result

    def _get_weekly_intervals(self, start, end):
        """Working time by the week's hours, closed days not taken off."""
        self.ensure_one()
        if self.flexible_hours:
            found = self._attendance_intervals_batch(start, end)[False]
            return [(opens, closes) for opens, closes, _line in found]
        lines = [
            WeekLine(
                weekday=int(line.dayofweek),
                hour_from=line.hour_from,
                hour_to=line.hour_to,
                week=int(line.week_type) if self.two_weeks_calendar else None,
            )
            for line in self.attendance_ids
            if not line.display_type and line.day_period != "lunch"
        ]
        return working_time(lines, pytz.timezone(self.tz or "UTC"), start, end)

    def _get_service_leaves(self, start, end):
        """Closed days of these calendars and of their companies."""
        return self.env["resource.calendar.leaves"].search(
            [
                ("time_type", "=", "leave"),
                ("resource_id", "=", False),
                ("calendar_id", "in", [False, *self.ids]),
                ("date_from", "<=", end.astimezone(UTC).replace(tzinfo=None)),
                ("date_to", ">=", start.astimezone(UTC).replace(tzinfo=None)),
            ]
        )

    def _is_closed_by(self, leave):
        """Whether a closed day is this calendar's own or its whole company's."""
        self.ensure_one()
        if leave.calendar_id:
            return leave.calendar_id == self
        company = self.company_id or self.env.company
        return not leave.company_id or leave.company_id == company

    @tools.ormcache("self.id", "first", "last", "self.env.company.id")
    def _get_open_hours(self, first, last):
        """Working time of some days (UTC), closed days taken off; kept.

        :return: tuple of aware (begin, end), in order
        """
        self.ensure_one()
        start = datetime.combine(first, time.min, UTC)
        end = datetime.combine(last + timedelta(days=1), time.min, UTC)
        work = self._work_intervals_batch(start, end)[False]
        return tuple((begin, stop) for begin, stop, _lines in work)

    @tools.ormcache("self.id", "self.env.company.id")
    def _prepare_public_holidays(self):
        """Closed days of this calendar and of its company, for the legal clock."""
        self.ensure_one()
        zone = pytz.timezone(self.tz or "UTC")
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("time_type", "=", "leave"),
                ("resource_id", "=", False),
                ("calendar_id", "in", [False, self.id]),
            ]
        )
        return tuple(
            Days(
                first=_aware(leave.date_from).astimezone(zone).date(),
                last=_aware(leave.date_to).astimezone(zone).date(),
            )
            for leave in leaves
            if self._is_closed_by(leave)
        )


def _aware(moment):
    """A stored datetime, which is UTC, as an aware one."""
    return moment.replace(tzinfo=UTC)
