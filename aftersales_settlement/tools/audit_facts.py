"""What the audit of a claim is told, and what it answers: plain, frozen values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from odoo.addons.aftersales_service.tools.geo import UNKNOWN, Distance
from odoo.addons.aftersales_service.tools.verdict import Verdict

Severity = Literal["block", "review", "note"]
Outcome = Literal["approved", "review"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Thresholds:
    """The numbers of an audit policy.

    duplicate_days: a like job on the same unit this many days before is a duplicate.
    repeat_days: a component the same station repaired before holds so many days.
    labor_tolerance_percent, mileage_tolerance_percent: allowed above the standard.
    road_factor: kilometres of road per kilometre as the crow flies. trips: ways per
    job (there and back). mileage_free_km: difference nobody asks about.
    report_hours: allowed between the end of the work and its report.
    hours_per_day, km_per_day: most that a meter can rise in a day.
    expiry_days: a job so many days before the end of its warranty is told.
    outlier_deviation: standard deviations above the mean of like claims, where there
    are at least outlier_samples of them. overdue_returns: so many failed parts a
    station still has to send are told.
    """

    duplicate_days: int = 30
    repeat_days: int = 90
    labor_tolerance_percent: Decimal = Decimal(10)
    mileage_tolerance_percent: Decimal = Decimal(20)
    road_factor: Decimal = Decimal("1.3")
    trips: int = 2
    mileage_free_km: Decimal = Decimal(10)
    report_hours: Decimal = Decimal(48)
    hours_per_day: Decimal = Decimal(24)
    km_per_day: Decimal = Decimal(1500)
    expiry_days: int = 14
    outlier_deviation: Decimal = Decimal(3)
    outlier_samples: int = 30
    overdue_returns: int = 5


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditLine:
    """One claimed amount.

    kind: ``labor``, ``travel``, ``part``, ``installation``, ... quantity: hours,
    kilometres or pieces. standard_hours: of the operations done, None without a
    standard. is_authorised: a person agreed to pay this line beforehand.
    component_ids: components whose usual parts this part is one of.
    """

    id: int
    kind: str
    quantity: Decimal
    amount: Decimal
    standard_hours: Decimal | None = None
    has_rate: bool = True
    is_authorised: bool = False
    component_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class EarlierJob:
    """A job claimed before on some unit. id: of its claim. station_id: who did it."""

    id: int
    unit_id: int
    done_date: date
    component_id: int | None = None
    symptom_id: int | None = None
    station_id: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Twin:
    """Another job that came with the same photo, or the same invoice number.

    order_id: the first such job. claim_id: its claim, None where it has none.
    count: how many jobs there are.
    """

    order_id: int
    claim_id: int | None = None
    count: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class MeterRise:
    """What the report read, and what was read before on the same meter.

    meter: ``hours`` or ``km``. reason: why it may be lower, None without one.
    """

    value: Decimal
    read_on: date
    before: Decimal
    before_on: date
    meter: str = "hours"
    reason: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """Why approval is suspended: the first reason's id, how many there are.

    until: last day as ISO text, ``infinity`` without an end.
    """

    id: int
    count: int = 1
    until: str = "infinity"


@dataclass(frozen=True, kw_only=True, slots=True)
class Peers:
    """Claims like this one: how many, their mean and standard deviation."""

    count: int
    mean: Decimal
    deviation: Decimal


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
    same_photo, same_invoice: other jobs that came with the same.
    component_family: the component with its groups and parts; is_component_listed:
    the dictionary names usual parts for one of them.
    coverage_end: last day of the warranty that pays. peers: claims of the same grade,
    type and product category, None without any. returns_overdue: failed parts of this
    job that are still not sent; station_returns_overdue: those of all its jobs.
    authorisation_limit: above it the repair needed consent, 0 for never;
    authorised_amount: what was granted, 0 for nothing.
    hold: no claim of this kind is approved by itself for a time, None otherwise.
    station_decided, station_changed, station_score: claims of the station that persons
    decided of late, and changed; its last score. No check reads them, the draw does.
    more: what other addons' checks read, by name.
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
    station_id: int | None = None
    amount: Decimal = Decimal(0)
    same_photo: Twin | None = None
    same_invoice: Twin | None = None
    component_family: frozenset[int] = frozenset()
    is_component_listed: bool = False
    meter_rise: MeterRise | None = None
    coverage_end: date | None = None
    peers: Peers | None = None
    returns_overdue: int = 0
    station_returns_overdue: int = 0
    authorisation_limit: Decimal = Decimal(0)
    authorised_amount: Decimal = Decimal(0)
    hold: Hold | None = None
    station_decided: int = 0
    station_changed: int = 0
    station_score: Decimal | None = None
    more: Mapping[str, Any] = field(default_factory=dict, hash=False)
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


def block(code: str, line: AuditLine | None = None, **params: object) -> Finding:
    """Return a blocking finding."""
    return Finding(
        code=code,
        severity="block",
        blocks=True,
        line_id=line.id if line else None,
        params=params,
    )


def review(code: str, line: AuditLine | None = None, **params: object) -> Finding:
    """Return a finding for a person to look at."""
    return Finding(
        code=code, severity="review", line_id=line.id if line else None, params=params
    )


def note(code: str, line: AuditLine | None = None, **params: object) -> Finding:
    """Return a finding that is only told."""
    return Finding(
        code=code, severity="note", line_id=line.id if line else None, params=params
    )
