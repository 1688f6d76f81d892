"""A station's report: what is missing or cannot be right, all of it at once.

Facts are what was typed; the findings name the field, so that a page can put each
sentence where it belongs. Which evidence a job needs is data of its request type.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from . import dictionary
from .reading import NEWEST, Reading, in_order
from .verdict import Verdict

MAX_TRAVEL_KM = 3000.0
"""Longest drive of one visit, there and back."""

MAX_LABOR_HOURS = 240.0
"""Most hours of one job: ten days of three people."""

MAX_READING = 10_000_000.0
MAX_QUANTITY = 1000.0
MAX_AMOUNT = 10_000_000.0

CODES = ("component_id", "symptom_id", "cause_id", "remedy_id")
"""Fields of the four coded choices, in the order of the form."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartFacts:
    """One part fitted.

    key: names the line for whoever shows the finding. tracking: ``none``, ``lot`` or
    ``serial``. has_serial: whether the new part's number was typed.
    """

    key: str
    quantity: float
    tracking: str = "none"
    has_serial: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportFacts:
    """What the report says and what its request type asks for.

    reading: hours or kilometres, 0 when none was typed; reading_id: of the row that
    an earlier report of this job left, None when there is none. readings: all others
    of the unit's meter. component_id ... remedy_id: None where nothing was chosen.
    codes: kind → what the dictionary says about the code that was chosen.
    photos_wanted: keys of what photos must show; photos_there: what they show.
    done_on: day of the work; today: the day at the place of the work. trips: key →
    kilometres of visits that are told one by one; travel_km is their sum then.
    """

    today: date
    done_on: date | None = None
    requires_reading: bool = False
    requires_codes: bool = False
    requires_photo: bool = False
    requires_signature: bool = False
    reading: float = 0.0
    reading_reason: Literal["exchanged", "wrong"] | None = None
    reading_id: int | None = None
    readings: tuple[Reading, ...] = ()
    component_id: int | None = None
    symptom_id: int | None = None
    cause_id: int | None = None
    remedy_id: int | None = None
    codes: Mapping[str, dictionary.Code] = field(default_factory=dict)
    photo_count: int = 0
    photos_wanted: tuple[int, ...] = ()
    photos_there: frozenset[int] = frozenset()
    is_signed: bool = False
    travel_km: float = 0.0
    trips: Mapping[str, float] = field(default_factory=dict)
    labor_hours: float = 0.0
    parts: tuple[PartFacts, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding(Verdict):
    """One thing to mend; always blocks.

    field: the report's field. key: the line within it, None for the field itself.
    Codes: ``missing``; ``negative``; ``too_high`` (``limit``); ``falls``
    (``before``); ``above_later`` (``later``); ``future``; ``serial_missing``;
    ``serial_quantity``; ``unfit``; ``photo_missing`` (its key).
    """

    field: str
    key: str | None = None
    blocks: bool = True


def check(facts: ReportFacts) -> tuple[Finding, ...]:
    """Return everything to mend, in the order of the form; empty when complete."""
    return (
        *_check_day(facts),
        *_check_codes(facts),
        *(
            Finding(field=f"{kind}_id", code="unfit")
            for kind in dictionary.misfits(facts.codes)
        ),
        *_check_reading(facts),
        *_check_travel(facts),
        *_check_range("labor_hours", facts.labor_hours, MAX_LABOR_HOURS),
        *(found for part in facts.parts for found in _check_part(part)),
        *_check_proof(facts),
    )


def _check_day(facts: ReportFacts) -> list[Finding]:
    if facts.done_on and facts.done_on > facts.today:
        return [Finding(field="started_on", code="future")]
    return []


def _check_codes(facts: ReportFacts) -> list[Finding]:
    if not facts.requires_codes:
        return []
    return [
        Finding(field=name, code="missing")
        for name in CODES
        if not getattr(facts, name)
    ]


def _check_reading(facts: ReportFacts) -> list[Finding]:
    """Lower than before only with a reason, never above what a later day showed."""
    if wrong := _check_range("reading_value", facts.reading, MAX_READING):
        return wrong
    if not facts.reading:
        missing = Finding(field="reading_value", code="missing")
        return [missing] if facts.requires_reading else []
    own = Reading(
        id=facts.reading_id or NEWEST,
        read_on=facts.done_on or facts.today,
        value=facts.reading,
        reason=facts.reading_reason,
    )
    for earlier, later in pairwise(in_order((*facts.readings, own))):
        if later.value >= earlier.value or later.reason:
            continue
        if later is own:
            params = {"before": earlier.value}
            return [Finding(field="reading_reason", code="falls", params=params)]
        if earlier is own:
            params = {"later": later.value}
            return [Finding(field="reading_value", code="above_later", params=params)]
    return []


def _check_travel(facts: ReportFacts) -> list[Finding]:
    """Each trip has its limit; their sum has none."""
    if not facts.trips:
        return _check_range("travel_km", facts.travel_km, MAX_TRAVEL_KM)
    return [
        found
        for key, travel_km in facts.trips.items()
        for found in _check_range("visit_ids", travel_km, MAX_TRAVEL_KM, key)
    ]


def _check_range(
    field: str, value: float, limit: float, key: str | None = None
) -> list[Finding]:
    if value < 0:
        return [Finding(field=field, key=key, code="negative")]
    if value > limit:
        return [Finding(field=field, key=key, code="too_high", params={"limit": limit})]
    return []


def _check_part(part: PartFacts) -> list[Finding]:
    """A tracked part names its number; a serial number is one piece."""
    name = "part_line_ids"
    if wrong := _check_range(name, part.quantity, MAX_QUANTITY, part.key):
        return wrong
    if part.tracking == "none":
        return []
    if not part.has_serial:
        return [Finding(field=name, key=part.key, code="serial_missing")]
    if part.tracking == "serial" and part.quantity != 1:
        return [Finding(field=name, key=part.key, code="serial_quantity")]
    return []


def _check_proof(facts: ReportFacts) -> list[Finding]:
    found = [
        Finding(field="photo_ids", key=str(wanted), code="photo_missing")
        for wanted in facts.photos_wanted
        if wanted not in facts.photos_there
    ]
    if facts.requires_photo and not facts.photo_count:
        found.append(Finding(field="photo_ids", code="missing"))
    if facts.requires_signature and not facts.is_signed:
        found.append(Finding(field="signed_by", code="missing"))
    return found
