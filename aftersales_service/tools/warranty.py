"""Warranty: who pays when this unit fails this way on this day.

`decide` runs a tuple of checks that reads like the handbook. Each check looks at the
facts and answers with a finding, several, or None; a blocking finding makes the case
chargeable. Another addon puts its own checks before or after `CHECKS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from dateutil.relativedelta import relativedelta

from .matching import admits, in_force
from .serial import SUSPECT_CODES, SerialCode
from .verdict import Verdict

Basis = Literal["invoice", "installation", "shipping", "production"]
Result = Literal["covered", "chargeable", "partly"]
Finding = Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitDates:
    """The days a term may start from, one field per `Basis`; None when unknown."""

    invoice: date | None = None
    installation: date | None = None
    shipping: date | None = None
    production: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StartRule:
    """One way to find the first day of the term.

    basis: which of `UnitDates`. grace_days: days added to it, for instance the usual
    time between shipping and sale.
    """

    basis: Basis
    grace_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyLine:
    """One row of a warranty policy; an empty set means any.

    sequence: place among the rows of all policies, first match wins.
    valid_from, valid_to: days, both included, on which a term must *start* for the
    row to hold; a later policy takes nothing from who bought before.
    start_rules: tried in order, the first whose date is known gives the start.
    months: length of the term. usage_limit: hours or kilometres, None for no limit.
    """

    id: int
    policy_id: int
    sequence: int = 10
    valid_from: date | None = None
    valid_to: date | None = None
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    territory_ids: frozenset[int] = frozenset()
    component_ids: frozenset[int] = frozenset()
    component_classes: frozenset[str] = frozenset()
    months: int
    usage_limit: float | None = None
    start_rules: tuple[StartRule, ...] = (StartRule(basis="invoice"),)
    covers_parts: bool = True
    covers_labor: bool = True
    covers_travel: bool = True
    excluded_cause_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class WarrantyFacts:
    """One fault of one unit.

    serial_code: verdict of `serial.check`. fault_date: day of the fault.
    reading: last known hours or kilometres, None when never read.
    component_path, cause_path: fault codes from the leaf to the root, empty when
    unknown. component_class: ``main``, ``wearing``, ``other`` or None.
    category_path, territory_path: ids from the leaf to the root.
    lines: rows of the policies that apply to the company, in any order.
    """

    serial_code: SerialCode
    fault_date: date
    dates: UnitDates = UnitDates()
    reading: float | None = None
    product_id: int | None = None
    category_path: tuple[int, ...] = ()
    territory_path: tuple[int, ...] = ()
    component_path: tuple[int, ...] = ()
    component_class: str | None = None
    cause_path: tuple[int, ...] = ()
    lines: tuple[PolicyLine, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Term:
    """The days a row covers, both included, and the date they were counted from."""

    basis: Basis
    start: date
    end: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What `decide` found, in the order of the checks.

    result: ``covered`` pays parts, labour and travel, ``partly`` some of them,
    ``chargeable`` none. Line and dates are given even when a finding blocks.
    """

    result: Result
    covers_parts: bool
    covers_labor: bool
    covers_travel: bool
    policy_id: int | None = None
    policy_line_id: int | None = None
    start_basis: Basis | None = None
    start_date: date | None = None
    end_date: date | None = None
    findings: tuple[Finding, ...] = field(default=(), hash=False)


Check = Callable[[WarrantyFacts], Finding | list[Finding] | None]


def term_of(line: PolicyLine, dates: UnitDates) -> Term | None:
    """Return the term a row gives a unit, None when no start date is known.

    The end is the day of the same number ``months`` later, or the month's last day
    where there is none, and is covered: the day the term starts from does not count
    (Civil Code of the PRC, articles 201 and 202).
    """
    for rule in line.start_rules:
        start = getattr(dates, rule.basis)
        if start:
            start += timedelta(days=rule.grace_days)
            end = start + relativedelta(months=line.months)
            return Term(basis=rule.basis, start=start, end=end)
    return None


def match_line(facts: WarrantyFacts) -> PolicyLine | None:
    """Return the first row (by sequence, then id) that fits the case.

    A row that asks for components fits only a known one, so an unknown fault falls
    to the row for the whole machine.
    """
    ordered = sorted(facts.lines, key=lambda line: (line.sequence, line.id))
    return next((line for line in ordered if _fits(facts, line)), None)


