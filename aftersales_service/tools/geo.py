"""Distances on the map, and how far they can be trusted."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt
from typing import Literal

Precision = Literal["exact", "city", "none"]

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the earth (IUGG)."""

_WORST_FIRST: tuple[Precision, ...] = ("none", "city", "exact")


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """A place in degrees. precision: ``city`` is the centre of its city."""

    latitude: float = 0.0
    longitude: float = 0.0
    precision: Precision = "none"


@dataclass(frozen=True, kw_only=True, slots=True)
class Distance:
    """As the crow flies, in km to 0.1; None with precision ``none``."""

    km: float | None = None
    precision: Precision = "none"


UNKNOWN = Distance()


def locate(
    exact: tuple[float, float] | None, city: tuple[float, float] | None = None
) -> Point:
    """Return the best point for (latitude, longitude) of the place and of its city.

    (0, 0) is how Odoo stores "not located" and counts as unknown, and so does what
    lies outside the globe.
    """
    places: tuple[tuple[tuple[float, float] | None, Precision], ...] = (
        (exact, "exact"),
        (city, "city"),
    )
    for place, precision in places:
        if place and _is_on_globe(*place):
            latitude, longitude = place
            return Point(latitude=latitude, longitude=longitude, precision=precision)
    return Point()


def _is_on_globe(latitude: float, longitude: float) -> bool:
    """Tell whether these are coordinates that somebody entered."""
    return bool(latitude or longitude) and abs(latitude) <= 90 and abs(longitude) <= 180


def distance_km(
    latitude_1: float, longitude_1: float, latitude_2: float, longitude_2: float
) -> float:
    """Return the great-circle distance in km of two places in degrees (haversine).

    At most 0.5 % off the ellipsoid.
    """
    phi_1, phi_2 = radians(latitude_1), radians(latitude_2)
    half_phi = (phi_2 - phi_1) / 2
    half_lambda = radians(longitude_2 - longitude_1) / 2
    chord = sin(half_phi) ** 2 + cos(phi_1) * cos(phi_2) * sin(half_lambda) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def between(one: Point, other: Point) -> Distance:
    """Return the distance of two points with the worse of their precisions."""
    precision = min(one.precision, other.precision, key=_WORST_FIRST.index)
    if precision == "none":
        return UNKNOWN
    km = distance_km(one.latitude, one.longitude, other.latitude, other.longitude)
    return Distance(km=round(km, 1), precision=precision)
