"""Care by the calendar: on which day a customer is greeted or visited.

A day that comes back each year is a month and a day. An occasion's key names it among
all occasions of the same rule: whoever has one with that key gets no second one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from borax.calendars.lunardate import LCalendars, LunarDate

#: The last day of each month; 29 February is a birthday like any other.
LAST_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, kw_only=True, slots=True)
class Occasion:
    """One day of care.

    due: the day itself, or the last day on which it may be done.
    key: the year of a yearly day, the first day of a period.
    """

    due: date
    key: str


def is_yearly_day(month: int, day: int) -> bool:
    """Whether a year can have this day."""
    return 1 <= month <= 12 and 1 <= day <= LAST_DAYS[month - 1]


def on_year(year: int, month: int, day: int) -> date:
    """Return the day in that year; 29 February is kept on the 28th without one."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, month, day - 1)


def next_yearly(month: int, day: int, today: date) -> Occasion:
    """Return the next time that day comes, ``today`` included."""
    due = on_year(today.year, month, day)
    if due < today:
        due = on_year(today.year + 1, month, day)
    return Occasion(due=due, key=str(due.year))


def next_lunar(month: int, day: int, today: date) -> Occasion:
    """Return the next time that day of the Chinese lunar calendar comes.

    Its key is the lunar year. Day 30 of a month with 29 is kept on the 29th. A leap
    month brings no second occasion. Known until the year 2100.
    """
    year = LunarDate.from_solar(today).year
    due = _on_lunar_year(year, month, day)
    if due < today:
        year += 1
        due = _on_lunar_year(year, month, day)
    return Occasion(due=due, key=str(year))


def _on_lunar_year(year: int, month: int, day: int) -> date:
    last = LCalendars.ndays(year, month)
    return LunarDate(year, month, min(day, last)).to_solar_date()


def yearly_days(first: date, last: date) -> Iterator[tuple[str, int, int]]:
    """Yield (key, month, day) of each yearly day kept from ``first`` to ``last``.

    The 28 February of a year without a 29th stands for both.
    """
    today = first
    while today <= last:
        yield str(today.year), today.month, today.day
        tomorrow = today + timedelta(days=1)
        if (today.month, today.day, tomorrow.month) == (2, 28, 3):
            yield str(today.year), 2, 29
        today = tomorrow


def period(today: date, months: int) -> Occasion:
    """Return the period of so many months ``today`` lies in; due on its last day.

    Periods are counted through from one year to the next, so that five months are
    always five months; those of 1, 2, 3, 4, 6 and 12 begin with each year.
    """
    number = (today.year * 12 + today.month - 1) // months
    first = _month(number * months)
    following = _month((number + 1) * months)
    return Occasion(due=following - timedelta(days=1), key=first.isoformat())


def _month(number: int) -> date:
    """First day of a month counted from the year 0."""
    year, month = divmod(number, 12)
    return date(year, month + 1, 1)