def _fits(facts: WarrantyFacts, line: PolicyLine) -> bool:
    """Tell whether the row takes the unit, the component and the day."""
    term = term_of(line, facts.dates)
    return (
        admits(line.product_ids, (facts.product_id,))
        and admits(line.category_ids, facts.category_path)
        and admits(line.territory_ids, facts.territory_path)
        and admits(line.component_ids, facts.component_path)
        and admits(line.component_classes, (facts.component_class,))
        and in_force(
            term.start if term else facts.fault_date, line.valid_from, line.valid_to
        )
    )


def check_authenticity(facts: WarrantyFacts) -> Finding:
    """Counterfeits and machines not identified are served, but chargeable."""
    code = facts.serial_code
    if code in SUSPECT_CODES:
        params = {"serial_code": code}
        return Finding(code="serial_counterfeit", params=params, blocks=True)
    if code == "ambiguous":
        return Finding(code="serial_ambiguous", blocks=True)
    if code == "mismatch":
        return Finding(code="serial_mismatch")
    return Finding(code="serial_genuine")


def check_policy_found(facts: WarrantyFacts) -> Finding:
    """Without a policy row nothing is promised."""
    line = match_line(facts)
    if not line:
        return Finding(code="policy_missing", blocks=True)
    params = {"policy_id": line.policy_id, "policy_line_id": line.id}
    return Finding(code="policy_found", params=params)


def check_start_date(facts: WarrantyFacts) -> Finding | None:
    """The term needs a first day."""
    line = match_line(facts)
    if not line:
        return None
    term = term_of(line, facts.dates)
    if not term:
        params = {"bases": [rule.basis for rule in line.start_rules]}
        return Finding(code="start_missing", params=params, blocks=True)
    params = {"basis": term.basis, "start_date": term.start.isoformat()}
    return Finding(code="start_found", params=params)


def check_period(facts: WarrantyFacts) -> Finding | None:
    """The fault must lie in the term; its first and last day are covered."""
    line = match_line(facts)
    term = line and term_of(line, facts.dates)
    if not line or not term:
        return None
    params = {
        "fault_date": facts.fault_date.isoformat(),
        "start_date": term.start.isoformat(),
        "end_date": term.end.isoformat(),
        "months": line.months,
    }
    if facts.fault_date < term.start:
        return Finding(code="period_not_begun", params=params, blocks=True)
    if facts.fault_date > term.end:
        params["days_over"] = (facts.fault_date - term.end).days
        return Finding(code="period_expired", params=params, blocks=True)
    return Finding(code="period_valid", params=params)


def check_usage(facts: WarrantyFacts) -> Finding | None:
    """The reading must not exceed the limit; a missing one is told, not punished."""
    line = match_line(facts)
    if not line or line.usage_limit is None:
        return None
    params = {"reading": facts.reading, "usage_limit": line.usage_limit}
    if facts.reading is None:
        return Finding(code="usage_unknown", params=params)
    if facts.reading > line.usage_limit:
        return Finding(code="usage_exceeded", params=params, blocks=True)
    return Finding(code="usage_valid", params=params)


def check_exclusion(facts: WarrantyFacts) -> Finding | None:
    """Causes the row excludes (misuse, accident, ...), themselves or by a parent."""
    line = match_line(facts)
    if not line:
        return None
    excluded = [code for code in facts.cause_path if code in line.excluded_cause_ids]
    if not excluded:
        return None
    params = {"cause_id": facts.cause_path[0], "excluded_cause_id": excluded[0]}
    return Finding(code="cause_excluded", params=params, blocks=True)


CHECKS: tuple[Check, ...] = (
    check_authenticity,
    check_policy_found,
    check_start_date,
    check_period,
    check_usage,
    check_exclusion,
)


def decide(facts: WarrantyFacts, checks: tuple[Check, ...] = CHECKS) -> Decision:
    """Return who pays, and every finding in the order of ``checks``."""
    findings: list[Finding] = []
    for check in checks:
        found = check(facts)
        if isinstance(found, Verdict):
            findings.append(found)
        else:
            findings.extend(found or ())
    line = match_line(facts)
    term = term_of(line, facts.dates) if line else None
    blocked = not line or any(finding.blocks for finding in findings)
    covers = [
        bool(line) and not blocked and getattr(line, name)
        for name in ("covers_parts", "covers_labor", "covers_travel")
    ]
    result: Result = (
        "covered" if all(covers) else "partly" if any(covers) else "chargeable"
    )
    return Decision(
        result=result,
        covers_parts=covers[0],
        covers_labor=covers[1],
        covers_travel=covers[2],
        policy_id=line.policy_id if line else None,
        policy_line_id=line.id if line else None,
        start_basis=term.basis if term else None,
        start_date=term.start if term else None,
        end_date=term.end if term else None,
        findings=tuple(findings),
    )
