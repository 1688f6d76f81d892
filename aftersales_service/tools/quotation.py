"""What a quotation's own fields say about prices.

A kind of interaction says which of its fields plays which part; whether that can be
and what a margin is called follow from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

PLACE = ("char", "selection")
AMOUNT = ("integer", "float", "monetary")
#: part → types a field may have that plays it
PARTS = {
    "origin": PLACE,
    "destination": PLACE,
    "container": PLACE,
    "base": AMOUNT,
    "quoted": AMOUNT,
    "won": ("boolean",),
}
#: (name of the band, it ends below this margin in percent); the last has no end
BANDS = (
    ("below", Decimal(0)),
    ("to_5", Decimal(5)),
    ("to_10", Decimal(10)),
    ("to_20", Decimal(20)),
    ("above", None),
)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why a kind cannot tell prices: ``code`` is missing, type, twice or quoted."""

    code: str
    part: str = ""


def find_problem(
    definition: Sequence[Mapping[str, object]], parts: Mapping[str, str]
) -> Problem | None:
    """The first reason why these fields cannot play these parts, if there is one.

    :param definition: the kind's own fields: name and type of each
    :param parts: part → name of the field that plays it, empty where none does
    """
    types = {item["name"]: item["type"] for item in definition}
    taken: set[str] = set()
    for part, allowed in PARTS.items():
        name = parts.get(part)
        if not name:
            continue
        if name not in types:
            return Problem(code="missing", part=part)
        if types[name] not in allowed:
            return Problem(code="type", part=part)
        if name in taken:
            return Problem(code="twice", part=part)
        taken.add(name)
    if taken and not parts.get("quoted"):
        return Problem(code="quoted", part="quoted")
    return None


def margin(base: Decimal | None, quoted: Decimal) -> Decimal | None:
    """What was asked beyond the base rate, in percent of it; None without one."""
    return 100 * (quoted - base) / base if base else None


def margin_band(percent: Decimal | None) -> str | None:
    """The band a margin in percent lies in; a band begins where the one below ends."""
    if percent is None:
        return None
    return next(name for name, end in BANDS if end is None or percent < end)
