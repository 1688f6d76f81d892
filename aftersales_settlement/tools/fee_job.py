"""What a whole job comes to: its pieces, each priced by the first rate that fits.

`price_job` is the same for a claim, for the preview before a report is sent, and for
a rate card that is only tried out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from . import pricing
from .pricing import HUNDRED, ZERO, FeeFacts, Occasion, PricedLine, Rate, RateMatch

OCCASIONS: tuple[Occasion, ...] = ("night", "holiday", "remote")


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """A labour operation that was done. code: by which rates ask for it."""

    id: int
    code: str
    standard_hours: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A part the station brought: its price by each basis, in the rate's currency."""

    product_id: int
    quantity: Decimal
    list_price: Decimal
    cost: Decimal


@dataclass(frozen=True, kw_only=True, slots=True)
class Trip:
    """One visit: kilometres there and back, and when the station arrived.

    arrived_on, arrived_minute (of the day): in the company's time zone.
    """

    km: Decimal = ZERO
    arrived_on: date | None = None
    arrived_minute: int | None = None
    is_holiday: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One job to be paid.

    common: what all its pieces share (its own kind and quantity are not read).
    covered: kinds the maker pays for. An installation is paid by its fee alone.
    labor_hours: as reported, 0 when nobody told.
    """

    common: FeeFacts
    is_installation: bool = False
    covered: frozenset[str] = frozenset({"labor", "travel", "part"})
    labor_hours: Decimal = ZERO
    operations: tuple[Operation, ...] = ()
    trips: tuple[Trip, ...] = ()
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """One priced piece of a job.

    standard_hours: of the operations it stands for. operation_id: of the one
    operation it pays. product_id: of a part.
    """

    facts: FeeFacts
    match: RateMatch
    priced: PricedLine
    standard_hours: Decimal = ZERO
    operation_id: int | None = None
    product_id: int | None = None


def price_job(
    job: Job, rates: Iterable[Rate], round_amount: pricing.Round
) -> tuple[Piece, ...]:
    """Return the priced pieces in their order: labour, travel, parts, surcharges."""
    rates = tuple(rates)
    if job.is_installation:
        fee = replace(job.common, kind="installation", quantity=pricing.ONE)
        return (_price(fee, rates, round_amount),)
    labor = _labor(job, rates, round_amount) if "labor" in job.covered else []
    pieces = [*labor]
    if "travel" in job.covered:
        pieces += [
            _price(
                replace(job.common, kind="travel", quantity=trip.km),
                rates,
                round_amount,
            )
            for trip in job.trips
            if trip.km
        ]
    if "part" in job.covered:
        pieces += [_part(job, part, rates, round_amount) for part in job.parts]
    return (*pieces, *_surcharges(job, labor, rates, round_amount))


def _price(
    facts: FeeFacts,
    rates: tuple[Rate, ...],
    round_amount: pricing.Round,
    match: RateMatch | None = None,
    **more: Decimal | int | None,
) -> Piece:
    """Return one piece with its rate and amount."""
    match = match or pricing.match_rate(facts, rates)
    priced = pricing.price_line(facts, match.rate, round_amount)
    return Piece(facts=facts, match=match, priced=priced, **more)


def _labor(
    job: Job, rates: tuple[Rate, ...], round_amount: pricing.Round
) -> list[Piece]:
    """Each operation whose rate pays standard hours; one piece for what is left.

    Left are the reported hours without those paid by standard, or, where none were
    reported, the standard hours of the other operations.
    """
    pieces, rest = [], []
    for operation in job.operations:
        facts = replace(
            job.common,
            kind="labor",
            quantity=operation.standard_hours,
            operation_codes=(operation.code,),
            basis="standard",
        )
        match = pricing.match_rate(facts, rates)
        if match.rate is None or match.rate.basis != "standard":
            rest.append(operation)
        elif operation.standard_hours:
            pieces.append(
                _price(
                    facts,
                    rates,
                    round_amount,
                    match,
                    standard_hours=operation.standard_hours,
                    operation_id=operation.id,
                )
            )
    standard = sum((operation.standard_hours for operation in rest), ZERO)
    paid = sum((piece.facts.quantity for piece in pieces), ZERO)
    hours = max(job.labor_hours - paid, ZERO) if job.labor_hours else standard
    if hours and (rest or not pieces):
        facts = replace(
            job.common,
            kind="labor",
            quantity=hours,
            operation_codes=tuple(operation.code for operation in rest),
        )
        pieces.append(_price(facts, rates, round_amount, standard_hours=standard))
    return pieces


def _part(
    job: Job, part: Part, rates: tuple[Rate, ...], round_amount: pricing.Round
) -> Piece:
    """A part at the price its rate asks for."""
    facts = replace(job.common, kind="part", quantity=part.quantity)
    match = pricing.match_rate(facts, rates)
    if match.rate:
        is_cost = match.rate.part_basis == "cost"
        facts = replace(facts, unit_cost=part.cost if is_cost else part.list_price)
    return _price(facts, rates, round_amount, match, product_id=part.product_id)


def _surcharges(
    job: Job,
    labor: list[Piece],
    rates: tuple[Rate, ...],
    round_amount: pricing.Round,
) -> list[Piece]:
    """One piece per visit and occasion that a rate pays for.

    The percentage is of the labour before the maker's share, which is taken of the
    surcharge itself. Night and holiday go with labour, remote with travel.
    """
    base = sum(
        (
            pricing.price_line(
                replace(piece.facts, share_percent=HUNDRED),
                piece.match.rate,
                round_amount,
            ).amount
            for piece in labor
        ),
        ZERO,
    )
    asked = {rate.occasion for rate in rates if rate.kind == "surcharge"}
    pieces = []
    for trip in job.trips:
        for occasion in OCCASIONS:
            covered_by = "travel" if occasion == "remote" else "labor"
            if occasion not in asked or covered_by not in job.covered:
                continue
            facts = replace(
                job.common,
                kind="surcharge",
                quantity=pricing.ONE,
                occasion=occasion,
                arrived_on=trip.arrived_on,
                arrived_minute=trip.arrived_minute,
                is_holiday=trip.is_holiday,
                trip_km=trip.km,
                labor_amount=base,
                visits=len(job.trips),
            )
            match = pricing.match_rate(facts, rates)
            if match.rate:
                pieces.append(_price(facts, rates, round_amount, match))
    return pieces
