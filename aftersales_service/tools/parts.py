"""Which stock of a station a fitted part is taken from, and how a scan is added.

A station may hold the maker's parts on consignment beside its own. Consignment goes
first, where it covers a line as a whole: those parts lie there to be used, and the
maker does not pay for a part of the station while one of his own is at hand. A line is
never split; whatever consignment does not cover comes from the station's own stock,
which may fall below zero.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import serial as serial_rule


@dataclass(frozen=True, kw_only=True)
class Want:
    """A line of a report. lot_id: the serial fitted, None when it is not tracked.

    stock: key of the consignment stock that may serve the line, None for none.
    """

    key: int
    stock: int | None
    product_id: int
    lot_id: int | None = None
    quantity: float


def from_consignment(
    wants: Iterable[Want], free: Mapping[tuple[int, int, int | None], float]
) -> set[int]:
    """Return the keys of the wants that consignment stock covers as a whole.

    Wants are served in their order. free: (stock, product, lot) → quantity that is not
    reserved.
    """
    left = dict(free)
    taken = set()
    for want in wants:
        if want.stock is None:
            continue
        place = (want.stock, want.product_id, want.lot_id)
        if left.get(place, 0.0) >= want.quantity:
            left[place] -= want.quantity
            taken.add(want.key)
    return taken


@dataclass(frozen=True, kw_only=True)
class Lender:
    """A neighbour with a part on hand. km: None when not known."""

    station_id: int
    product_id: int
    quantity: float
    km: float | None = None


def find_lenders(
    wanted: Iterable[int],
    on_hand: Mapping[int, Mapping[int, float]],
    distances: Mapping[int, float | None],
    reach_km: float,
) -> list[Lender]:
    """Return who could lend each wanted part, nearest first, part by part.

    on_hand: station → part → free quantity, without the station in need. Beyond
    ``reach_km`` nobody is asked; an unknown distance comes last.
    """
    lenders = []
    for product_id in wanted:
        found = [
            Lender(
                station_id=station_id,
                product_id=product_id,
                quantity=stock.get(product_id, 0.0),
                km=distances.get(station_id),
            )
            for station_id, stock in on_hand.items()
            if stock.get(product_id, 0.0) >= 1
        ]
        near = [one for one in found if one.km is None or one.km <= reach_km]
        lenders += sorted(
            near,
            key=lambda one: (one.km is None, one.km or 0.0, one.station_id),
        )
    return lenders


@dataclass(frozen=True, kw_only=True)
class Row:
    """A part line as it will be when what was typed is saved. serial: as typed."""

    key: int | str
    product_id: int
    quantity: float = 1.0
    serial: str = ""


def find_counted(rows: Iterable[Row], product_id: int) -> Row | None:
    """Return the row that a scanned part without numbers is added to, if any."""
    return next((row for row in rows if row.product_id == product_id), None)


def is_listed(rows: Iterable[Row], product_id: int, serial: str) -> bool:
    """Return whether a row names this piece, however its number was typed."""
    key = serial_rule.normalise(serial)
    return any(
        row.product_id == product_id and serial_rule.normalise(row.serial) == key
        for row in rows
    )
