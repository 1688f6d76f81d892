"""Facts and verdicts as JSON values, for the snapshots that explain a decision."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from typing import Any


def decimal_text(value: Decimal) -> str:
    """Return the one spelling of an amount: fixed point, no idle zeros, no ``-0``.

    Raises ValueError for NaN and infinity: no amount is either.
    """
    if not value.is_finite():
        raise ValueError(f"not a finite amount: {value}")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def plain(value: Any) -> Any:
    """Return ``value`` made of dict, list, str, int, float, bool and None only.

    Dataclasses become objects by field name, Decimals strings (`decimal_text`), dates
    ISO text, aware datetimes ISO text in UTC, naive ones (UTC by Odoo's custom) ISO
    text, sets sorted lists. ``plain(plain(x)) == plain(x)``. Raises TypeError for
    anything else, so that no record slips into a snapshot.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        if value.tzinfo:
            value = value.astimezone(timezone.utc).replace(tzinfo=None)
        return value.isoformat(sep=" ")
    if isinstance(value, date):
        return value.isoformat()
    return _plain_container(value)


def _plain_container(value: Any) -> Any:
    """`plain` for what holds other values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, AbstractSet):
        return sorted((plain(item) for item in value), key=lambda v: (str(type(v)), v))
    raise TypeError(f"not a plain value: {type(value).__name__}")
