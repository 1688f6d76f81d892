"""Readings of one meter: they rise with time unless somebody says why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

#: Id of a reading that has no row yet: entered after all others.
NEWEST = 2**62


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """One reading of one meter of one unit.

    id: breaks ties of the same day, the later entry is the later reading.
    reason: why it may be lower than the one before, None when no reason is given.
    ``exchanged``: a new meter counts from here on. ``wrong``: those before were wrong.
    The readings after it are compared with it and no longer with those before.
    """

    id: int
    read_on: date
    value: float
    reason: Literal["exchanged", "wrong"] | None = None


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
        if later.value < earlier.value and not later.reason:
            return earlier, later
    return None


def usage_on(readings: Iterable[Reading], day: date) -> float | None:
    """Return what the machine has run by the end of ``day``, None when never read.

    What an exchanged meter had counted is added to what the new one shows; a reading
    that corrects a wrong one takes nothing over from it.
    """
    total, last = 0.0, None
    for item in in_order(item for item in readings if item.read_on <= day):
        if last and item.value < last.value and item.reason == "exchanged":
            total += last.value
        last = item
    return total + last.value if last else None
