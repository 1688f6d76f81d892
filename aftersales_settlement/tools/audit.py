"""Automatic audit of a claim: what a person must look at before it is paid.

`audit` runs a tuple of checks that reads like the auditor's handbook; their numbers
are `Thresholds`. Another addon puts its own checks before or after `CHECKS`. The checks
that compare a claim with other jobs are in `audit_pattern`.
"""

from collections.abc import Iterable
from decimal import Decimal

from odoo.addons.aftersales_service.tools.plain import decimal_text

from .audit_facts import (
    AuditFacts,
    AuditLine,
    Check,
    EarlierJob,
    Finding,
    Outcome,
    Thresholds,
    block,
    review,
)
from .audit_pattern import (
    check_duplicate,
    check_expiry,
    check_hold,
    check_outlier,
    check_parts,
    check_reading,
    check_repeat,
    check_returns,
    check_same_invoice,
    check_same_photo,
)

__all__ = ["AuditFacts", "AuditLine", "EarlierJob", "Finding", "Thresholds", "audit"]

_COVERED_BY = {
    "part": "covers_parts",
    "labor": "covers_labor",
    "travel": "covers_travel",
}


def check_coverage(facts: AuditFacts) -> list[Finding]:
    """What the warranty decision does not cover is not paid, unless authorised."""
    if not facts.needs_coverage:
        return []
    return [
        block("not_covered", line, kind=line.kind)
        for line in facts.lines
        if line.amount
        and not line.is_authorised
        and line.kind in _COVERED_BY
        and not getattr(facts, _COVERED_BY[line.kind])
    ]


def check_authorisation(facts: AuditFacts) -> list[Finding]:
    """A repair above the limit is paid only as far as it was consented to before."""
    limit, granted = facts.authorisation_limit, facts.authorised_amount
    amount = sum((line.amount for line in facts.lines), Decimal(0))
    if not limit or amount <= max(limit, granted):
        return []
    return [
        block(
            "authorisation_missing",
            amount=decimal_text(amount),
            limit=decimal_text(limit),
            granted=decimal_text(granted),
        )
    ]


def check_counterfeit(facts: AuditFacts) -> list[Finding]:
    """Nobody is paid for a machine that is not ours; doubts go to a person."""
    if facts.serial_code in ("unknown", "void"):
        return [block("counterfeit", serial_code=facts.serial_code)]
    if facts.serial_code in ("ambiguous", "mismatch"):
        return [review("serial_doubtful", serial_code=facts.serial_code)]
    return []


def _with_tolerance(value: Decimal, percent: Decimal) -> Decimal:
    """Return the value plus so many percent."""
    return value * (1 + percent / 100)


def check_hours(facts: AuditFacts) -> list[Finding]:
    """Hours above the operations' standard and its tolerance."""
    findings = []
    for line in facts.lines:
        if line.kind != "labor" or line.standard_hours is None:
            continue
        allowed = _with_tolerance(
            line.standard_hours, facts.thresholds.labor_tolerance_percent
        )
        if line.quantity > allowed:
            findings.append(
                review(
                    "hours_above_standard",
                    line,
                    hours=decimal_text(line.quantity),
                    standard_hours=decimal_text(line.standard_hours),
                    allowed_hours=decimal_text(allowed),
                )
            )
    return findings


def check_mileage(facts: AuditFacts) -> list[Finding]:
    """Kilometres of all trips against the map, only where both ends are exact."""
    if facts.distance.precision != "exact" or facts.distance.km is None:
        return []
    limits = facts.thresholds
    expected = Decimal(str(facts.distance.km)) * limits.road_factor * limits.trips
    expected *= facts.visits
    allowed = max(
        _with_tolerance(expected, limits.mileage_tolerance_percent),
        expected + limits.mileage_free_km,
    )
    driven = [line for line in facts.lines if line.kind == "travel"]
    claimed = sum((line.quantity for line in driven), Decimal(0))
    if claimed <= allowed:
        return []
    return [
        review(
            "mileage_above_distance",
            driven[0],
            km=decimal_text(claimed),
            distance_km=decimal_text(Decimal(str(facts.distance.km))),
            allowed_km=decimal_text(allowed),
        )
    ]


def check_lateness(facts: AuditFacts) -> list[Finding]:
    """A report that came too late; when nobody knows, nobody is blamed."""
    limit = facts.thresholds.report_hours
    if facts.report_hours is None or facts.report_hours <= limit:
        return []
    return [
        review(
            "report_late",
            hours=decimal_text(facts.report_hours),
            allowed_hours=decimal_text(limit),
        )
    ]


def check_evidence(facts: AuditFacts) -> list[Finding]:
    """Everything the request type asks for must be there; one finding names all."""
    missing = sorted(facts.evidence_required - facts.evidence_given)
    return [review("evidence_missing", missing=missing)] if missing else []


def check_rate(facts: AuditFacts) -> list[Finding]:
    """A line no rate fits is worth 0 until a person prices it."""
    return [
        review("rate_missing", line, kind=line.kind)
        for line in facts.lines
        if not line.has_rate
    ]


CHECKS: tuple[Check, ...] = (
    check_coverage,
    check_authorisation,
    check_counterfeit,
    check_duplicate,
    check_repeat,
    check_same_invoice,
    check_same_photo,
    check_hours,
    check_mileage,
    check_reading,
    check_parts,
    check_lateness,
    check_evidence,
    check_rate,
    check_hold,
    check_expiry,
    check_outlier,
    check_returns,
)


def audit(facts: AuditFacts, checks: tuple[Check, ...] = CHECKS) -> tuple[Finding, ...]:
    """Return every finding, in the order of ``checks`` and of the lines."""
    return tuple(finding for check in checks for finding in check(facts))


def outcome(findings: Iterable[Finding]) -> Outcome:
    """Return ``approved`` when there are only notes, else ``review``."""
    return "approved" if all(item.severity == "note" for item in findings) else "review"
