"""Counterfeit radar: which questions about serials cannot all be about one machine."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from . import geo

NOWHERE = geo.Point()


@dataclass(frozen=True, kw_only=True, slots=True)
class RadarPolicy:
    """From when on a sign counts.

    max_kmh: no machine travels faster, door to door.
    min_km: nearer places are one place; at least what a city's centre is wrong by.
    cluster_size: so many different unknown serials in one territory are a cluster.
    grace_days: a sale may be registered this many days late.
    """

    max_kmh: float = 100.0
    min_km: float = 100.0
    cluster_size: int = 5
    grace_days: int = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One question about a serial. day: in the company's time zone."""

    check_id: int
    key: str
    at: datetime
    day: date | None = None
    territory_id: int | None = None
    point: geo.Point = NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class Jump:
    """Two questions about one serial that no machine can both have been at."""

    first: Sighting
    second: Sighting
    km: float
    hours: float


def find_jumps(sightings: Iterable[Sighting], policy: RadarPolicy) -> list[Jump]:
    """Return the impossible journeys of each serial, in the order of time.

    Only neighbours in time are compared: a journey that is too fast as a whole is too
    fast on one of its legs (triangle inequality). What has no place is left out.
    """
    routes = defaultdict(list)
    for sighting in sorted(sightings, key=lambda item: (item.at, item.check_id)):
        if sighting.point.precision != "none":
            routes[sighting.key].append(sighting)
    jumps = []
    for route in routes.values():
        for first, second in pairwise(route):
            km = geo.between(first.point, second.point).km or 0.0
            hours = (second.at - first.at) / timedelta(hours=1)
            if km >= policy.min_km and km > policy.max_kmh * hours:
                jumps.append(
                    Jump(first=first, second=second, km=km, hours=round(hours, 2))
                )
    return jumps


def is_before_sale(day: date, sold_on: date | None, policy: RadarPolicy) -> bool:
    """Tell whether a machine was asked for service before anybody had bought it."""
    return bool(sold_on) and day < sold_on - timedelta(days=policy.grace_days)


def find_clusters(
    sightings: Iterable[Sighting], policy: RadarPolicy
) -> dict[int, list[Sighting]]:
    """Return territory → its questions about unknown serials, where these are many.

    The same serial asked twice counts once: a person who tries again is no cluster.
    """
    found = defaultdict(list)
    for sighting in sightings:
        if sighting.territory_id and sighting.key:
            found[sighting.territory_id].append(sighting)
    return {
        territory_id: sorted(group, key=lambda item: item.check_id)
        for territory_id, group in sorted(found.items())
        if len({sighting.key for sighting in group}) >= policy.cluster_size
    }
