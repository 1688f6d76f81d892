"""Readings of one meter: they rise with time unless somebody says why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One reading of one meter of one unit.

    id: breaks ties of the same day, the later entry is the later reading.
    is_explained: a reason is given, for instance that the meter was exchanged; the
    readings after it are compared with it and no longer with those before.
    """

    id: int
    read_on: date
    value: float
    is_explained: bool = False


def in_order(readings: Iterable[Reading]) -> list[Reading]:
    """Return the readings by day, then by entry."""
    return sorted(readings, key=lambda item: (item.read_on, item.id))


def first_fall(readings: Iterable[Reading]) -> tuple[Reading, Reading] | None:
    """Return the first (earlier, later) pair that falls without a reason, else None.

    A reading entered late is compared by its day: it may lie below those of later
    days, never above them.
    """
    ordered = in_order(readings)
    for earlier, later in pairwise(ordered):
        if later.value < earlier.value and not later.is_explained:
            return earlier, later
    return None


def last_on(readings: Iterable[Reading], day: date) -> Reading | None:
    """Return the reading in force on ``day``: the latest taken by then, else None.

    After an exchanged meter that is what the new one shows, not the highest number.
    """
    taken = [item for item in readings if item.read_on <= day]
    return in_order(taken)[-1] if taken else None
