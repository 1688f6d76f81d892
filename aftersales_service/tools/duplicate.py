"""Whether two requests are about the same thing."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class RequestFacts:
    """What a request is about; None or empty where nothing was told.

    serial: key of the serial. caller_id: the caller's commercial partner. phone: its
    digits.
    """

    unit_id: int | None = None
    serial: str = ""
    caller_id: int | None = None
    phone: str = ""
    symptom_id: int | None = None
    received_at: datetime | None = None


def is_same(one: RequestFacts, other: RequestFacts, within: timedelta) -> bool:
    """Return whether two requests may be one.

    The same machine is enough; the same caller must tell of the same symptom. Requests
    received further apart than ``within`` are never the same.
    """
    if one.received_at and other.received_at:
        if abs(one.received_at - other.received_at) > within:
            return False
    if one.unit_id and other.unit_id:
        return one.unit_id == other.unit_id
    if one.serial and other.serial:
        return one.serial == other.serial
    is_caller = (one.caller_id and one.caller_id == other.caller_id) or (
        one.phone and one.phone == other.phone
    )
    return bool(is_caller and one.symptom_id and one.symptom_id == other.symptom_id)
