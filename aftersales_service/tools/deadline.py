"""The clocks of a request: they warn before a deadline and escalate after it.

The clock of its service level stops while a request waits, that of the law does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from .service_level import plan

Span = tuple[datetime, datetime]
AlertKind = Literal[
    "answer_warning",
    "answer_late",
    "resolve_warning",
    "resolve_late",
    "repair_warning",
    "repair_late",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class AlertFacts:
    """What decides who is told when; a deadline of None does not exist.

    is_running: open and not waiting. warn_before: how long before a deadline.
    repair_limit: when a repair by warranty is no longer in time, repair_alarm_at: when
    that is warned of; both None once the repair is done.
    told: (kind, deadline) of what was told already; a deadline that moved is told anew.
    """

    answer_deadline: datetime | None = None
    resolve_deadline: datetime | None = None
    is_answered: bool = False
    is_running: bool = True
    warn_before: timedelta = timedelta()
    repair_limit: datetime | None = None
    repair_alarm_at: datetime | None = None
    told: frozenset[tuple[AlertKind, datetime]] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Alert:
    """Something to be told at a moment about a deadline."""

    at: datetime
    kind: AlertKind
    deadline: datetime


def worked(start: datetime, end: datetime, spans: Iterable[Span]) -> timedelta:
    """Return the working time between two moments; spans as for `plan`."""
    total = timedelta()
    for begin, stop in spans:
        total += max(min(stop, end) - max(begin, start), timedelta())
    return total


def subtract(spans: Iterable[Span], pauses: Iterable[Span]) -> list[Span]:
    """Return working time without the pauses; both rising, spans without overlap."""
    left = list(spans)
    for pause_begin, pause_end in pauses:
        left = [
            piece
            for begin, end in left
            for piece in (
                (begin, min(end, pause_begin)),
                (max(begin, pause_end), end),
            )
            if piece[0] < piece[1]
        ]
    return left


def resume(
    deadline: datetime, stopped: datetime, resumed: datetime, spans: Iterable[Span]
) -> datetime | None:
    """Return the deadline after a pause: what was left is left again from now on.

    A deadline that had passed before the pause stays: late stays late. None when the
    spans hold too little working time.
    """
    if deadline <= stopped or resumed <= stopped:
        return deadline
    spans = list(spans)
    left = worked(stopped, deadline, spans)
    return plan(left.total_seconds() / 3600, resumed, spans)


def open_alerts(facts: AlertFacts) -> list[Alert]:
    """Return what is still to be told, by time; a warning is void once it is late.

    Nothing is told of a deadline whose clock stands or that was met.
    """
    found = []
    for name, warn_at, deadline in _running_clocks(facts):
        late, warning = (f"{name}_late", deadline), (f"{name}_warning", deadline)
        if late in facts.told:
            continue
        found.append(Alert(at=deadline, kind=late[0], deadline=deadline))
        if warning not in facts.told and warn_at < deadline:
            found.append(Alert(at=warn_at, kind=warning[0], deadline=deadline))
    return sorted(found, key=lambda alert: (alert.at, alert.kind))


def _running_clocks(facts: AlertFacts) -> Iterator[tuple[str, datetime, datetime]]:
    """Name, moment of the warning and deadline of each clock that runs."""
    if facts.is_running:
        answer = None if facts.is_answered else facts.answer_deadline
        for name, deadline in (("answer", answer), ("resolve", facts.resolve_deadline)):
            if deadline:
                yield name, deadline - facts.warn_before, deadline
    if facts.repair_limit:
        warn_at = facts.repair_alarm_at or facts.repair_limit
        yield "repair", warn_at, facts.repair_limit


def due_alerts(facts: AlertFacts, now: datetime) -> list[Alert]:
    """Return what must be told now; of one deadline only the latest word."""
    due = {}
    for alert in open_alerts(facts):
        if alert.at <= now:
            due[alert.kind.partition("_")[0]] = alert
    return list(due.values())


def next_alert_at(facts: AlertFacts, now: datetime) -> datetime | None:
    """Return when something is to be told next, once what is due now was told."""
    told = facts.told | {
        (f"{alert.kind.partition('_')[0]}_{word}", alert.deadline)
        for alert in due_alerts(facts, now)
        for word in ("warning", alert.kind.partition("_")[2])
    }
    later = [a.at for a in open_alerts(facts) if (a.kind, a.deadline) not in told]
    return min(later, default=None)
