"""Whom a bulletin is for, and its life from plan to archive."""

from collections.abc import Iterable
from dataclasses import dataclass

TRANSITIONS = {
    "draft": ("planned",),
    "planned": ("draft", "published"),
    "published": ("archived",),
    "archived": (),
}
"""State → what may follow it; what was published is archived, never taken back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Audience:
    """Whom a bulletin is for; an empty set, and no grade, mean any.

    roles: of partners, e.g. station and dealer.
    territory_ids: each stands for everything below it.
    grade: of stations; dealers have none and are not asked for it.
    class_ids: customer classes of dealers; stations are not asked for one.
    """

    roles: frozenset[str]
    territory_ids: frozenset[int] = frozenset()
    grade: str | None = None
    class_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Receiver:
    """A partner that may be addressed; the path runs from his territory to the root."""

    id: int
    role: str
    territory_path: tuple[int, ...] = ()
    grade: str | None = None
    class_id: int | None = None


def is_addressed(audience: Audience, receiver: Receiver) -> bool:
    """Tell whether a bulletin is for a partner."""
    if receiver.role not in audience.roles:
        return False
    if receiver.role == "station" and audience.grade not in (None, receiver.grade):
        return False
    classes = audience.class_ids
    if receiver.role == "dealer" and classes and receiver.class_id not in classes:
        return False
    territories = audience.territory_ids
    return not territories or not territories.isdisjoint(receiver.territory_path)


def select(audience: Audience, receivers: Iterable[Receiver]) -> list[int]:
    """Return the ids of those a bulletin is for, in the order given."""
    return [one.id for one in receivers if is_addressed(audience, one)]
