"""What a dealer registers: a sale to a customer, a transfer to another dealer.

Facts are what was typed and what the register knows of the machine; the findings name
the field, so that a page can put each sentence where it belongs.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .report import MAX_QUANTITY, Finding
from .serial import SerialCode

Kind = Literal["sale", "transfer"]
#: Who has the machine, as the register knows it; ``sold``: by this dealer.
Holder = Literal["own", "other", "nobody", "sold"]


@dataclass(frozen=True, kw_only=True, slots=True)
class MovementFacts:
    """One registration.

    serial_code: verdict of the register, None when no serial was typed. holder: who
    has that machine, of several ``own`` or ``sold`` if one is his. has_product: a
    model was chosen instead. has_customer: name and phone were typed. has_target,
    is_own_target: the receiving dealer.
    """

    kind: Kind
    today: date
    moved_on: date | None = None
    serial_code: SerialCode | None = None
    holder: Holder = "nobody"
    has_product: bool = False
    quantity: float = 1.0
    has_customer: bool = False
    has_target: bool = False
    is_own_target: bool = False


def check(facts: MovementFacts) -> list[Finding]:
    """Return all that is missing or cannot be right, in the order of the form."""
    return [
        *_check_goods(facts),
        *_check_day(facts),
        *(_check_customer(facts) if facts.kind == "sale" else _check_target(facts)),
    ]


def _check_goods(facts: MovementFacts) -> list[Finding]:
    """A machine by its serial, or so many of a model."""
    if facts.serial_code is None:
        if not facts.has_product:
            return [Finding(field="serial", code="missing")]
        if facts.quantity <= 0:
            return [Finding(field="quantity", code="missing")]
        if facts.quantity > MAX_QUANTITY:
            params = {"limit": MAX_QUANTITY}
            return [Finding(field="quantity", code="too_high", params=params)]
        return []
    return _check_machine(facts)


def _check_machine(facts: MovementFacts) -> list[Finding]:
    """His own or nobody's; of others' machines he learns nothing, not that they are."""
    is_his = facts.holder in ("own", "sold")
    if facts.serial_code in ("ambiguous", "mismatch") and is_his:
        return [Finding(field="product_id", code=facts.serial_code)]
    if facts.serial_code != "genuine" or facts.holder == "other":
        return [Finding(field="serial", code="unknown")]
    if facts.holder == "sold":
        return [Finding(field="serial", code="sold")]
    return []


def _check_day(facts: MovementFacts) -> list[Finding]:
    if not facts.moved_on:
        return [Finding(field="moved_on", code="missing")]
    if facts.moved_on > facts.today:
        return [Finding(field="moved_on", code="future")]
    return []


def _check_customer(facts: MovementFacts) -> list[Finding]:
    """A machine is sold to somebody; parts go over the counter."""
    if facts.serial_code is None or facts.has_customer:
        return []
    return [Finding(field="customer_name", code="missing")]


def _check_target(facts: MovementFacts) -> list[Finding]:
    if not facts.has_target:
        return [Finding(field="to_partner_id", code="missing")]
    if facts.is_own_target:
        return [Finding(field="to_partner_id", code="own")]
    return []
