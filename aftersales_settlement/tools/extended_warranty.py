"""Extended warranty: which days the months a customer bought are."""

from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """Days of a warranty, both included."""

    first: date
    last: date


def extend(sold_on: date, current_end: date | None, months: int) -> Term:
    """Return the days of ``months`` that follow what the machine has already.

    They begin the day after ``current_end``, or on the day of sale where that is over
    or unknown. Raises ValueError for less than one month.
    """
    if months < 1:
        raise ValueError("an extension lasts at least one month")
    first = sold_on
    if current_end and current_end >= sold_on:
        first = current_end + timedelta(days=1)
    return Term(first=first, last=first + relativedelta(months=months, days=-1))
