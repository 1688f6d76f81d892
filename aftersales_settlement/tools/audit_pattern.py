"""Checks that hold a claim against other jobs: of its machine, station and peers."""

from decimal import Decimal

from odoo.addons.aftersales_service.tools.plain import decimal_text

from .audit_facts import AuditFacts, EarlierJob, Finding, Twin, note, review

_CENT = Decimal("0.01")


def check_duplicate(facts: AuditFacts) -> list[Finding]:
    """The same component or symptom on the same unit within the days: one finding.

    Names the nearest such job, then the lowest claim id. What the same station
    repaired on another day is told by `check_repeat`.
    """
    alike: list[tuple[int, int, str]] = []
    for job in facts.earlier:
        days = abs((facts.done_date - job.done_date).days)
        if days > facts.thresholds.duplicate_days or _is_repeat(facts, job):
            continue
        if same := _same_fault(facts, job):
            alike.append((days, job.id, same))
    if not alike:
        return []
    days, claim_id, same = min(alike)
    return [
        review("duplicate", claim_id=claim_id, days=days, same=same, count=len(alike))
    ]


def _is_other_job(facts: AuditFacts, job: EarlierJob) -> bool:
    """Tell whether this is another claim on the same, known unit."""
    return (
        job.id != facts.claim_id
        and bool(job.unit_id)
        and (job.unit_id == facts.unit_id)
    )


def _same_fault(facts: AuditFacts, job: EarlierJob) -> str | None:
    """Return what a job of another claim on this unit shares, None for nothing."""
    if not _is_other_job(facts, job):
        return None
    if job.component_id and job.component_id == facts.component_id:
        return "component"
    if job.symptom_id and job.symptom_id == facts.symptom_id:
        return "symptom"
    return None


def _is_repeat(facts: AuditFacts, job: EarlierJob) -> bool:
    """Tell whether one of the two jobs repairs once more what the other repaired."""
    return (
        job.done_date != facts.done_date
        and bool(job.station_id)
        and job.station_id == facts.station_id
        and _same_fault(facts, job) == "component"
    )


def check_repeat(facts: AuditFacts) -> list[Finding]:
    """The station repaired this component of this unit before: it did not hold.

    Names the last such job, of one day the lowest claim id.
    """
    before: list[tuple[int, int]] = []
    for job in facts.earlier:
        days = (facts.done_date - job.done_date).days
        if 0 < days <= facts.thresholds.repeat_days and _is_repeat(facts, job):
            before.append((days, job.id))
    if not before:
        return []
    days, claim_id = min(before)
    return [review("repeat", claim_id=claim_id, days=days, count=len(before))]


def _tell_twin(code: str, twin: Twin | None) -> list[Finding]:
    """Return the finding about another job that came with the same, if there is one."""
    if not twin:
        return []
    return [
        review(code, order_id=twin.order_id, claim_id=twin.claim_id, count=twin.count)
    ]


def check_same_photo(facts: AuditFacts) -> list[Finding]:
    """A photo, byte by byte the same, came with another job too."""
    return _tell_twin("same_photo", facts.same_photo)


def check_same_invoice(facts: AuditFacts) -> list[Finding]:
    """The number of the station's invoice came with another job too."""
    return _tell_twin("same_invoice", facts.same_invoice)


def check_reading(facts: AuditFacts) -> list[Finding]:
    """A meter never falls without a reason, nor rises faster than a day has hours.

    Two readings of one day count as a day apart; a corrected reading is not compared.
    """
    rise = facts.meter_rise
    if not rise or rise.reason:
        return []
    if rise.value < rise.before:
        code, most = "reading_fell", rise.before
    else:
        limits = facts.thresholds
        a_day = limits.km_per_day if rise.meter == "km" else limits.hours_per_day
        most = rise.before + a_day * max((rise.read_on - rise.before_on).days, 1)
        if rise.value <= most:
            return []
        code = "reading_jumped"
    return [
        review(
            code,
            value=decimal_text(rise.value),
            before=decimal_text(rise.before),
            before_on=rise.before_on.isoformat(),
            most=decimal_text(most),
            meter=rise.meter,
        )
    ]


def check_parts(facts: AuditFacts) -> list[Finding]:
    """A part that the dictionary knows, but for other components than the one named.

    Where the dictionary says nothing about the component or the part, nobody is
    blamed.
    """
    if not facts.is_component_listed:
        return []
    return [
        review(
            "part_foreign",
            line,
            component_id=facts.component_id,
            component_ids=sorted(line.component_ids),
        )
        for line in facts.lines
        if line.component_ids and line.component_ids.isdisjoint(facts.component_family)
    ]


def check_expiry(facts: AuditFacts) -> list[Finding]:
    """A job in the last days of its warranty is told: it raises the risk."""
    if not facts.coverage_end:
        return []
    days = (facts.coverage_end - facts.done_date).days
    if not 0 <= days < facts.thresholds.expiry_days:
        return []
    return [
        note("before_expiry", days=days, coverage_end=facts.coverage_end.isoformat())
    ]


def check_outlier(facts: AuditFacts) -> list[Finding]:
    """An amount far above those of like claims, where there are enough of them."""
    peers, limits = facts.peers, facts.thresholds
    if not peers or peers.count < limits.outlier_samples or peers.deviation <= 0:
        return []
    most = peers.mean + limits.outlier_deviation * peers.deviation
    if facts.amount <= most:
        return []
    return [
        review(
            "outlier",
            amount=decimal_text(facts.amount),
            mean=decimal_text(peers.mean),
            most=decimal_text(most.quantize(_CENT)),
            count=peers.count,
        )
    ]


def check_returns(facts: AuditFacts) -> list[Finding]:
    """Failed parts that should be on their way: of this job, or many of the station."""
    if facts.returns_overdue:
        return [review("return_overdue", count=facts.returns_overdue)]
    limit = facts.thresholds.overdue_returns
    if limit and facts.station_returns_overdue >= limit:
        return [note("returns_overdue", count=facts.station_returns_overdue)]
    return []


def check_hold(facts: AuditFacts) -> list[Finding]:
    """Where a signal about quality suspends approval, a person looks at every claim."""
    hold = facts.hold
    if not hold:
        return []
    return [review("quality_hold", hold_id=hold.id, count=hold.count, until=hold.until)]
