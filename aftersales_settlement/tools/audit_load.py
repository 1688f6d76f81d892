"""Facts of an audit from their JSON: as the database builds them, or as they are kept.

The JSON has the names of `AuditFacts`; what is null or missing takes its default.
"""

from collections.abc import Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from odoo.addons.aftersales_service.tools.geo import UNKNOWN, Distance

from .audit_facts import (
    AuditFacts,
    AuditLine,
    EarlierJob,
    Hold,
    MeterRise,
    Peers,
    Thresholds,
    Twin,
)

_day = date.fromisoformat
_THRESHOLDS = {item.name: type(item.default) for item in fields(Thresholds)}
_PLAIN = (
    *("unit_id", "component_id", "symptom_id", "serial_code", "station_id"),
    *("needs_coverage", "covers_parts", "covers_labor", "covers_travel"),
    *("visits", "is_component_listed"),
    *("returns_overdue", "station_returns_overdue"),
    *("station_decided", "station_changed"),
)
_SETS = ("evidence_required", "evidence_given", "component_family")


def thresholds(data: Mapping[str, Any]) -> Thresholds:
    """Return the numbers of a policy as they were kept."""
    return Thresholds(
        **{name: _THRESHOLDS[name](data[name]) for name in _THRESHOLDS if name in data}
    )


def facts(data: Mapping[str, Any], limits: Thresholds | None = None) -> AuditFacts:
    """Return the facts of one claim, judged by ``limits`` or by those kept with it.

    Raises KeyError or ValueError when the JSON is damaged.
    """
    values: dict[str, Any] = {
        name: data[name] for name in _PLAIN if data.get(name) is not None
    }
    for name in _SETS:
        if data.get(name):
            values[name] = frozenset(data[name])
    for name, load in _LOADERS.items():
        if data.get(name) is not None:
            values[name] = load(data[name])
    return AuditFacts(
        claim_id=data["claim_id"],
        done_date=_day(data["done_date"]),
        thresholds=limits or thresholds(data.get("thresholds") or {}),
        more=data.get("more") or {},
        **values,
    )


def _line(data: Mapping[str, Any]) -> AuditLine:
    """Return one claimed amount."""
    standard = data.get("standard_hours")
    return AuditLine(
        id=data["id"],
        kind=data["kind"],
        quantity=Decimal(data["quantity"]),
        amount=Decimal(data["amount"]),
        standard_hours=None if standard is None else Decimal(standard),
        has_rate=data["has_rate"],
        is_authorised=data.get("is_authorised", False),
        component_ids=frozenset(data.get("component_ids") or ()),
    )


def _job(data: Mapping[str, Any]) -> EarlierJob:
    """Return one other job on the unit."""
    return EarlierJob(
        id=data["id"],
        unit_id=data["unit_id"],
        done_date=_day(data["done_date"]),
        component_id=data.get("component_id"),
        symptom_id=data.get("symptom_id"),
        station_id=data.get("station_id"),
    )


def _rise(data: Mapping[str, Any]) -> MeterRise:
    """Return what the report and the reading before it say."""
    return MeterRise(
        value=Decimal(data["value"]),
        read_on=_day(data["read_on"]),
        before=Decimal(data["before"]),
        before_on=_day(data["before_on"]),
        meter=data["meter"],
        reason=data.get("reason"),
    )


def _peers(data: Mapping[str, Any]) -> Peers:
    """Return what is known of like claims."""
    return Peers(
        count=data["count"],
        mean=Decimal(data["mean"]),
        deviation=Decimal(data["deviation"]),
    )


def _twin(data: Mapping[str, Any]) -> Twin:
    """Return the job that came with the same."""
    return Twin(
        order_id=data["order_id"],
        claim_id=data.get("claim_id"),
        count=data["count"],
    )


def _distance(data: Mapping[str, Any]) -> Distance:
    """Return how far the place is."""
    km = data.get("km")
    return UNKNOWN if km is None else Distance(km=km, precision=data["precision"])


def _many(load):
    """Return the loader of a list of these."""
    return lambda items: tuple(load(item) for item in items)


_LOADERS = {
    "amount": Decimal,
    "authorisation_limit": Decimal,
    "authorised_amount": Decimal,
    "station_score": Decimal,
    "coverage_end": _day,
    "report_hours": Decimal,
    "distance": _distance,
    "hold": lambda data: Hold(**data),
    "lines": _many(_line),
    "earlier": _many(_job),
    "meter_rise": _rise,
    "peers": _peers,
    "same_photo": _twin,
    "same_invoice": _twin,
}
