"""What the warranty rules look at: machine, fault, policy rows, what was granted."""

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Literal

from .serial import SerialCode

Basis = Literal["exchange", "invoice", "installation", "shipping", "production"]
Result = Literal["covered", "chargeable", "partly"]
Side = Literal["parts", "labor", "travel"]
#: What a repair costs; each may have a term of its own.
SIDES: tuple[Side, ...] = ("parts", "labor", "travel")


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitDates:
    """The days a term may start from, one field per `Basis`; None when unknown.

    exchange: the day this machine was handed out for another one. The term starts
    anew from it, whatever the policy's own chain says.
    """

    exchange: date | None = None
    invoice: date | None = None
    installation: date | None = None
    shipping: date | None = None
    production: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StartRule:
    """One way to find the first day of the term.

    basis: which of `UnitDates`. grace_days: days added to it, for instance the usual
    time between shipping and sale.
    """

    basis: Basis
    grace_days: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """Days on end, both included: a repair, a wait for parts, a public holiday."""

    first: date
    last: date


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalTerms:
    """The numbers of the law on repair, exchange and return; 0 is no such right.

    extends_by_stops: days in repair and days waiting for parts do not count.
    rolls_over_holidays: a term that ends on a public holiday ends on the day after.
    repair_limit_days: a repair that takes longer gives the right to an exchange.
    repair_alarm_days: so many days before it somebody is told.
    return_days, exchange_days: from the sale, the day itself not counted.
    repairs_before_exchange: repairs of the same component after which the next
    failure gives the right to an exchange.
    """

    extends_by_stops: bool = False
    rolls_over_holidays: bool = False
    repair_limit_days: int = 0
    repair_alarm_days: int = 0
    return_days: int = 0
    exchange_days: int = 0
    repairs_before_exchange: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyLine:
    """One row of a warranty policy; an empty set means any.

    sequence: place among the rows of all policies, first match wins.
    valid_from, valid_to: days, both included, on which a term must *start* for the
    row to hold; a later policy takes nothing from who bought before.
    start_rules: tried in order, the first whose date is known gives the start.
    months: length of the term; labor_months, travel_months: theirs where it differs.
    usage_limits: meter → hours or kilometres; whichever ends first.
    """

    id: int
    policy_id: int
    sequence: int = 10
    valid_from: date | None = None
    valid_to: date | None = None
    product_ids: frozenset[int] = frozenset()
    category_ids: frozenset[int] = frozenset()
    territory_ids: frozenset[int] = frozenset()
    component_ids: frozenset[int] = frozenset()
    component_classes: frozenset[str] = frozenset()
    use_classes: frozenset[str] = frozenset()
    months: int
    labor_months: int | None = None
    travel_months: int | None = None
    usage_limits: dict[str, float] = field(default_factory=dict, hash=False)
    start_rules: tuple[StartRule, ...] = (StartRule(basis="invoice"),)
    terms: LegalTerms = LegalTerms()
    covers_parts: bool = True
    covers_labor: bool = True
    covers_travel: bool = True
    excluded_cause_ids: frozenset[int] = frozenset()

    def covers(self, side: Side) -> bool:
        """Tell whether the row pays this side at all."""
        return getattr(self, f"covers_{side}")

    def months_of(self, side: Side) -> int:
        """Return the length of the term of one side."""
        own = None if side == "parts" else getattr(self, f"{side}_months")
        return self.months if own is None else own


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """What was granted to this machine beside its policy.

    kind: ``extended`` and ``part`` go by the rules of the policy, ``goodwill`` and
    ``campaign`` hold whatever the cause. valid_to None: without end.
    component_ids: what it is about, empty for the whole machine.
    share_percent: what the maker pays of it.
    """

    id: int
    kind: Literal["extended", "part", "goodwill", "campaign"]
    valid_from: date | None = None
    valid_to: date | None = None
    component_ids: frozenset[int] = frozenset()
    usage_limits: dict[str, float] = field(default_factory=dict, hash=False)
    covers_parts: bool = True
    covers_labor: bool = True
    covers_travel: bool = True
    share_percent: int = 100

    def covers(self, side: Side) -> bool:
        """Tell whether the coverage pays this side."""
        return getattr(self, f"covers_{side}")


