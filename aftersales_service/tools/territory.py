"""Territory of an address: the most specific area wins."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Address:
    """Where something is; what is unknown is None or empty.

    Ids are those of country, province (country state) and city; postcode as written.
    """

    country_id: int | None = None
    province_id: int | None = None
    city_id: int | None = None
    postcode: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Area:
    """One area a territory covers; what is None or empty is not asked.

    id: of the area row. depth: levels above the territory in its tree, 0 for a root.
    """

    id: int
    territory_id: int
    depth: int = 0
    country_id: int | None = None
    province_id: int | None = None
    city_id: int | None = None
    postcode_prefix: str | None = None


def clean_postcode(postcode: str | None) -> str:
    """Return the postcode without spaces and dashes, upper case."""
    return "".join(char for char in (postcode or "").upper() if char.isalnum())


def match(address: Address, areas: Iterable[Area]) -> Area | None:
    """Return the area the address lies in, None when it lies in none.

    Every part an area names must agree. Of several, the one with the longest postcode
    prefix wins, then one that names a city, a province, a country, then that of the
    deeper territory, then the lower id.
    """
    postcode = clean_postcode(address.postcode)
    fitting = (area for area in areas if _covers(area, address, postcode))
    return min(fitting, key=_order, default=None)


def match_all(
    addresses: Iterable[Address], areas: Iterable[Area]
) -> dict[Address, Area | None]:
    """Return the area of each different address; for bulk, areas are sorted once."""
    ordered = sorted(areas, key=_order)
    return {
        address: next((area for area in ordered if _covers(area, address, code)), None)
        for address in dict.fromkeys(addresses)
        for code in (clean_postcode(address.postcode),)
    }


def _covers(area: Area, address: Address, postcode: str) -> bool:
    """Tell whether every part the area names agrees; ``postcode`` is cleaned."""
    return (
        area.country_id in (None, address.country_id)
        and area.province_id in (None, address.province_id)
        and area.city_id in (None, address.city_id)
        and postcode.startswith(clean_postcode(area.postcode_prefix))
    )


def _order(area: Area) -> tuple[int, bool, bool, bool, int, int]:
    """Sort key: most specific first, the area's id last."""
    return (
        -len(clean_postcode(area.postcode_prefix)),
        area.city_id is None,
        area.province_id is None,
        area.country_id is None,
        -area.depth,
        area.id,
    )
