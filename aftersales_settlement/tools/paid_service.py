"""Paid service: who earns what a customer is asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from odoo.addons.aftersales_service.tools.matching import admits

Earner = Literal["maker", "station"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeRule:
    """One row of a company's rules; an empty set means any request type."""

    id: int
    earner: Earner
    sequence: int = 10
    request_type_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Earning:
    """Who earns, and the rule that says so (None: nothing says otherwise)."""

    earner: Earner
    rule_id: int | None = None


def decide_earner(
    request_type_id: int | None, is_own_team: bool, rules: Iterable[ChargeRule]
) -> Earning:
    """Return who earns the charges of a job.

    What the maker's own team asks for is the maker's. Of the rules the first by
    sequence, then id, that fits decides; without one the station keeps what it was
    paid.
    """
    fitting = (
        rule
        for rule in sorted(rules, key=lambda item: (item.sequence, item.id))
        if admits(rule.request_type_ids, (request_type_id,))
    )
    rule = next(fitting, None)
    if is_own_team:
        return Earning(earner="maker", rule_id=rule.id if rule else None)
    if rule is None:
        return Earning(earner="station")
    return Earning(earner=rule.earner, rule_id=rule.id)
