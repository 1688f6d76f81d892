"""Try-out of a draft: what would have been paid for a claim that was decided.

Pure rules: amounts of one claim in, what the draft would have made of it out.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from .audit_facts import Finding

ZERO = Decimal(0)
Code = Literal["price", "to_review", "passes", "multiplier"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a claim and what would have become of it.

    was, would: paid. held: a person would have looked before it was paid. code: why it
    differs, None where nothing does. params: what explains it, plain values.
    """

    was: Decimal
    would: Decimal
    held: Decimal = ZERO
    code: Code | None = None
    params: Mapping[str, object] | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PaidKind:
    """Lines of one kind of a claim: what was claimed and what a person left of it."""

    kind: str
    amount: Decimal
    approved: Decimal


def reprice(
    was: Iterable[PaidKind],
    priced: Mapping[str, Decimal],
    round_amount: Callable[[Decimal], Decimal],
) -> Outcome:
    """Return the claim with other prices by kind.

    What a person left of an amount stays the same share of it; an amount a person set
    where no rate fitted stays as it is.
    """
    rows = {row.kind: row for row in was}
    changes: dict[str, list[Decimal]] = {}
    total_was = total_would = ZERO
    for kind in sorted({*rows, *priced}):
        row = rows.get(kind) or PaidKind(kind=kind, amount=ZERO, approved=ZERO)
        would = round_amount(_keep_share(row, priced.get(kind, ZERO)))
        total_was += row.approved
        total_would += would
        if would != row.approved:
            changes[kind] = [row.approved, would]
    return Outcome(
        was=total_was,
        would=total_would,
        code="price" if changes else None,
        params={"kinds": changes} if changes else None,
    )


def _keep_share(row: PaidKind, priced: Decimal) -> Decimal:
    """Return the new amount of a kind as the auditor would have left it."""
    if not row.amount:
        return row.approved or priced
    return priced * row.approved / row.amount


def reaudit(
    *,
    amount: Decimal,
    approved: Decimal,
    was: Iterable[Finding],
    would: Iterable[Finding],
) -> Outcome:
    """Return the claim with the findings of another policy.

    What would have been approved by itself is paid as claimed. What would have gone to
    a person is paid as it was, once he has looked: nobody knows what he would say.
    """
    was_codes = _stopping(was)
    would_codes = _stopping(would)
    if bool(was_codes) == bool(would_codes):
        return Outcome(was=approved, would=approved)
    if would_codes:
        return Outcome(
            was=approved,
            would=approved,
            held=approved,
            code="to_review",
            params={"codes": would_codes},
        )
    return Outcome(
        was=approved, would=amount, code="passes", params={"codes": was_codes}
    )


def _stopping(findings: Iterable[Finding]) -> list[str]:
    """Return the codes that lead to a person, each once."""
    return sorted({item.code for item in findings if item.severity != "note"})


def rescore(
    fee: Decimal,
    was: Decimal | None,
    would: Decimal | None,
    round_amount: Callable[[Decimal], Decimal],
) -> Outcome:
    """Return an installation fee with another multiplier; None pays the fee as is."""
    one = Decimal(1)
    paid = round_amount(fee * (one if was is None else was))
    would_pay = round_amount(fee * (one if would is None else would))
    return Outcome(
        was=paid,
        would=would_pay,
        code="multiplier" if paid != would_pay else None,
        params={"fee": fee, "was": was, "would": would} if paid != would_pay else None,
    )
