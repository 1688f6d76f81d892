"""Service level: how soon a request must be answered, reached and resolved.

The choice of the row, and the counting of working time; which hours are working time
the calendar's model tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .matching import admits


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceLevel:
    """One row of the table; an empty set means any, None means no such deadline.

    answer_hours, arrive_hours, resolve_hours: working hours from the request.
    warn_hours: how long before a deadline somebody is warned. calendar_id: whose hours
    these are, None for the company's.
    priorities: values of the request's priority (``"0"`` to ``"3"``).
    """

    id: int
    sequence: int = 10
    type_ids: frozenset[int] = frozenset()
    priorities: frozenset[str] = frozenset()
    territory_ids: frozenset[int] = frozenset()
    loyalty_ids: frozenset[int] = frozenset()
    answer_hours: float | None = None
    arrive_hours: float | None = None
    resolve_hours: float | None = None
    warn_hours: float = 0.0
    calendar_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LevelFacts:
    """A request: its type, its priority and its territories from leaf to root.

    loyalty_id: the loyalty class of the customer.
    """

    type_id: int | None = None
    priority: str = "1"
    territory_path: tuple[int, ...] = ()
    loyalty_id: int | None = None


def match(facts: LevelFacts, levels: Iterable[ServiceLevel]) -> ServiceLevel | None:
    """Return the first row, by sequence then id, that takes the request.

    Special rows win by standing before general ones, never by being special.
    """
    fitting = (
        level
        for level in levels
        if admits(level.type_ids, (facts.type_id,))
        and admits(level.priorities, (facts.priority,))
        and admits(level.territory_ids, facts.territory_path)
        and admits(level.loyalty_ids, (facts.loyalty_id,))
    )
    return min(fitting, key=lambda level: (level.sequence, level.id), default=None)


def plan(
    hours: float, start: datetime, spans: Iterable[tuple[datetime, datetime]]
) -> datetime | None:
    """Return the moment ``hours`` of working time after ``start``.

    spans: working time as (begin, end), in order, without overlap, with the same kind
    of time (aware) as ``start``. What lies before ``start`` does not count. None when
    the spans hold less working time than that.
    """
    left = timedelta(hours=hours)
    for begin, end in spans:
        begin = max(begin, start)
        if end <= begin:
            continue
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return None
