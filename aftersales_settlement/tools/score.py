"""Score of a station for a month, and the multiplier it earns.

Every measure is a share of good events, brought to points from 0 to 100; the score is
their weighted mean. Small samples lean on the network: a station with two jobs is
neither hero nor failure. All arithmetic is decimal with fixed precision, so a score
can be computed again to the last digit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext

MEASURES = (
    "answer_in_time",
    "offer_taken",
    "arrive_in_time",
    "resolve_in_time",
    "report_in_time",
    "first_time_fix",
    "repaired_for_good",
    "satisfaction",
    "claim_kept",
    "part_returned",
    "installed_well",
)
"""Codes of the measures every installation knows; others may bring their own."""

HUNDRED = Decimal(100)
ONE = Decimal(1)
ZERO = Decimal(0)
_PRECISION = 28
_POINTS = Decimal("0.01")
_SHARE = Decimal("0.000001")


@dataclass(frozen=True, kw_only=True, slots=True)
class Metric:
    """What was counted for one measure of one station.

    numerator: good events (jobs in time, jobs without a repeat, sum of answers from 0
    to 1). denominator: all events. network_mean: share (0..1) over all stations in
    the same period, None when nothing was counted anywhere.
    """

    code: str
    numerator: Decimal
    denominator: Decimal
    network_mean: Decimal | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """From ``minimum`` on (included) the table gives ``value``."""

    minimum: Decimal
    value: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """How one measure counts.

    weight: relative to the others. bands: points by percent (0..100), empty when the
    percent are the points.
    """

    code: str
    weight: Decimal
    bands: tuple[Band, ...] = ()


DEFAULT_BANDS = (
    Band(minimum=Decimal(95), value=Decimal("1.10")),
    Band(minimum=Decimal(85), value=Decimal("1.00")),
    Band(minimum=Decimal(70), value=Decimal("0.90")),
    Band(minimum=ZERO, value=Decimal("0.80")),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Card:
    """A score card.

    weights: in the order shown. pseudo_count: events of the network's mean that are
    added to each sample. bands: multiplier by score.
    """

    weights: tuple[Weight, ...]
    pseudo_count: Decimal = Decimal(5)
    bands: tuple[Band, ...] = DEFAULT_BANDS


@dataclass(frozen=True, kw_only=True, slots=True)
class Measure:
    """One line of a score.

    value: share of good events as counted (0..1), None without events. adjusted: the
    share after leaning on the network. points: 0..100. contribution: points times
    share of the weight; the contributions sum to the score, up to rounding.
    """

    code: str
    numerator: Decimal
    denominator: Decimal
    network_mean: Decimal | None
    value: Decimal | None
    adjusted: Decimal
    points: Decimal
    weight: Decimal
    contribution: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Score:
    """The score of a station.

    value: 0..100 to 0.01, None when no measure could be taken (multiplier 1 then).
    network_value: what the network's means alone would give. skipped: codes of
    measures with neither events nor a network mean.
    """

    value: Decimal | None
    multiplier: Decimal
    network_value: Decimal | None = None
    measures: tuple[Measure, ...] = ()
    skipped: tuple[str, ...] = ()


def step(value: Decimal, bands: Iterable[Band], default: Decimal) -> Decimal:
    """Return what the table gives for ``value``; ``default`` below its lowest row.

    Of rows with the same minimum the lower value counts.
    """
    reached = [band for band in bands if value >= band.minimum]
    if not reached:
        return default
    return max(reached, key=lambda band: (band.minimum, -band.value)).value


def closing_window(first: date, last: date, days: int) -> tuple[date, date]:
    """Return the first and last day of work whose look-back closes in the period.

    A job counts once, in the period in which the ``days`` after it are over; so a
    repeat that came later cannot be missed.
    """
    return first - timedelta(days=days), last - timedelta(days=days)


def mean(counts: Iterable[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Share of good events over all (good, all) pairs, None where nothing happened."""
    pairs = list(counts)
    total = sum((pair[1] for pair in pairs), ZERO)
    if total <= 0:
        return None
    good = sum((pair[0] for pair in pairs), ZERO)
    with localcontext() as context:
        context.prec = _PRECISION
        return (good / total).quantize(_SHARE, ROUND_HALF_UP)


