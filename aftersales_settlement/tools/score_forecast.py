"""What a station could still reach this month: how many more good events pay."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from .score import ONE, Card, Metric, score

LIMIT = 50
"""More good events than these are no help to know of."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chance:
    """So many more good ``events`` of the measure ``code`` and the band is reached.

    value, multiplier: what the score is then.
    """

    code: str
    events: int
    value: Decimal
    multiplier: Decimal


def _grown(metrics: list[Metric], code: str, events: int) -> list[Metric]:
    """Return the counts with so many more good events of one measure."""
    return [
        replace(
            metric,
            numerator=metric.numerator + events,
            denominator=metric.denominator + events,
        )
        if metric.code == code
        else metric
        for metric in metrics
    ]


def _chance(
    metrics: list[Metric], card: Card, code: str, now: Decimal, limit: int
) -> Chance | None:
    """Return the first number of events that raises the multiplier, None within none.

    Tried one by one: with points by percent and a network mean above one's own, the
    score need not rise with every event.
    """
    for events in range(1, limit + 1):
        then = score(_grown(metrics, code, events), card)
        if then.value is not None and then.multiplier > now:
            return Chance(
                code=code,
                events=events,
                value=then.value,
                multiplier=then.multiplier,
            )
    return None


def chances(
    metrics: Iterable[Metric], card: Card, limit: int = LIMIT
) -> tuple[Chance, ...]:
    """Return what would raise the multiplier, the fewest events first.

    One measure at a time, the network and all else as they are. Measures without a
    weight, and those that no ``limit`` events of raise it, are left out.
    """
    counts = list(metrics)
    now = score(counts, card)
    best = max((band.value for band in card.bands), default=ONE)
    if now.multiplier >= best:
        return ()
    codes = [weight.code for weight in card.weights if weight.weight > 0]
    known = {metric.code for metric in counts}
    found = [
        _chance(counts, card, code, now.multiplier, limit)
        for code in codes
        if code in known
    ]
    return tuple(sorted(filter(None, found), key=lambda item: (item.events, item.code)))
