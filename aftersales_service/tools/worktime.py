"""Working time: the hours of a week on the calendar, and when some of them are over."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

Interval = tuple[datetime, datetime]


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekLine:
    """Working hours of one weekday.

    weekday: 0 is Monday. hour_from, hour_to: 13.5 is half past one, 24 is midnight.
    week: 0 or 1 in a calendar of two alternating weeks, None for every week.
    """

    weekday: int
    hour_from: float
    hour_to: float
    week: int | None = None


def week_parity(day: date) -> int:
    """Return 0 or 1: an odd week always follows an even one, also over new year."""
    return (day.toordinal() - 1) // 7 % 2


def working_time(
    lines: Iterable[WeekLine], zone: tzinfo, start: datetime, end: datetime
) -> list[Interval]:
    """Return the working time between two aware datetimes, in the zone, rising."""
    start, end = start.astimezone(zone), end.astimezone(zone)
    found = []
    ordered = sorted(lines, key=lambda line: (line.weekday, line.hour_from))
    for day in _days(start.date(), end.date()):
        for line in ordered:
            if line.weekday != day.weekday():
                continue
            if line.week not in (None, week_parity(day)):
                continue
            opens = max(start, _at(day, line.hour_from, zone))
            closes = min(end, _at(day, line.hour_to, zone))
            if opens < closes:
                found.append((opens, closes))
    return found


def due_at(intervals: Iterable[Interval], hours: float) -> datetime | None:
    """Return when ``hours`` of working time are over, None when they never are.

    intervals: working time in rising order without overlaps.
    """
    left = timedelta(hours=hours)
    for start, stop in intervals:
        if left <= stop - start:
            return start + left
        left -= stop - start
    return None


def _days(first: date, last: date) -> Iterator[date]:
    """Every day from first to last."""
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def _at(day: date, hour: float, zone: tzinfo) -> datetime:
    """The moment of an hour of a day in a zone (zoneinfo or pytz)."""
    naive = datetime.combine(day, time.min) + timedelta(minutes=round(hour * 60))
    if hasattr(zone, "localize"):
        return zone.localize(naive)
    return naive.replace(tzinfo=zone)
