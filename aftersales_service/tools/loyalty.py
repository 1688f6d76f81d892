"""Loyalty: the class that follows from a customer's history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dateutil.relativedelta import relativedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class LoyaltyClass:
    """One row of the table; 0 does not ask.

    machines: how many he owns at least. services: how many he has paid at least.
    years: so many whole years ago he bought the first at least.
    company_id: only customers of this company, None for everybody.
    """

    id: int
    sequence: int = 10
    machines: int = 0
    services: int = 0
    years: int = 0
    company_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What a customer has with us; first_sale is None where it is not known."""

    machines: int = 0
    services: int = 0
    first_sale: date | None = None
    company_id: int | None = None


def full_years(since: date | None, today: date) -> int:
    """Return the whole years from ``since`` to ``today``; 0 for none or the future."""
    if not since or since > today:
        return 0
    return relativedelta(today, since).years


def classify(
    history: History, classes: Iterable[LoyaltyClass], today: date
) -> LoyaltyClass | None:
    """Return the first class, by sequence then id, all of whose conditions hold.

    Who has neither a machine nor paid a service has none, whatever the table says.
    """
    if not history.machines and not history.services:
        return None
    years = full_years(history.first_sale, today)
    fitting = (
        row
        for row in classes
        if row.company_id in (None, history.company_id)
        and history.machines >= row.machines
        and history.services >= row.services
        and years >= row.years
    )
    return min(fitting, key=lambda row: (row.sequence, row.id), default=None)
