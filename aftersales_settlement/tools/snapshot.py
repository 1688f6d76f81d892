"""Facts of a stored fee as the rule reads them: what `plain` made, back again."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from .pricing import FeeFacts, Rate, TravelBand

_DATES = {"work_date", "arrived_on", "valid_from", "valid_to"}
_DECIMALS = {
    "quantity",
    "unit_cost",
    "hourly_rate",
    "grade_factor",
    "free_km",
    "ceiling",
    "handling_percent",
    "fee",
    "up_to_km",
    "price_per_km",
    "share_percent",
    "trip_km",
    "labor_amount",
    "percent",
    "night_from",
    "night_to",
    "remote_km",
}
_SETS = {
    "grades",
    "territory_ids",
    "product_ids",
    "category_ids",
    "request_type_ids",
    "campaign_ids",
    "operation_codes",
}
_TUPLES = {"territory_path", "category_path"}


def _restore(kind: type, name: str, value: Any) -> Any:
    """Return one field's value of its own type again."""
    if value is None:
        return None
    if name in _DATES:
        return date.fromisoformat(value)
    if name in _DECIMALS:
        return Decimal(value)
    if name in _TUPLES or (name, kind) == ("operation_codes", FeeFacts):
        return tuple(value)
    if name in _SETS:
        return frozenset(value)
    if name == "bands":
        return tuple(_load(TravelBand, band) for band in value)
    return value


def _load(kind: type, data: Mapping[str, Any]) -> Any:
    """Return a frozen dataclass from its plain values; unknown names are left out."""
    names = {item.name for item in fields(kind)}
    return kind(**{n: _restore(kind, n, v) for n, v in data.items() if n in names})


def fee_facts(data: Mapping[str, Any]) -> FeeFacts:
    """Return the facts of a stored fee. Raises KeyError or ValueError if damaged."""
    return _load(FeeFacts, data)


def rate(data: Mapping[str, Any] | None) -> Rate | None:
    """Return the rate a stored fee was priced with, None where there was none."""
    return _load(Rate, data) if data else None
