"""Settlement: which lines a month pays, what they come to, and their seal.

Days are those of the company's time zone, given by the caller. Amounts are Decimals
already rounded by their currency, so sums are exact.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from dateutil.relativedelta import relativedelta

from odoo.addons.aftersales_service.tools.plain import decimal_text, plain

Round = Callable[[Decimal], Decimal]

ZERO = Decimal(0)
ONE = Decimal(1)
SEAL_DOMAIN = b"aftersales.settlement/1\n"
CHAIN_DOMAIN = b"aftersales.settlement.chain/1\n"
# Kinds of work whose pay the station's score moves.
MULTIPLIED_KINDS = frozenset({"installation"})


@dataclass(frozen=True, kw_only=True, slots=True, order=True)
class Period:
    """A calendar month; both days included. key: ``2024-02``, sorts by time."""

    first: date
    last: date

    @property
    def key(self) -> str:
        """The month as text, for keys and file names."""
        return f"{self.first:%Y-%m}"

    def __contains__(self, day: date) -> bool:
        """Tell whether the day lies in the month."""
        return self.first <= day <= self.last

    def shifted(self, months: int) -> "Period":
        """Return the month so many months later (negative: earlier)."""
        return period(self.first + relativedelta(months=months))


def period(day: date) -> Period:
    """Return the month the day lies in."""
    first = day.replace(day=1)
    return Period(first=first, last=first + relativedelta(months=1, days=-1))


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimLine:
    """A line of a claim that may be settled.

    approved_date: day of approval, None before. done_date: day of the work. kind:
    ``labor``, ``travel``, ``part``, ``installation``, ...
    """

    id: int
    kind: str
    amount: Decimal
    done_date: date
    approved_date: date | None = None
    is_settled: bool = False

    def has_multiplier(self, multipliers: Mapping[str, Decimal]) -> bool:
        """Tell whether this is a fee of a month whose multiplier is known."""
        return (
            self.kind in MULTIPLIED_KINDS and period(self.done_date).key in multipliers
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of a settlement.

    kind: ``claim``, ``multiplier``, ``rebate``, ``clawback``, ``cash``, ``manual``.
    explanation: JSON values, amounts as decimal text.
    """

    kind: str
    amount: Decimal
    claim_line_id: int | None = None
    explanation: dict[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Total:
    """Sum of a settlement. by_kind: kinds in alphabetical order, none of them absent
    unless it has no line."""

    amount: Decimal
    by_kind: dict[str, Decimal] = field(default_factory=dict, hash=False)


def belongs(line: ClaimLine, month: Period) -> bool:
    """Tell whether the month's settlement takes the line.

    Every approved, unsettled line approved up to the month's last day: what was
    forgotten or approved late comes in the next one, never twice.
    """
    return (
        line.approved_date is not None
        and not line.is_settled
        and line.approved_date <= month.last
    )


def claim_line(line: ClaimLine) -> Line:
    """Return the settlement line that pays a claim line."""
    return Line(
        kind="claim",
        amount=line.amount,
        claim_line_id=line.id,
        explanation={"code": "claim", "amount": decimal_text(line.amount)},
    )


def multiplier_line(
    line: ClaimLine,
    multipliers: Mapping[str, Decimal],
    round_amount: Round,
    kinds: frozenset[str] = MULTIPLIED_KINDS,
) -> Line | None:
    """Return what the station's score adds to or takes from one installation fee.

    multipliers: by `Period.key`; that of the month the installation was *done* in
    counts. amount = fee × (multiplier - 1), rounded. None for other kinds, for a
    month without a score, and where it comes to nothing.
    """
    if line.kind not in kinds:
        return None
    month = period(line.done_date).key
    multiplier = multipliers.get(month)
    if multiplier is None:
        return None
    amount = round_amount(line.amount * (multiplier - ONE))
    if not amount:
        return None
    return Line(
        kind="multiplier",
        amount=amount,
        claim_line_id=line.id,
        explanation={
            "code": "multiplier",
            "period": month,
            "fee": decimal_text(line.amount),
            "multiplier": decimal_text(multiplier),
            "amount": decimal_text(amount),
        },
    )


def settlement_lines(
    lines: Iterable[ClaimLine],
    month: Period,
    multipliers: Mapping[str, Decimal],
    round_amount: Round,
) -> tuple[Line, ...]:
    """Return the lines of the month: each claim line, then its multiplier, by id."""
    result: list[Line] = []
    for line in sorted(lines, key=lambda item: item.id):
        if belongs(line, month):
            result.append(claim_line(line))
            extra = multiplier_line(line, multipliers, round_amount)
            if extra:
                result.append(extra)
    return tuple(result)


def total(lines: Iterable[Line]) -> Total:
    """Return the sum, in all and by kind."""
    by_kind: dict[str, Decimal] = {}
    for line in lines:
        by_kind[line.kind] = by_kind.get(line.kind, ZERO) + line.amount
    return Total(
        amount=sum(by_kind.values(), ZERO), by_kind=dict(sorted(by_kind.items()))
    )


def canonical(facts: Any) -> bytes:
    """Return the one spelling of facts: what is equal gives equal bytes.

    JSON in UTF-8 with sorted keys and no spaces, values as `plain` spells them.
    ``canonical(json.loads(canonical(x))) == canonical(x)``, so a sheet read back from
    the database has its old seal. Raises TypeError for a float: an amount that is one
    has no certain spelling.
    """
    value = plain(facts)
    _refuse_floats(value)
    return json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()


def digest(rows: Iterable[str]) -> str:
    """Return the hash of the lines of a sheet, each as one text, in their order.

    A text holds no line break (JSON does not), so no two lists give one hash.
    """
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _refuse_floats(value: Any) -> None:
    """Raise TypeError if a float is anywhere in a plain value."""
    if isinstance(value, float):
        raise TypeError(f"amounts must be Decimal or text, not float: {value}")
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return
    for item in value:
        _refuse_floats(item)


def seal(facts: Any) -> str:
    """Return the hash of a sheet's own facts (SHA-256, 64 hexadecimal digits)."""
    return hashlib.sha256(SEAL_DOMAIN + canonical(facts)).hexdigest()


def chain(previous: str | None, sealed: str) -> str:
    """Return the link of a sealed sheet to the one before it, None for the first.

    Links are made by the billing run in its order; changing, dropping or moving a
    sheet changes every later link. Raises ValueError for what is no hash of ours.
    """
    links = [bytes.fromhex(item) for item in (previous or "0" * 64, sealed)]
    if any(len(item) != hashlib.sha256().digest_size for item in links):
        raise ValueError("not a SHA-256 hash")
    return hashlib.sha256(CHAIN_DOMAIN + b"".join(links)).hexdigest()
