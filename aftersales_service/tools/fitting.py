"""Whether a part that a report names may be built into the machine by it.

A station types any number. Only a spare part of its own follows from the report; a
number that names something else stays where it is, and a person looks.
"""

from dataclasses import dataclass
from typing import Literal

Obstacle = Literal["batch", "company", "border", "owner", "built_in", "machine", "void"]


@dataclass(frozen=True, kw_only=True, slots=True)
class PartFacts:
    """What the register knows of the number.

    tracking: of its model. is_local: it belongs where the job or the machine is, or
    nowhere yet.
    has_other_owner: somebody owns it, not the machine's owner. is_built_in: into
    another machine. is_machine: it has components, requests, a dealer or an
    installation of its own. is_void: scrapped or stolen.
    """

    tracking: str = "serial"
    is_same_company: bool = True
    is_local: bool = True
    has_other_owner: bool = False
    is_built_in: bool = False
    is_machine: bool = False
    is_void: bool = False


def find_obstacle(facts: PartFacts) -> Obstacle | None:
    """Return what stands against building it in, None when nothing does."""
    obstacles: tuple[tuple[bool, Obstacle], ...] = (
        # One number of many pieces: it is used up and is in no machine.
        (facts.tracking != "serial", "batch"),
        (not facts.is_same_company, "company"),
        (not facts.is_local, "border"),
        (facts.has_other_owner, "owner"),
        (facts.is_built_in, "built_in"),
        (facts.is_machine, "machine"),
        (facts.is_void, "void"),
    )
    return next((name for stands, name in obstacles if stands), None)
