"""Rebates: what a station earns for volume, growth or a target reached.

`rebate` finds the step reached and computes the amount; `span` says which days count.
Amounts, shares and counts are Decimals; rounding is the caller's (a currency's).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from dateutil.relativedelta import relativedelta

from odoo.addons.aftersales_service.tools.plain import decimal_text

Round = Callable[[Decimal], Decimal]
Basis = Literal["volume", "growth", "target"]
Length = Literal["month", "quarter", "year"]

MONTHS = {"month": 1, "quarter": 3, "year": 12}
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """A step: from ``minimum`` on, ``percent`` of the claims and ``bonus`` are paid."""

    minimum: Decimal
    percent: Decimal = Decimal(0)
    bonus: Decimal = Decimal(0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """What is rewarded.

    basis: ``volume`` compares what was measured, ``growth`` by how many percent it
    grew against the same days a year before, ``target`` how many percent of ``target``
    it is. tiers: in any order.
    """

    basis: Basis
    target: Decimal = Decimal(0)
    tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """One station: measured (amount or count), the same a year before, and what it was
    paid for its claims of these days, which the percent is of."""

    measured: Decimal
    before: Decimal
    claims: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """A rebate. explanation: JSON values, amounts as decimal text."""

    amount: Decimal
    explanation: dict[str, Any]


def span(length: Length, day: date) -> tuple[date, date]:
    """Return the first and last day of the calendar month, quarter or year of a day."""
    months = MONTHS[length]
    first = day.replace(day=1, month=(day.month - 1) // months * months + 1)
    return first, first + relativedelta(months=months, days=-1)


def year_before(first: date, last: date) -> tuple[date, date]:
    """Return the same whole months a year earlier."""
    after = last + relativedelta(days=1)
    return (
        first - relativedelta(years=1),
        after - relativedelta(years=1) - relativedelta(days=1),
    )


def reached(facts: Facts, rule: Rule) -> Decimal | None:
    """Return what the steps are compared with, None where nothing can be compared.

    Growth needs a year before, a target must be above zero.
    """
    if rule.basis == "volume":
        return facts.measured
    base = facts.before if rule.basis == "growth" else rule.target
    if base <= 0:
        return None
    share = facts.measured / base * HUNDRED
    return share - HUNDRED if rule.basis == "growth" else share


def rebate(facts: Facts, rule: Rule, round_amount: Round) -> Verdict | None:
    """Return the rebate of the highest step reached, None where it comes to nothing."""
    level = reached(facts, rule)
    if level is None:
        return None
    steps = [tier for tier in rule.tiers if tier.minimum <= level]
    if not steps:
        return None
    tier = max(steps, key=lambda step: step.minimum)
    amount = round_amount(facts.claims * tier.percent / HUNDRED + tier.bonus)
    if not amount:
        return None
    return Verdict(
        amount=amount,
        explanation={
            "code": "rebate",
            "basis": rule.basis,
            "target": decimal_text(rule.target),
            "measured": decimal_text(facts.measured),
            "before": decimal_text(facts.before),
            "claims": decimal_text(facts.claims),
            "reached": decimal_text(level.quantize(Decimal("0.01"))),
            "minimum": decimal_text(tier.minimum),
            "percent": decimal_text(tier.percent),
            "bonus": decimal_text(tier.bonus),
            "amount": decimal_text(amount),
        },
    )


def again(explanation: dict[str, Any], round_amount: Round) -> Decimal | None:
    """Return the amount by what a rebate kept of its facts, None if nothing comes."""

    def number(name: str) -> Decimal:
        return Decimal(explanation[name])

    facts = Facts(
        measured=number("measured"), before=number("before"), claims=number("claims")
    )
    tier = Tier(
        minimum=number("minimum"), percent=number("percent"), bonus=number("bonus")
    )
    rule = Rule(basis=explanation["basis"], target=number("target"), tiers=(tier,))
    verdict = rebate(facts, rule, round_amount)
    return verdict.amount if verdict else None
