"""The legal clock: when a term ends, how long a repair may take, which rights arise.

Sources: Civil Code of the PRC, articles 201 to 203 (the first day does not count; a
last day on a public holiday moves to the day after); provisions on the responsibility
for repair, exchange and return of goods of 1995, articles 8 to 15 (days in repair and
without parts are taken off, 7 and 15 days, two repairs, the term restarts after an
exchange). The numbers are data (`LegalTerms`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from .verdict import Verdict
from .warranty_facts import (
    SIDES,
    Basis,
    Days,
    LegalTerms,
    PolicyLine,
    Side,
    StartRule,
    UnitDates,
    WarrantyFacts,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """The days a row covers, both included, and the date they were counted from.

    nominal_end: end of the longest covered side by the months alone. end: the same
    with what the law adds. stopped_days: days added for repair and waiting.
    rolled_days: days added because the last one was a holiday.
    ends: last day of each side, in the order of `SIDES`.
    """

    basis: Basis
    start: date
    nominal_end: date
    end: date
    stopped_days: int = 0
    rolled_days: int = 0
    ends: tuple[date, date, date]

    def end_of(self, side: Side) -> date:
        """Return the last day of one side."""
        return self.ends[SIDES.index(side)]


def start_of(line: PolicyLine, dates: UnitDates) -> tuple[Basis, date] | None:
    """Return basis and first day of a row's term, None when no date is known."""
    for rule in (StartRule(basis="exchange"), *line.start_rules):
        start = getattr(dates, rule.basis)
        if start:
            return rule.basis, start + timedelta(days=rule.grace_days)
    return None


def term_of(
    line: PolicyLine,
    dates: UnitDates,
    stops: Iterable[Days] = (),
    holidays: Iterable[Days] = (),
) -> Term | None:
    """Return the term a row gives a unit, None when no start date is known.

    The end is the day of the same number so many months later, or the month's last
    day where there is none, and is covered.
    """
    found = start_of(line, dates)
    if not found:
        return None
    basis, start = found
    stops, holidays = tuple(stops), tuple(holidays)
    sides = {
        side: _clock(line, start, line.months_of(side), stops, holidays)
        for side in SIDES
    }
    paid = [side for side in SIDES if line.covers(side)] or list(SIDES)
    nominal, stopped, rolled = max((sides[side] for side in paid), key=_last_day)
    return Term(
        basis=basis,
        start=start,
        nominal_end=nominal,
        end=_last_day((nominal, stopped, rolled)),
        stopped_days=stopped,
        rolled_days=rolled,
        ends=tuple(_last_day(sides[side]) for side in SIDES),
    )


def _last_day(clock: tuple[date, int, int]) -> date:
    nominal, stopped, rolled = clock
    return nominal + timedelta(days=stopped + rolled)


def _clock(
    line: PolicyLine,
    start: date,
    months: int,
    stops: tuple[Days, ...],
    holidays: tuple[Days, ...],
) -> tuple[date, int, int]:
    """Return nominal end, days stopped and days rolled of one side."""
    nominal = start + relativedelta(months=months)
    stopped = stopped_days(start, nominal, stops) if line.terms.extends_by_stops else 0
    end = nominal + timedelta(days=stopped)
    rolled = 0
    if line.terms.rolls_over_holidays:
        rolled = (roll_over(end, holidays) - end).days
    return nominal, stopped, rolled


def stopped_days(start: date, end: date, stops: Iterable[Days]) -> int:
    """Return by how many days stops move the end of a term from ``start`` to ``end``.

    A day counts once however many stops it lies in. Days won are days of the term: a
    stop in them moves the end again.
    """
    days = sorted(
        {
            day.toordinal()
            for stop in stops
            for day in _each_day(max(stop.first, start + timedelta(days=1)), stop.last)
        }
    )
    count = 0
    for day in days:
        if day > end.toordinal() + count:
            break
        count += 1
    return count


def _each_day(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def roll_over(day: date, holidays: Iterable[Days]) -> date:
    """Return ``day``, or the first day after the holidays it lies in."""
    for holiday in sorted(holidays, key=lambda item: item.first):
        if holiday.first <= day <= holiday.last:
            day = holiday.last + timedelta(days=1)
    return day


def repair_limit(received: date, terms: LegalTerms) -> tuple[date, date] | None:
    """Return the day of the alarm and the last day on which a repair is in time.

    None without a limit. The day the machine was handed in does not count; the alarm
    is never before that day.
    """
    if not terms.repair_limit_days:
        return None
    limit = received + timedelta(days=terms.repair_limit_days)
    return max(received, limit - timedelta(days=terms.repair_alarm_days)), limit


def rights_of(facts: WarrantyFacts, line: PolicyLine) -> list[Verdict]:
    """Return the rights to money back or another machine that this fault gives.

    They are told to the office, which decides; none of them blocks.
    """
    terms, sold = line.terms, facts.dates.exchange or facts.dates.invoice
    found = []
    for code, days in (
        ("right_return", terms.return_days),
        ("right_exchange", terms.exchange_days),
    ):
        until = sold and days and sold + timedelta(days=days)
        if until and sold <= facts.fault_date <= until:
            params = {"days": days, "until_date": until.isoformat()}
            found.append(Verdict(code=code, params=params))
    limit = terms.repairs_before_exchange
    if limit and facts.repair_count >= limit:
        params = {"repairs": facts.repair_count}
        found.append(Verdict(code="right_exchange_repeated", params=params))
    limit = terms.repair_limit_days
    if limit and (facts.repair_days or 0) > limit:
        params = {"days": facts.repair_days, "limit": limit}
        found.append(Verdict(code="right_exchange_overdue", params=params))
    return found
