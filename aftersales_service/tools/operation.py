"""Standard hours: of several entries of one operation the most exact one counts.

An operation may stand in the list several times: for every machine, for a product
category, for one model. The same work takes longer on a bigger engine.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One entry. product_id, categ_id, company_id: None means every one."""

    id: int
    code: str
    product_id: int | None = None
    categ_id: int | None = None
    company_id: int | None = None


def most_exact(
    operations: Iterable[Operation],
    product_id: int | None,
    categ_path: Sequence[int] = (),
) -> dict[str, int]:
    """Return code → id of the entry that counts for a machine.

    The model goes before a category, a category before those it is in, an entry of
    the company before one that all share; then the older entry.

    categ_path: ids from the topmost category down to that of the model.
    """
    depth = {categ_id: number for number, categ_id in enumerate(categ_path, start=1)}
    best: dict[str, tuple[tuple[bool, int, bool, int], int]] = {}
    for one in operations:
        if one.product_id and one.product_id != product_id:
            continue
        if one.categ_id and one.categ_id not in depth:
            continue
        rank = (
            bool(one.product_id),
            depth.get(one.categ_id, 0),
            bool(one.company_id),
            -one.id,
        )
        if one.code not in best or rank > best[one.code][0]:
            best[one.code] = (rank, one.id)
    return {code: found for code, (_rank, found) in best.items()}
