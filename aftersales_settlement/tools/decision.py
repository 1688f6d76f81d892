"""Decisions of persons about a claim: reasons, clocks, limits, appeals.

Pure rules; the words are the models'. Amounts are those of the claim's currency
unless said otherwise, dates are days of the company.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

LineDecision = Literal["approved", "adjusted", "rejected"]
Step = Literal["final", "first", "same_person"]

REASON_KINDS = {"adjusted": "adjust", "rejected": "reject"}
"""Which kind of reason a line's decision asks for."""


def line_flaw(
    decision: LineDecision, amount: Decimal, reason_kind: str | None
) -> str | None:
    """Return what is wrong with the decision on one line, None when nothing is.

    amount: what the auditor would pay. reason_kind: of the reason given.
    Codes: ``reason_missing``, ``reason_wrong`` (of another kind), ``negative``.
    """
    if amount < 0:
        return "negative"
    wanted = REASON_KINDS.get(decision)
    if wanted and not reason_kind:
        return "reason_missing"
    if wanted and reason_kind != wanted:
        return "reason_wrong"
    return None


def outcome(decisions: Iterable[LineDecision | None]) -> str:
    """Return what becomes of a claim: ``rejected`` when every line is, else approved.

    A line without a decision stands as it is.
    """
    found = list(decisions)
    is_rejected = found and all(decision == "rejected" for decision in found)
    return "rejected" if is_rejected else "approved"


def approval_step(
    *,
    amount: Decimal,
    limit: Decimal | None,
    user_id: int,
    first_user_id: int | None,
    is_changed: bool,
) -> Step:
    """Return whether this approval ends the matter or waits for a second person.

    amount and limit in the same currency; limit None: this person may approve all.
    first_user_id: who approved before, is_changed: this person changes what the first
    one agreed to, which makes him the first one. Nobody is first and second.
    """
    if limit is None or amount <= limit:
        return "final"
    if not first_user_id:
        return "first"
    if first_user_id == user_id:
        return "same_person"
    return "first" if is_changed else "final"


def clock_end(day: date, days: int) -> date | None:
    """Return the last day of a clock that starts today; None where none runs."""
    return day + timedelta(days=days) if days > 0 else None


def is_over(last_day: date | None, today: date) -> bool:
    """Return whether a clock has run out: its last day still counts."""
    return bool(last_day and last_day < today)


@dataclass(frozen=True, kw_only=True, slots=True)
class AppealFacts:
    """What decides whether the station may appeal today.

    state: of the claim. is_reduced: less was approved than claimed. appeal_by: last
    day, None where no clock runs. has_appealed: in this round. is_on_sheet: an amount
    is on a sheet the station has, where it is disputed.
    """

    state: str
    is_reduced: bool
    today: date
    appeal_by: date | None = None
    has_appealed: bool = False
    is_on_sheet: bool = False


def appeal_obstacle(facts: AppealFacts) -> str | None:
    """Return why the station cannot appeal, None when it can.

    Codes in the order they are tried: ``not_decided``, ``not_reduced``, ``answered``
    (one appeal; its answer is final), ``on_sheet``, ``too_late``.
    """
    if facts.state not in ("approved", "rejected"):
        return "not_decided"
    if not facts.is_reduced:
        return "not_reduced"
    if facts.has_appealed:
        return "answered"
    if facts.is_on_sheet:
        return "on_sheet"
    if not facts.appeal_by or is_over(facts.appeal_by, facts.today):
        return "too_late"
    return None
