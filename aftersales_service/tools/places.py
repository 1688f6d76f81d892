"""Places in a station's days: which are free, and how full it is."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

Place = tuple[int, date, int]
"""Station id, day, number of the place from 1."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """What is known of one station's days.

    capacity: jobs on each open day. open_days: in rising order. taken: numbers of
    the places taken, by day; numbers above the capacity may occur where it was cut.
    """

    station_id: int
    capacity: int = 0
    open_days: tuple[date, ...] = ()
    taken: Mapping[date, Collection[int]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """How full a station is up to its first free place.

    used, capacity: places on the open days up to and including the first with a free
    one (all days when there is none): so a station that is full until Friday counts
    as fuller than one that is half full today. first_free: that day, None when full.
    """

    used: int = 0
    capacity: int = 0
    first_free: date | None = None
    is_open: bool = False


def free_places(
    days: Days, first: date, last: date, given: Collection[Place] = ()
) -> Iterator[Place]:
    """Yield the free places from ``first`` to ``last`` in their order.

    given: places just promised to others and not yet in ``days``.
    """
    for day in days.open_days:
        if not first <= day <= last:
            continue
        taken = days.taken.get(day, ())
        for number in range(1, days.capacity + 1):
            place = (days.station_id, day, number)
            if number not in taken and place not in given:
                yield place


def with_parts(
    first: date, last: date, today: date, parts_share: float | None, parts_days: int
) -> tuple[date, date]:
    """Return the first and last day on which a station can do a job.

    The promise is the later of free place and parts: a station that lacks parts
    (share below 1) begins when they have come, and has as many days from then on.
    """
    if parts_share is None or parts_share >= 1:
        return first, last
    begin = max(first, today + timedelta(days=parts_days))
    return begin, last + (begin - first)


def usage(days: Days, first: date, last: date) -> Usage:
    """Return how full the station is from ``first`` to ``last`` (see `Usage`)."""
    used = capacity = 0
    is_open = False
    for day in days.open_days:
        if not first <= day <= last:
            continue
        is_open = True
        capacity += days.capacity
        full = sum(1 for n in days.taken.get(day, ()) if n <= days.capacity)
        used += full
        if full < days.capacity:
            return Usage(used=used, capacity=capacity, first_free=day, is_open=True)
    return Usage(used=used, capacity=capacity, is_open=is_open)
