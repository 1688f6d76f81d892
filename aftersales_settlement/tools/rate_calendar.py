"""The calendar of a rate card: days that two rows cover, or that none covers."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One rate. key: all it asks for but the day; rows of one key follow each other."""

    id: int
    kind: str
    key: Hashable
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaw:
    """Days that are covered twice (``overlap``) or not at all (``gap``).

    first, last: both included; first is None when it has no beginning, last when it
    has no end.
    """

    code: Literal["overlap", "gap"]
    kind: str
    key: Hashable
    first: date | None
    last: date | None = None

    def is_endless(self) -> bool:
        """Whether it has neither a first nor a last day."""
        return self.first is None and self.last is None


def inspect(rows: Iterable[Row]) -> list[Flaw]:
    """Return the flaws between rows of one kind and key, by kind and day.

    What lies before the first row and after the last is no gap: a card begins and
    ends somewhere.
    """
    groups: dict[Hashable, list[Row]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.key), []).append(row)
    flaws = [flaw for group in groups.values() for flaw in _flaws_of(group)]
    return sorted(
        flaws, key=lambda flaw: (flaw.kind, flaw.first or date.min, flaw.code)
    )


def _flaws_of(rows: list[Row]) -> list[Flaw]:
    """Return the flaws of one group, going through its rows by first day."""
    ordered = sorted(rows, key=lambda row: (row.valid_from or date.min, row.id))
    flaws = []
    end = ordered[0].valid_to or date.max
    for before, row in pairwise(ordered):
        first = row.valid_from or before.valid_from or date.min
        last = row.valid_to or date.max
        more = {"kind": row.kind, "key": row.key}
        if first <= end:
            stop = min(end, last)
            flaws.append(
                Flaw(
                    code="overlap",
                    first=None if first == date.min else first,
                    last=None if stop == date.max else stop,
                    **more,
                )
            )
        elif first > end + ONE_DAY:
            flaws.append(
                Flaw(code="gap", first=end + ONE_DAY, last=first - ONE_DAY, **more)
            )
        end = max(end, last)
    return flaws
