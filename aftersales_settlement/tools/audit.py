"""Automatic audit of a claim: what a person must look at before it is paid.

`audit` runs a tuple of checks that reads like the auditor's handbook; their numbers
are `Thresholds`. Another addon puts its own checks before or after `CHECKS`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from odoo.addons.aftersales_service.tools.geo import UNKNOWN, Distance
from odoo.addons.aftersales_service.tools.plain import decimal_text
from odoo.addons.aftersales_service.tools.verdict import Verdict

Severity = Literal["block", "review", "note"]
Outcome = Literal["approved", "review"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """The numbers of an audit policy.

    duplicate_days: a like job on the same unit this many days before is a duplicate.
    labor_tolerance_percent, mileage_tolerance_percent: allowed above the standard.
    road_factor: kilometres of road per kilometre as the crow flies. trips: ways per
    job (there and back). mileage_free_km: difference nobody asks about.
    report_hours: allowed between the end of the work and its report.
    """

    duplicate_days: int = 30
    labor_tolerance_percent: Decimal = Decimal(10)
    mileage_tolerance_percent: Decimal = Decimal(20)
    road_factor: Decimal = Decimal("1.3")
    trips: int = 2
    mileage_free_km: Decimal = Decimal(10)
    report_hours: Decimal = Decimal(48)


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditLine:
    """One claimed amount.

    kind: ``labor``, ``travel``, ``part``, ``installation``, ... quantity: hours,
    kilometres or pieces. standard_hours: of the operations done, None without a
    standard. is_authorised: a person agreed to pay this line beforehand.
    """

    id: int
    kind: str
    quantity: Decimal
    amount: Decimal
    standard_hours: Decimal | None = None
    has_rate: bool = True
    is_authorised: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierJob:
    """A job claimed before on some unit. id: of its claim."""

    id: int
    unit_id: int
    done_date: date
    component_id: int | None = None
    symptom_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditFacts:
    """One claim as it was handed in.

    needs_coverage: false where the type is paid without warranty (installation).
    covers_*: the warranty decision. serial_code: verdict on the unit's serial.
    distance: from the station to the place. visits: how often the station went.
    report_hours: between the end of the work and its report. evidence_required,
    evidence_given: codes such as ``photo``,
    ``reading``, ``signature``, ``fault_codes``.
    earlier: other jobs, in any order; those of other units do no harm.
    """

    claim_id: int
    done_date: date
    unit_id: int | None = None
    component_id: int | None = None
    symptom_id: int | None = None
    serial_code: str | None = None
    needs_coverage: bool = True
    covers_parts: bool = False
    covers_labor: bool = False
    covers_travel: bool = False
    distance: Distance = UNKNOWN
    visits: int = 1
    report_hours: Decimal | None = None
    evidence_required: frozenset[str] = frozenset()
    evidence_given: frozenset[str] = frozenset()
    lines: tuple[AuditLine, ...] = ()
    earlier: tuple[EarlierJob, ...] = ()
    thresholds: Thresholds = Thresholds()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding(Verdict):
    """One thing the audit saw.

    severity: ``block`` must not be paid as it stands, ``review`` a person looks,
    ``note`` is only told. line_id: the line concerned, None for the whole claim.
    """

    severity: Severity
    line_id: int | None = None


Check = Callable[[AuditFacts], Iterable[Finding]]

_COVERED_BY = {
    "part": "covers_parts",
    "labor": "covers_labor",
    "travel": "covers_travel",
}


def _block(code: str, line: AuditLine | None = None, **params: object) -> Finding:
    """Return a blocking finding."""
    return Finding(
        code=code,
        severity="block",
        blocks=True,
        line_id=line.id if line else None,
        params=params,
    )


def _review(code: str, line: AuditLine | None = None, **params: object) -> Finding:
    """Return a finding for a person to look at."""
    return Finding(
        code=code, severity="review", line_id=line.id if line else None, params=params
    )


def check_coverage(facts: AuditFacts) -> list[Finding]:
    """What the warranty decision does not cover is not paid, unless authorised."""
    if not facts.needs_coverage:
        return []
    return [
        _block("not_covered", line, kind=line.kind)
        for line in facts.lines
        if line.amount
        and not line.is_authorised
        and line.kind in _COVERED_BY
        and not getattr(facts, _COVERED_BY[line.kind])
    ]


def check_counterfeit(facts: AuditFacts) -> list[Finding]:
    """Nobody is paid for a machine that is not ours; doubts go to a person."""
    if facts.serial_code in ("unknown", "void"):
        return [_block("counterfeit", serial_code=facts.serial_code)]
    if facts.serial_code in ("ambiguous", "mismatch"):
        return [_review("serial_doubtful", serial_code=facts.serial_code)]
    return []


def check_duplicate(facts: AuditFacts) -> list[Finding]:
    """The same component or symptom on the same unit within the days: one finding.

    Names the nearest such job, then the lowest claim id.
    """
    alike: list[tuple[int, int, str]] = []
    for job in facts.earlier:
        days = abs((facts.done_date - job.done_date).days)
        same = _same_fault(facts, job)
        if same and days <= facts.thresholds.duplicate_days:
            alike.append((days, job.id, same))
    if not alike:
        return []
    days, claim_id, same = min(alike)
    return [
        _review("duplicate", claim_id=claim_id, days=days, same=same, count=len(alike))
    ]


def _same_fault(facts: AuditFacts, job: EarlierJob) -> str | None:
    """Return what a job of another claim on this unit shares, None for nothing."""
    if job.id == facts.claim_id or not job.unit_id or job.unit_id != facts.unit_id:
        return None
    if job.component_id and job.component_id == facts.component_id:
        return "component"
    if job.symptom_id and job.symptom_id == facts.symptom_id:
        return "symptom"
    return None


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
                _review(
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
        _review(
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
        _review(
            "report_late",
            hours=decimal_text(facts.report_hours),
            allowed_hours=decimal_text(limit),
        )
    ]


def check_evidence(facts: AuditFacts) -> list[Finding]:
    """Everything the request type asks for must be there; one finding names all."""
    missing = sorted(facts.evidence_required - facts.evidence_given)
    return [_review("evidence_missing", missing=missing)] if missing else []


def check_rate(facts: AuditFacts) -> list[Finding]:
    """A line no rate fits is worth 0 until a person prices it."""
    return [
        _review("rate_missing", line, kind=line.kind)
        for line in facts.lines
        if not line.has_rate
    ]


CHECKS: tuple[Check, ...] = (
    check_coverage,
    check_counterfeit,
    check_duplicate,
    check_hours,
    check_mileage,
    check_lateness,
    check_evidence,
    check_rate,
)


def audit(facts: AuditFacts, checks: tuple[Check, ...] = CHECKS) -> tuple[Finding, ...]:
    """Return every finding, in the order of ``checks`` and of the lines."""
    return tuple(finding for check in checks for finding in check(facts))


def outcome(findings: Iterable[Finding]) -> Outcome:
    """Return ``approved`` when there are only notes, else ``review``."""
    return "approved" if all(item.severity == "note" for item in findings) else "review"
