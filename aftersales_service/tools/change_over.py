"""Files of the change-over day: customers, stations and past work orders.

Pure row rules: the cells of a line typed, and the first thing wrong with it. What the
codes in it mean is looked up by the run.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .csv_file import (
    Layout,
    Lines,
    find_too_long,
    is_plausible,
    name_cells,
    parse_date,
)
from .serial import normalise

PLACE = {
    "province": ("省份", "省"),
    "city": ("城市", "市"),
    "street": ("address", "地址", "详细地址"),
    "zip": ("postcode", "邮编", "邮政编码"),
}
PARTNER = {
    "name": ("名称", "姓名", "客户名称", "服务站名称"),
    "phone": ("telephone", "电话", "联系电话", "手机"),
    "email": ("e_mail", "邮箱", "电子邮箱"),
    **PLACE,
}

CUSTOMERS = Layout(
    columns={
        "code": ("customer_code", "customer", "reference", "客户编号", "编号"),
        **PARTNER,
    },
    required=("code", "name"),
)
STATIONS = Layout(
    columns={
        "code": ("station_code", "station", "reference", "服务站编号", "编号"),
        **PARTNER,
        "capacity": ("jobs_per_day", "日接单量"),
    },
    required=("code", "name"),
)
ORDERS = Layout(
    columns={
        "number": ("order_number", "old_number", "原单号", "工单号"),
        "serial": ("serial_number", "序列号", "出厂编号", "机号"),
        "product": ("product_code", "产品编码", "型号编码"),
        "type": ("request_type", "服务类型", "类型"),
        "customer": ("customer_code", "客户编号"),
        "station": ("station_code", "服务站编号"),
        "received_on": ("received", "报修日期", "受理日期"),
        "done_on": ("done", "完成日期", "完工日期"),
        "component": ("component_code", "故障部件"),
        "symptom": ("symptom_code", "故障现象"),
        "cause": ("cause_code", "故障原因"),
        "remedy": ("remedy_code", "处理方法"),
        "reading": ("hours", "读数", "运行小时"),
        "text": ("what_was_done", "处理情况", "备注"),
    },
    required=("number", "serial", "done_on"),
    limits={"text": 4000},
)
ORDER_DATES = ("received_on", "done_on")
MAX_READING = 10_000_000
MAX_CAPACITY = 1000
_NUMBER = re.compile(r"\d{1,9}(\.\d{1,3})?")
_EMAIL = re.compile(r"[^@\s<>\"',;]+@[^@\s<>\"',;]+\.[^@\s<>\"',;]+")

Problem = tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One line as read: ``key`` names the record, ``values`` are typed by column.

    reason: a code why the row cannot be taken, None when its cells are readable;
    detail: what is meant.
    """

    line: int
    cells: tuple[str, ...]
    key: str
    values: dict[str, str | date | float | None]
    reason: str | None = None
    detail: str | None = None


def read_customer(cells: Sequence[str], lines: Lines, line: int, _today: date) -> Row:
    """Return one customer."""
    return _read(cells, lines, line, CUSTOMERS, _check_partner)


def read_station(cells: Sequence[str], lines: Lines, line: int, _today: date) -> Row:
    """Return one station; its capacity is jobs a day."""
    return _read(cells, lines, line, STATIONS, _check_station)


def read_order(cells: Sequence[str], lines: Lines, line: int, today: date) -> Row:
    """Return one past work order; no date may lie after ``today``."""
    return _read(cells, lines, line, ORDERS, lambda values: _check_order(values, today))


def _read(
    cells: Sequence[str],
    lines: Lines,
    line: int,
    layout: Layout,
    check: Callable[[dict], Problem | None],
) -> Row:
    """Return a row with its cells typed; ``check`` types further ones in place."""
    given = name_cells(cells, lines)
    values: dict = {name: given.get(name) or None for name in layout.columns}
    problem: Problem | None = None
    if len(cells) > len(lines.columns):
        problem = ("too_many_cells", "")
    elif heading := find_too_long(cells, lines):
        problem = ("too_long", heading)
    for name in layout.required:
        if not problem and not values[name]:
            problem = ("missing", lines.get_heading(name))
    problem = problem or check(values)
    reason, detail = problem or (None, None)
    return Row(
        line=line,
        cells=tuple(cells),
        key=values[layout.required[0]] or "",
        values=values,
        reason=reason,
        detail=detail or None,
    )


def _check_partner(values: Mapping) -> Problem | None:
    email = values["email"]
    if email and not _EMAIL.fullmatch(email):
        return "bad_email", email
    return None


def _check_station(values: dict) -> Problem | None:
    return _check_partner(values) or _type_number(values, "capacity", MAX_CAPACITY)


def _check_order(values: dict, today: date) -> Problem | None:
    for name in ORDER_DATES:
        text = values[name]
        values[name] = parse_date(text or "")
        if text and not is_plausible(values[name], today):
            return "bad_date", text
    received, done = (values[name] for name in ORDER_DATES)
    if received and received > done:
        return "done_before_received", received.isoformat()
    if not normalise(values["serial"]):
        return "bad_serial", values["serial"]
    return _type_number(values, "reading", MAX_READING)


def _type_number(values: dict, name: str, limit: float) -> Problem | None:
    """Replace the text of ``name`` by its number."""
    text = values[name]
    if not text:
        return None
    cleaned = text.replace(",", ".").replace(" ", "")
    if not cleaned.isascii() or not _NUMBER.fullmatch(cleaned):
        return "bad_number", text
    values[name] = float(cleaned)
    return None if values[name] <= limit else ("bad_number", text)


def differs(known: Mapping, values: Mapping) -> tuple[str, ...]:
    """Return the columns in which a row says something else than the record.

    known, values: {column: text or id, empty when nobody knows}.
    """
    return tuple(
        name
        for name, value in values.items()
        if value and known.get(name) and known[name] != value
    )


def completes(known: Mapping, values: Mapping) -> dict:
    """Return what the row knows and the record does not."""
    return {n: value for n, value in values.items() if value and not known.get(n)}
