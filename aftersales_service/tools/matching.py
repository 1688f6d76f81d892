"""How the rows of our rule tables match: empty means any."""

from collections.abc import Collection, Hashable, Iterable
from datetime import date


def admits(allowed: Collection[Hashable], given: Iterable[Hashable | None]) -> bool:
    """Tell whether a row that names ``allowed`` takes a case described by ``given``.

    allowed: ids or codes the row names; empty takes every case.
    given: the case's own id and those of its ancestors (leaf to root), or one value.
    None never matches: what is unknown fits only a row that does not ask.
    """
    if not allowed:
        return True
    return any(value in allowed for value in given)


def path_ids(parent_path: str | None) -> tuple[int, ...]:
    """Return the ids of a stored ``parent_path`` from the leaf to the root.

    >>> path_ids("1/7/31/")
    (31, 7, 1)
    """
    return tuple(int(part) for part in reversed((parent_path or "").split("/")[:-1]))


def in_force(day: date, valid_from: date | None, valid_to: date | None) -> bool:
    """Tell whether ``day`` lies in the row's validity, both ends included."""
    if valid_from and day < valid_from:
        return False
    return not (valid_to and day > valid_to)
