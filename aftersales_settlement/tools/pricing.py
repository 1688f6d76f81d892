"""Fees: which rate holds for a piece of work, and what it comes to.

`match_rate` picks the row of the rate card, `price_line` computes the amount and lists
the factors in order, so that every amount explains itself. Quantities and money are
Decimals; rounding is the caller's (a currency's).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from odoo.addons.aftersales_service.tools.matching import admits, in_force
from odoo.addons.aftersales_service.tools.plain import decimal_text

Kind = Literal["labor", "travel", "part", "installation", "surcharge"]
Occasion = Literal["night", "holiday", "remote"]
Factor = dict[str, Any]
Round = Callable[[Decimal], Decimal]

ZERO = Decimal(0)
ONE = Decimal(1)
HUNDRED = Decimal(100)


@dataclass(frozen=True, kw_only=True, slots=True)
class TravelBand:
    """Price of the kilometres up to ``up_to_km`` of the trip (None: to its end)."""

    up_to_km: Decimal | None = None
    price_per_km: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Rate:
    """One row of a rate card; an empty set means any.

    valid_from, valid_to: days of work, both included. Only what the kind uses is read:
    - labor: ``hourly_rate`` per hour, times ``grade_factor``; ``basis`` "standard"
      pays each operation its standard hours, "reported" what the station reports
    - travel: ``bands`` of the whole trip, its first ``free_km`` unpaid, the sum at
      most ``ceiling`` (None: no limit); kilometres beyond the last band are unpaid
    - part: the part's price (``part_basis``: "list" or "cost") plus
      ``handling_percent``
    - installation: ``fee`` per unit
    - surcharge: for its ``occasion``, per visit, ``percent`` of the visit's labour,
      else ``fee``. A night is from ``night_from`` to ``night_to`` o'clock, a remote
      place is ``remote_km`` of a trip or more away
    """

    id: int
    kind: Kind
    sequence: int = 10
    valid_from: date | None = None
    valid_to: date | None = None
    grades: frozenset[str] = frozenset()
    territory_ids: frozenset[int] = frozenset()
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    request_type_ids: frozenset[int] = frozenset()
    campaign_ids: frozenset[int] = frozenset()
    operation_codes: frozenset[str] = frozenset()
    basis: Literal["reported", "standard"] = "reported"
    hourly_rate: Decimal = ZERO
    grade_factor: Decimal = ONE
    bands: tuple[TravelBand, ...] = ()
    free_km: Decimal = ZERO
    ceiling: Decimal | None = None
    part_basis: Literal["list", "cost"] = "list"
    handling_percent: Decimal = ZERO
    fee: Decimal = ZERO
    occasion: Occasion | None = None
    percent: Decimal = ZERO
    night_from: Decimal = ZERO
    night_to: Decimal = ZERO
    remote_km: Decimal = ZERO


@dataclass(frozen=True, kw_only=True, slots=True)
class FeeFacts:
    """One piece of work to be paid.

    quantity: hours (labor), kilometres driven (travel), pieces (part), units
    (installation), visits (surcharge). unit_cost: of a part, in the rate's currency.
    work_date: day in the company's time zone. product_id and category_path: of the
    unit. Paths run from the leaf to the root. share_percent: what the maker pays of
    it. basis: "standard" for one operation by its standard hours, "reported" for what
    is left of the reported hours.
    Of a surcharge, on one visit: arrived_on and arrived_minute (of the day) in the
    company's time zone, None when nobody knows; trip_km of that visit; labor_amount
    of the whole job, which has so many ``visits``.
    """

    kind: Kind
    work_date: date
    quantity: Decimal
    unit_cost: Decimal = ZERO
    grade: str | None = None
    territory_path: tuple[int, ...] = ()
    product_id: int | None = None
    category_path: tuple[int, ...] = ()
    request_type_id: int | None = None
    campaign_id: int | None = None
    operation_codes: tuple[str, ...] = ()
    basis: Literal["reported", "standard"] = "reported"
    share_percent: Decimal = HUNDRED
    occasion: Occasion | None = None
    arrived_on: date | None = None
    arrived_minute: int | None = None
    is_holiday: bool = False
    trip_km: Decimal = ZERO
    labor_amount: Decimal = ZERO
    visits: int = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class RateMatch:
    """The chosen rate and why.

    rate: None when no row fits. matched_on: what the row asked for and got, empty for
    a general row. skipped: (rate id, first thing that did not fit) of the rows of the
    kind that stand before it.
    """

    rate: Rate | None = None
    matched_on: tuple[str, ...] = ()
    skipped: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PricedLine:
    """An amount and its explanation (JSON values, amounts as decimal text).

    explanation: ``code`` (the kind, or ``no_rate``), ``rate_id``, ``factors`` in the
    order they were applied, ``unrounded``, ``amount``.
    """

    amount: Decimal
    rate_id: int | None = None
    explanation: dict[str, Any] = field(default_factory=dict, hash=False)


def rounder(currency_round: Callable[[float], float]) -> Round:
    """Return a Decimal rounding from one on floats, such as ``currency.round``."""
    return lambda amount: Decimal(str(currency_round(float(amount))))


def _tests(facts: FeeFacts, rate: Rate) -> tuple[tuple[str, bool, bool], ...]:
    """(code, asked, fits) of each thing a row can ask for, in the order it is told."""
    return (
        (
            "date",
            bool(rate.valid_from or rate.valid_to),
            in_force(facts.work_date, rate.valid_from, rate.valid_to),
        ),
        ("grade", bool(rate.grades), admits(rate.grades, (facts.grade,))),
        (
            "territory",
            bool(rate.territory_ids),
            admits(rate.territory_ids, facts.territory_path),
        ),
        (
            "product",
            bool(rate.product_ids),
            admits(rate.product_ids, (facts.product_id,)),
        ),
        (
            "category",
            bool(rate.category_ids),
            admits(rate.category_ids, facts.category_path),
        ),
        (
            "request_type",
            bool(rate.request_type_ids),
            admits(rate.request_type_ids, (facts.request_type_id,)),
        ),
        (
            "campaign",
            bool(rate.campaign_ids),
            admits(rate.campaign_ids, (facts.campaign_id,)),
        ),
        (
            "operation",
            bool(rate.operation_codes),
            admits(rate.operation_codes, facts.operation_codes),
        ),
        ("basis", False, rate.basis == "reported" or facts.basis == "standard"),
        (
            rate.occasion or "occasion",
            rate.kind == "surcharge",
            rate.kind != "surcharge" or _is_occasion(facts, rate),
        ),
    )


def _is_occasion(facts: FeeFacts, rate: Rate) -> bool:
    """Tell whether a visit is one the surcharge is for."""
    if rate.occasion == "holiday":
        return facts.is_holiday
    if rate.occasion == "remote":
        return bool(facts.trip_km) and facts.trip_km >= rate.remote_km
    if facts.arrived_minute is None:
        return False
    hour = Decimal(facts.arrived_minute) / 60
    if rate.night_from <= rate.night_to:
        return rate.night_from <= hour < rate.night_to
    return hour >= rate.night_from or hour < rate.night_to


def match_rate(facts: FeeFacts, rates: Iterable[Rate]) -> RateMatch:
    """Return the first row of the kind, by sequence then id, that fits, and why.

    Of surcharges only rows of the same occasion are looked at.
    """
    skipped: list[tuple[int, str]] = []
    of_kind = (
        rate
        for rate in rates
        if (rate.kind, rate.occasion) == (facts.kind, facts.occasion)
    )
    for rate in sorted(of_kind, key=lambda r: (r.sequence, r.id)):
        tests = _tests(facts, rate)
        failed = next((code for code, _asked, fits in tests if not fits), None)
        if failed is None:
            matched_on = tuple(code for code, asked, _fits in tests if asked)
            return RateMatch(rate=rate, matched_on=matched_on, skipped=tuple(skipped))
        skipped.append((rate.id, failed))
    return RateMatch(skipped=tuple(skipped))


def _factor(code: str, value: Decimal, **more: Decimal | None) -> Factor:
    """Return one factor of an explanation, numbers as decimal text."""
    texts = {
        name: None if number is None else decimal_text(number)
        for name, number in more.items()
    }
    return {"code": code, "value": decimal_text(value), **texts}


def price_labor(facts: FeeFacts, rate: Rate) -> tuple[Decimal, list[Factor]]:
    """Hours times hourly rate times grade factor."""
    amount = facts.quantity * rate.hourly_rate * rate.grade_factor
    return amount, [
        _factor("hours", facts.quantity),
        _factor("hourly_rate", rate.hourly_rate),
        _factor("grade_factor", rate.grade_factor),
    ]


def price_travel(facts: FeeFacts, rate: Rate) -> tuple[Decimal, list[Factor]]:
    """Kilometres band by band, without the free ones, up to the ceiling."""
    factors = [_factor("km", facts.quantity), _factor("free_km", rate.free_km)]
    amount, band_start = ZERO, ZERO
    for band in sorted(rate.bands, key=_band_order):
        band_end = facts.quantity
        if band.up_to_km is not None:
            band_end = min(band_end, band.up_to_km)
        km = band_end - max(band_start, rate.free_km)
        if km > 0:
            amount += km * band.price_per_km
            factors.append(
                _factor(
                    "band",
                    km * band.price_per_km,
                    km=km,
                    up_to_km=band.up_to_km,
                    price_per_km=band.price_per_km,
                )
            )
        band_start = max(band_start, band_end)
    beyond = facts.quantity - max(band_start, rate.free_km)
    if beyond > 0:
        factors.append(_factor("unpaid_km", beyond))
    if rate.ceiling is not None and amount > rate.ceiling:
        factors.append(_factor("ceiling", rate.ceiling, before=amount))
        amount = rate.ceiling
    return amount, factors


def _band_order(band: TravelBand) -> tuple[bool, Decimal, Decimal]:
    """Sort key: by upper end, the open one last, the cheaper first."""
    return (band.up_to_km is None, band.up_to_km or ZERO, band.price_per_km)


def price_part(facts: FeeFacts, rate: Rate) -> tuple[Decimal, list[Factor]]:
    """Pieces times cost, plus handling in percent."""
    amount = facts.quantity * facts.unit_cost * (1 + rate.handling_percent / 100)
    return amount, [
        _factor("quantity", facts.quantity),
        _factor("unit_cost", facts.unit_cost),
        _factor("handling_percent", rate.handling_percent),
    ]


def price_installation(facts: FeeFacts, rate: Rate) -> tuple[Decimal, list[Factor]]:
    """Units times fee."""
    return facts.quantity * rate.fee, [
        _factor("quantity", facts.quantity),
        _factor("fee", rate.fee),
    ]


def price_surcharge(facts: FeeFacts, rate: Rate) -> tuple[Decimal, list[Factor]]:
    """Percent of the labour of one visit, else a fixed amount per visit."""
    factors = []
    if rate.occasion == "remote":
        factors.append(_factor("km", facts.trip_km, from_km=rate.remote_km))
    if not rate.percent:
        return facts.quantity * rate.fee, [*factors, _factor("fee", rate.fee)]
    amount = facts.quantity * facts.labor_amount * rate.percent / HUNDRED
    return amount / facts.visits, [
        *factors,
        _factor("labor", facts.labor_amount),
        _factor("visits", Decimal(facts.visits)),
        _factor("percent", rate.percent),
    ]


Pricer = Callable[[FeeFacts, Rate], tuple[Decimal, list[Factor]]]

PRICERS: Mapping[str, Pricer] = {
    "labor": price_labor,
    "travel": price_travel,
    "part": price_part,
    "installation": price_installation,
    "surcharge": price_surcharge,
}


def price_line(
    facts: FeeFacts,
    rate: Rate | None,
    round_amount: Round,
    pricers: Mapping[str, Pricer] = PRICERS,
) -> PricedLine:
    """Return the rounded amount of one piece of work and how it came about.

    Without a rate the amount is 0 and the explanation's code ``no_rate``; the audit
    sends such a line to a person. Raises KeyError for a kind without a pricer.
    """
    if rate is None:
        explanation = {"code": "no_rate", "rate_id": None, "factors": []}
        return PricedLine(
            amount=ZERO, explanation={**explanation, "unrounded": "0", "amount": "0"}
        )
    unrounded, factors = pricers[facts.kind](facts, rate)
    if facts.share_percent != HUNDRED:
        share = _factor("share", facts.share_percent, before=unrounded)
        unrounded, factors = (
            unrounded * facts.share_percent / HUNDRED,
            [*factors, share],
        )
    amount = round_amount(unrounded)
    return PricedLine(
        amount=amount,
        rate_id=rate.id,
        explanation={
            "code": facts.kind,
            "rate_id": rate.id,
            "factors": factors,
            "unrounded": decimal_text(unrounded),
            "amount": decimal_text(amount),
        },
    )
