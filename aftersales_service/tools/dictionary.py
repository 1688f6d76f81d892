"""The fault dictionary: component → symptom → cause → remedy, each narrowing the next.

A code may name the codes of the step before with which it is used; a group of them
stands for everything in it. A code that names none goes with every one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

CHAIN = ("component", "symptom", "cause", "remedy")
"""Kinds of codes in the order in which a report chooses them."""

DAYS_TO_CLASSIFY = 7
"""Days in which a report that chose "other" is given a code that says what it was."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Code:
    """One chosen code.

    path: ids of the code and of the groups it is in. fits: ids of codes of the kind
    before; empty means every one.
    """

    path: tuple[int, ...]
    fits: tuple[int, ...] = ()


def before(kind: str) -> str | None:
    """Return the kind that is chosen before ``kind``, None for the first."""
    position = CHAIN.index(kind)
    return CHAIN[position - 1] if position else None


def goes_with(code: Code, earlier: Code | None) -> bool:
    """Whether ``code`` may follow ``earlier``; where that is open, it may."""
    if not code.fits or earlier is None:
        return True
    return not set(code.fits).isdisjoint(earlier.path)


def misfits(codes: Mapping[str, Code | None]) -> list[str]:
    """Return the kinds whose code does not go with the one before, in order.

    codes: kind → chosen code; kinds that are open may be left out or None.
    """
    return [
        kind
        for earlier, kind in pairwise(CHAIN)
        if (code := codes.get(kind)) and not goes_with(code, codes.get(earlier))
    ]
