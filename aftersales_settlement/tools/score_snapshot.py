"""A frozen score as the rule reads it: what `plain` made, back again."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .score import Band, Card, Metric, Score, Weight, score


def _bands(rows: list[Mapping[str, str]]) -> tuple[Band, ...]:
    """Return the rows of a table of a frozen card."""
    return tuple(
        Band(minimum=Decimal(row["minimum"]), value=Decimal(row["value"]))
        for row in rows
    )


def card(data: Mapping[str, Any]) -> Card:
    """Return a frozen card. Raises KeyError or ValueError if damaged."""
    return Card(
        weights=tuple(
            Weight(
                code=row["code"],
                weight=Decimal(row["weight"]),
                bands=_bands(row["bands"]),
            )
            for row in data["weights"]
        ),
        pseudo_count=Decimal(data["pseudo_count"]),
        bands=_bands(data["bands"]),
    )


def metrics(data: list[Mapping[str, Any]]) -> tuple[Metric, ...]:
    """Return frozen counts. Raises KeyError or ValueError if damaged."""
    return tuple(
        Metric(
            code=row["code"],
            numerator=Decimal(row["numerator"]),
            denominator=Decimal(row["denominator"]),
            network_mean=(
                None if row["network_mean"] is None else Decimal(row["network_mean"])
            ),
        )
        for row in data
    )


def again(facts: Mapping[str, Any]) -> Score:
    """Return the score computed anew from its frozen facts alone."""
    return score(metrics(facts["metrics"]), card(facts["card"]))
