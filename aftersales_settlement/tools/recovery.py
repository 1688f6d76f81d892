"""Supplier recovery: which part a repair goes back to, and what its supplier owes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from odoo.addons.aftersales_service.tools.matching import admits, in_force
from odoo.addons.aftersales_service.tools.plain import decimal_text

ZERO = Decimal(0)
HUNDRED = Decimal(100)
Round = Callable[[Decimal], Decimal]


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """What a supplier pays for a fault of its parts; an empty set means any.

    percents: by kind of cost (``part``, ``labor``, ``travel``, ...), what it pays of
    it. max_months: since the machine began to work, None without limit.
    needs_inspection: only for parts whose fault the inspection accepted.
    """

    id: int
    supplier_id: int
    sequence: int = 10
    valid_from: date | None = None
    valid_to: date | None = None
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    max_months: int | None = None
    needs_inspection: bool = False
    percents: Mapping[str, Decimal] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class FailedPart:
    """A part that was replaced. inspection: ``accepted``, ``misuse``, ``no_fault``,
    ``not_received``, or None while nobody has looked. cost: what the maker paid for
    the new one."""

    line_id: int
    product_id: int
    category_path: tuple[int, ...] = ()
    supplier_ids: tuple[int, ...] = ()
    inspection: str | None = None
    cost: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class RepairFacts:
    """One repair the maker paid for.

    costs: what else was paid, by kind. months: in service, None where unknown.
    """

    work_date: date
    months: int | None = None
    parts: tuple[FailedPart, ...] = ()
    costs: Mapping[str, Decimal] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recovery:
    """What one supplier owes for one repair.

    explanation: for each kind its cost, percent and amount as decimal text.
    """

    agreement_id: int
    supplier_id: int
    line_id: int
    amount: Decimal
    explanation: tuple[dict[str, Any], ...] = field(default=(), hash=False)


def recover(
    facts: RepairFacts, agreements: Iterable[Agreement], round_amount: Round
) -> Recovery | None:
    """Return what a supplier owes for this repair, None where nobody owes anything.

    The causal part is the one whose fault was accepted, else the dearest, then the
    first on the report; the first agreement by sequence, then id, that fits it
    decides. What was found to be no fault of the part is nobody's debt.
    """
    rows = sorted(agreements, key=lambda row: (row.sequence, row.id))
    for part in sorted(facts.parts, key=_causal_order):
        for row in rows:
            if _fits(facts, part, row):
                recovery = _price(facts, part, row, round_amount)
                if recovery.amount > 0:
                    return recovery
    return None


def _causal_order(part: FailedPart) -> tuple[bool, Decimal, int]:
    """Sort key: accepted faults first, then the dearest, then the first."""
    return (part.inspection != "accepted", -part.cost, part.line_id)


def _fits(facts: RepairFacts, part: FailedPart, row: Agreement) -> bool:
    """Tell whether the agreement is about this part in this repair."""
    if row.supplier_id not in part.supplier_ids:
        return False
    is_known = part.inspection is not None
    if part.inspection != "accepted" and (is_known or row.needs_inspection):
        return False
    if row.max_months is not None and (
        facts.months is None or facts.months > row.max_months
    ):
        return False
    return (
        in_force(facts.work_date, row.valid_from, row.valid_to)
        and admits(row.product_ids, (part.product_id,))
        and admits(row.category_ids, part.category_path)
    )


def _price(
    facts: RepairFacts, part: FailedPart, row: Agreement, round_amount: Round
) -> Recovery:
    """What the supplier owes by this agreement, kind by kind."""
    costs = {"part": part.cost, **facts.costs}
    steps, total = [], ZERO
    for kind, cost in costs.items():
        percent = row.percents.get(kind, ZERO)
        amount = round_amount(cost * percent / HUNDRED)
        if amount:
            total += amount
            steps.append(
                {
                    "kind": kind,
                    "cost": decimal_text(cost),
                    "percent": decimal_text(percent),
                    "amount": decimal_text(amount),
                }
            )
    return Recovery(
        agreement_id=row.id,
        supplier_id=row.supplier_id,
        line_id=part.line_id,
        amount=total,
        explanation=tuple(steps),
    )
