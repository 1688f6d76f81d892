"""A customer says: this machine is mine. What follows, and what cannot be.

Facts are what was typed and what the register knows; the findings name the field, so
that the page can put each sentence where it belongs.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from .report import Finding
from .serial import SerialCode

#: Whose the machine is, as the register knows it.
Owner = Literal["nobody", "self", "other"]
MAX_OPEN = 5
"""Most registrations of one customer that wait for the office."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistrationFacts:
    """One registration.

    serial_code: verdict of the register. is_component: it is built into a machine.
    is_known: its file tells of somebody, though of no owner. was_refused: the office
    has turned this customer down for this machine. open_count: registrations of the
    same customer that wait for the office.
    """

    today: date
    serial_code: SerialCode = "unknown"
    owner: Owner = "nobody"
    is_component: bool = False
    is_known: bool = False
    was_refused: bool = False
    bought_on: date | None = None
    produced_on: date | None = None
    has_photo: bool = False
    open_count: int = 0


def check(facts: RegistrationFacts) -> list[Finding]:
    """Return all that is missing or cannot be right, in the order of the form.

    A void serial answers as an unknown one: a thief does not learn what we know.
    """
    findings = []
    if facts.serial_code == "ambiguous":
        findings.append(Finding(field="serial", code="ambiguous"))
    elif facts.serial_code not in ("genuine", "mismatch") or facts.is_component:
        findings.append(Finding(field="serial", code="unknown"))
    elif facts.owner == "self":
        findings.append(Finding(field="serial", code="own"))
    if facts.bought_on is None:
        findings.append(Finding(field="bought_on", code="missing"))
    elif facts.bought_on > facts.today:
        findings.append(Finding(field="bought_on", code="future"))
    elif facts.produced_on and facts.bought_on < facts.produced_on:
        # Only the owner-to-be of a machine we know is told this.
        findings.append(Finding(field="bought_on", code="before_production"))
    if not facts.has_photo:
        findings.append(Finding(field="photo", code="missing"))
    if facts.open_count >= MAX_OPEN:
        findings.append(Finding(field="form", code="too_many"))
    return findings


def decide(facts: RegistrationFacts) -> str:
    """Return "own" when the customer becomes the owner now, else "asked".

    Who reads a serial and has any picture is not the owner yet of a machine in whose
    file stands where it is, who sells it or who called for it: he would read that.
    Called with facts that `check` found nothing against.
    """
    is_free = facts.owner == "nobody" and not facts.is_known and not facts.was_refused
    return "own" if is_free else "asked"