def score(metrics: Iterable[Metric], card: Card) -> Score:
    """Return the score of one station and how each measure contributes.

    Metrics without a weight are ignored; a weight without events and without a
    network mean is skipped and the others carry its share.
    """
    by_code = {metric.code: metric for metric in metrics}
    with localcontext() as context:
        context.prec = _PRECISION
        context.rounding = ROUND_HALF_UP
        taken: list[tuple[Weight, Metric, Decimal]] = []
        skipped: list[str] = []
        for weight in card.weights:
            metric = by_code.get(weight.code)
            adjusted = metric and _lean(metric, card.pseudo_count)
            if metric is None or adjusted is None or weight.weight <= 0:
                skipped.append(weight.code)
            else:
                taken.append((weight, metric, adjusted))
        total = sum((weight.weight for weight, _metric, _share in taken), ZERO)
        measures = tuple(_measure(*item, total) for item in taken)
        value = _mean([(item.points, item.weight) for item in measures])
        network = _mean(
            [
                (_points(metric.network_mean, weight), weight.weight)
                for weight, metric, _share in taken
                if metric.network_mean is not None
            ]
        )
    return Score(
        value=value,
        multiplier=ONE if value is None else step(value, card.bands, ONE),
        network_value=network,
        measures=measures,
        skipped=tuple(skipped),
    )


def relative(station: Score) -> Decimal:
    """Return the score for dispatch: 1 like the network, from 0 to 2."""
    if station.value is None or not station.network_value:
        return ONE
    share = station.value / station.network_value
    return min(max(share, ZERO), Decimal(2)).quantize(_POINTS, ROUND_HALF_UP)


def ranks(values: Mapping[int, Decimal | None]) -> dict[int, int]:
    """Return the place of each key, 1 for the highest value; equal values share one.

    Keys without a value have no place and are left out.
    """
    known = sorted(value for value in values.values() if value is not None)[::-1]
    first: dict[Decimal, int] = {}
    for place, value in enumerate(known, start=1):
        first.setdefault(value, place)
    return {key: first[value] for key, value in values.items() if value is not None}


def _lean(metric: Metric, pseudo_count: Decimal) -> Decimal | None:
    """Share of good events with ``pseudo_count`` events of the network's mean added."""
    extra = ZERO if metric.network_mean is None else pseudo_count
    if metric.denominator + extra <= 0:
        return metric.network_mean
    good = metric.numerator + extra * (metric.network_mean or ZERO)
    return (good / (metric.denominator + extra)).quantize(_SHARE)


def _points(share: Decimal, weight: Weight) -> Decimal:
    """Points of a share (0..1)."""
    percent = share * HUNDRED
    points = step(percent, weight.bands, ZERO) if weight.bands else percent
    return points.quantize(_POINTS)


def _measure(
    weight: Weight, metric: Metric, adjusted: Decimal, total: Decimal
) -> Measure:
    """One line of the score; ``total`` is the sum of the weights taken."""
    points = _points(adjusted, weight)
    value = None
    if metric.denominator > 0:
        value = (metric.numerator / metric.denominator).quantize(_SHARE)
    return Measure(
        code=metric.code,
        numerator=metric.numerator,
        denominator=metric.denominator,
        network_mean=metric.network_mean,
        value=value,
        adjusted=adjusted,
        points=points,
        weight=weight.weight,
        contribution=(points * weight.weight / total).quantize(_POINTS),
    )


def _mean(pairs: list[tuple[Decimal, Decimal]]) -> Decimal | None:
    """Weighted mean of (points, weight), None of nothing."""
    total = sum((weight for _points_, weight in pairs), ZERO)
    if not total:
        return None
    weighted = sum((points * weight for points, weight in pairs), ZERO)
    return (weighted / total).quantize(_POINTS)