@dataclass(frozen=True, kw_only=True, slots=True)
class WarrantyFacts:
    """One fault of one unit.

    serial_code: verdict of `serial.check`. fault_date: day of the fault.
    usage: meter → hours or kilometres run by then; a meter never read is missing.
    component_path, cause_path: fault codes from the leaf to the root, empty when
    unknown. component_class: ``main``, ``wearing``, ``other`` or None.
    category_path, territory_path: ids from the leaf to the root.
    use_class: what the machine is used for, None when unknown.
    lines: rows of the policies that apply to the company, in any order.
    coverages: what was granted to the machine, in any order.
    stops: days in repair or waiting for parts, in any order, may overlap.
    holidays: public holidays.
    repair_count: earlier repairs of the same component since the term began.
    repair_days: days the present repair has taken, None when there is none.
    """

    serial_code: SerialCode
    fault_date: date
    dates: UnitDates = UnitDates()
    usage: dict[str, float] = field(default_factory=dict, hash=False)
    product_id: int | None = None
    category_path: tuple[int, ...] = ()
    territory_path: tuple[int, ...] = ()
    component_path: tuple[int, ...] = ()
    component_class: str | None = None
    use_class: str | None = None
    cause_path: tuple[int, ...] = ()
    lines: tuple[PolicyLine, ...] = ()
    coverages: tuple[Coverage, ...] = ()
    stops: tuple[Days, ...] = ()
    holidays: tuple[Days, ...] = ()
    repair_count: int = 0
    repair_days: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """What a machine's file says before anything failed.

    category_path, territory_path: ids from the leaf to the root.
    """

    unit_id: int
    company_id: int | None = None
    product_id: int | None = None
    category_path: tuple[int, ...] = ()
    territory_path: tuple[int, ...] = ()
    use_class: str | None = None
    dates: UnitDates = UnitDates()


def of_whole_machine(machine: Machine, day: date, **law: Any) -> WarrantyFacts:
    """Return the facts of a machine of which no fault is known by that day.

    law: ``lines``, ``stops`` and ``holidays`` of `WarrantyFacts`.
    """
    return WarrantyFacts(
        serial_code="genuine",
        fault_date=day,
        dates=machine.dates,
        product_id=machine.product_id,
        category_path=machine.category_path,
        territory_path=machine.territory_path,
        use_class=machine.use_class,
        **law,
    )


def read_facts(data: dict[str, Any], **changes: Any) -> WarrantyFacts:
    """Return the facts a decision has kept (`plain.plain` of them), some changed.

    What a decision of an earlier version did not keep takes its default; what is no
    longer asked for is left out. Raises KeyError without serial code or fault date.
    """
    coverages = tuple(_read(Coverage, row) for row in data.get("coverages", ()))
    return WarrantyFacts(
        **{
            **_known(WarrantyFacts, data),
            "fault_date": _day(data["fault_date"]),
            "serial_code": data["serial_code"],
            "dates": _read(UnitDates, data.get("dates", {})),
            "coverages": coverages,
            "stops": tuple(_read(Days, row) for row in data.get("stops", ())),
            "holidays": tuple(_read(Days, row) for row in data.get("holidays", ())),
            "lines": (),
            **changes,
        }
    )


def _read(kind: type, data: dict[str, Any]) -> Any:
    """One flat dataclass from its plain form."""
    values = {
        name: _day(value) if name in _DAYS else value
        for name, value in _known(kind, data).items()
    }
    return kind(**values)


def _known(kind: type, data: dict[str, Any]) -> dict[str, Any]:
    """The values of ``data`` that ``kind`` has, lists as tuples or sets again."""
    types = {item.name: str(item.type) for item in fields(kind)}
    readers = {"tuple": tuple, "frozenset": frozenset}
    return {
        name: readers.get(types[name].partition("[")[0], lambda same: same)(value)
        for name, value in data.items()
        if name in types
    }


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None


#: Fields that hold a day wherever they stand.
_DAYS = frozenset(
    {"first", "last", "valid_from", "valid_to"}
    | {item.name for item in fields(UnitDates)}
)
