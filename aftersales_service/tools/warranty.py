"""Warranty: who pays when this unit fails this way on this day.

`decide` runs a tuple of checks that reads like the handbook. Each check looks at the
facts and answers with a finding, several, or None; a blocking finding makes the case
chargeable, unless something that was granted to the machine takes it. Another addon
puts its own checks before or after `CHECKS`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from .matching import admits, in_force
from .serial import SUSPECT_CODES
from .verdict import Verdict
from .warranty_clock import Term, repair_limit, rights_of, start_of, term_of
from .warranty_facts import (
    SIDES,
    Basis,
    Coverage,
    PolicyLine,
    Result,
    WarrantyFacts,
)

Finding = Verdict
#: What a granted coverage overrides: it holds beside policy, term and usage.
OVERRIDDEN = frozenset(
    {
        "policy_missing",
        "start_missing",
        "period_not_begun",
        "period_expired",
        "usage_exceeded",
    }
)
#: No public holiday lasts longer; those before do not reach the end of a term.
LONG_HOLIDAY = timedelta(days=31)
#: Kinds that hold whatever the cause was.
ANY_CAUSE = ("goodwill", "campaign")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What `decide` found, in the order of the checks.

    result: ``covered`` pays parts, labour and travel, ``partly`` some of them,
    ``chargeable`` none. Line and dates are given even when a finding blocks.
    repair_alarm_date, repair_limit_date: when somebody is told, and the last day on
    which a repair by warranty is in time; None without such a limit.
    coverage_ids: what was granted and takes the case, empty when the policy does.
    share_percent: what the maker pays of what is covered.
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
    repair_alarm_date: date | None = None
    repair_limit_date: date | None = None
    coverage_ids: tuple[int, ...] = ()
    share_percent: int = 100
    findings: tuple[Finding, ...] = field(default=(), hash=False)


Check = Callable[[WarrantyFacts], Finding | list[Finding] | None]


def match_line(facts: WarrantyFacts) -> PolicyLine | None:
    """Return the first row (by sequence, then id) that fits the case.

    A row that asks for components fits only a known one, so an unknown fault falls
    to the row for the whole machine.
    """
    ordered = sorted(facts.lines, key=lambda line: (line.sequence, line.id))
    return next((line for line in ordered if _fits(facts, line)), None)


def _fits(facts: WarrantyFacts, line: PolicyLine) -> bool:
    """Tell whether the row takes the unit, the component and the day."""
    found = start_of(line, facts.dates)
    return (
        admits(line.product_ids, (facts.product_id,))
        and admits(line.category_ids, facts.category_path)
        and admits(line.territory_ids, facts.territory_path)
        and admits(line.component_ids, facts.component_path)
        and admits(line.component_classes, (facts.component_class,))
        and admits(line.use_classes, (facts.use_class,))
        and in_force(
            found[1] if found else facts.fault_date, line.valid_from, line.valid_to
        )
    )


def find_term(facts: WarrantyFacts) -> Term | None:
    """Return the term of the row that fits, None without row or start date."""
    line = match_line(facts)
    return line and term_of(line, facts.dates, facts.stops, facts.holidays)


def find_machine_end(facts: WarrantyFacts) -> date | None:
    """Return the last day on which the whole machine is in warranty.

    The end of its term, or of an extended warranty that ends later; None when neither
    is known. What the machine has run is not looked at: nobody can say for tomorrow.
    """
    term = find_term(facts)
    ends = [term.end] if term else []
    ends += [
        coverage.valid_to or date.max
        for coverage in facts.coverages
        if coverage.kind == "extended" and not coverage.component_ids
    ]
    return max(ends, default=None)


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
    found = start_of(line, facts.dates)
    if not found:
        params = {"bases": [rule.basis for rule in line.start_rules]}
        return Finding(code="start_missing", params=params, blocks=True)
    params = {"basis": found[0], "start_date": found[1].isoformat()}
    return Finding(code="start_found", params=params)


def check_period(facts: WarrantyFacts) -> list[Finding]:
    """The fault must lie in the term; its first and last day are covered."""
    line, term = match_line(facts), find_term(facts)
    if not line or not term:
        return []
    params = {
        "fault_date": facts.fault_date.isoformat(),
        "start_date": term.start.isoformat(),
        "end_date": term.end.isoformat(),
        "months": max(line.months_of(side) for side in SIDES if line.covers(side))
        if any(map(line.covers, SIDES))
        else line.months,
    }
    if facts.fault_date < term.start:
        return [Finding(code="period_not_begun", params=params, blocks=True)]
    moved = _moved_end(term)
    if facts.fault_date > term.end:
        params["days_over"] = (facts.fault_date - term.end).days
        return [*moved, Finding(code="period_expired", params=params, blocks=True)]
    ended = [
        Finding(
            code="period_side_ended",
            params={"side": side, "end_date": term.end_of(side).isoformat()},
        )
        for side in SIDES
        if line.covers(side) and facts.fault_date > term.end_of(side)
    ]
    return [*moved, Finding(code="period_valid", params=params), *ended]


def _moved_end(term: Term) -> list[Finding]:
    """Say by what the law moved the end of the term."""
    found = []
    if term.stopped_days:
        params = {
            "days": term.stopped_days,
            "nominal_end_date": term.nominal_end.isoformat(),
        }
        found.append(Finding(code="term_extended", params=params))
    if term.rolled_days:
        day = term.end - timedelta(days=term.rolled_days)
        params = {"holiday_date": day.isoformat(), "end_date": term.end.isoformat()}
        found.append(Finding(code="term_rolled", params=params))
    return found


def check_usage(facts: WarrantyFacts) -> list[Finding]:
    """No meter may exceed its limit; a missing reading is told, not punished."""
    line = match_line(facts)
    limits = sorted(line.usage_limits.items()) if line else ()
    return [_check_meter(facts, meter, limit) for meter, limit in limits]


def _check_meter(facts: WarrantyFacts, meter: str, limit: float) -> Finding:
    reading = facts.usage.get(meter)
    params = {"meter": meter, "reading": reading, "usage_limit": limit}
    if reading is None:
        return Finding(code="usage_unknown", params=params)
    if reading > limit:
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


def check_rights(facts: WarrantyFacts) -> list[Finding]:
    """Rights to money back or another machine, of genuine machines in their term."""
    line, term = match_line(facts), find_term(facts)
    is_ours = facts.serial_code in ("genuine", "mismatch")
    if not line or not term or not is_ours or facts.fault_date > term.end:
        return []
    return rights_of(facts, line)


def check_coverages(facts: WarrantyFacts) -> list[Finding]:
    """What was granted beside the policy and takes this case on this day."""
    return [
        Finding(
            code="coverage_applies",
            params={
                "coverage_id": coverage.id,
                "share_percent": coverage.share_percent,
            },
        )
        for coverage in _find_coverages(facts)
    ]


def _find_coverages(facts: WarrantyFacts) -> list[Coverage]:
    """Return what takes the case, ignoring its cause, in the order it was granted."""
    return [
        coverage
        for coverage in sorted(facts.coverages, key=lambda item: item.id)
        if in_force(facts.fault_date, coverage.valid_from, coverage.valid_to)
        and admits(coverage.component_ids, facts.component_path)
        and not any(
            facts.usage.get(meter, 0) > limit
            for meter, limit in coverage.usage_limits.items()
        )
    ]


CHECKS: tuple[Check, ...] = (
    check_authenticity,
    check_policy_found,
    check_start_date,
    check_period,
    check_usage,
    check_exclusion,
    check_rights,
    check_coverages,
)


def decide(facts: WarrantyFacts, checks: tuple[Check, ...] = CHECKS) -> Decision:
    """Return who pays, and every finding in the order of ``checks``."""
    findings = _run(facts, checks)
    line, term = match_line(facts), find_term(facts)
    blocking = {finding.code for finding in findings if finding.blocks}
    paid = _paid_by_policy(facts, line, term) if not blocking else set()
    granted = _granting(facts, blocking, paid)
    covers = paid.union(
        side for coverage in granted for side in SIDES if coverage.covers(side)
    )
    alarm, limit = (line and paid and repair_limit(facts.fault_date, line.terms)) or (
        None,
        None,
    )
    return Decision(
        result=(
            "covered"
            if len(covers) == len(SIDES)
            else "partly"
            if covers
            else "chargeable"
        ),
        covers_parts="parts" in covers,
        covers_labor="labor" in covers,
        covers_travel="travel" in covers,
        policy_id=line.policy_id if line else None,
        policy_line_id=line.id if line else None,
        start_basis=term.basis if term else None,
        start_date=term.start if term else None,
        end_date=term.end if term else None,
        repair_alarm_date=alarm,
        repair_limit_date=limit,
        coverage_ids=tuple(coverage.id for coverage in granted),
        share_percent=(
            100 if paid or not granted else max(c.share_percent for c in granted)
        ),
        findings=findings,
    )


def _run(facts: WarrantyFacts, checks: tuple[Check, ...]) -> tuple[Finding, ...]:
    findings: list[Finding] = []
    for check in checks:
        found = check(facts)
        if isinstance(found, Verdict):
            findings.append(found)
        else:
            findings.extend(found or ())
    return tuple(findings)


def _paid_by_policy(
    facts: WarrantyFacts, line: PolicyLine | None, term: Term | None
) -> set[str]:
    """Return the sides the row pays on the day of the fault."""
    if not line:
        return set()
    return {
        side
        for side in SIDES
        if line.covers(side) and (not term or facts.fault_date <= term.end_of(side))
    }


def _granting(
    facts: WarrantyFacts, blocking: set[str], paid: set[str]
) -> list[Coverage]:
    """Return the coverages that add something to what the policy pays."""
    return [
        coverage
        for coverage in _find_coverages(facts)
        if any(coverage.covers(side) and side not in paid for side in SIDES)
        and not blocking
        - OVERRIDDEN
        - ({"cause_excluded"} if coverage.kind in ANY_CAUSE else set())
    ]


def kept_facts(facts: WarrantyFacts) -> WarrantyFacts:
    """Return the facts without what did not matter: what a decision keeps.

    Deciding them again gives the same decision: the row that was used, the holidays
    near the end of its term, the coverages in force.
    """
    line, term = match_line(facts), find_term(facts)
    near = [
        day
        for day in facts.holidays
        if term and day.first <= term.end and day.last >= min(term.ends) - LONG_HOLIDAY
    ]
    return replace(
        facts,
        lines=(line,) if line else (),
        holidays=tuple(near),
        coverages=tuple(_find_coverages(facts)),
    )
