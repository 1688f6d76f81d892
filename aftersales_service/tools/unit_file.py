"""A CSV file of machines as a factory or dealer sends it, row by row."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from .csv_file import (
    FileError,
    Layout,
    Lines,
    find_too_long,
    is_plausible,
    name_cells,
    open_lines,
    parse_date,
    write_refused,
)
from .serial import MAX_LENGTH, normalise

__all__ = ["FileError", "Row", "UnitFile", "parse_date", "read", "write_refused"]

COLUMNS: dict[str, tuple[str, ...]] = {
    "serial": ("serial_number", "serial_no", "序列号", "出厂编号", "机号"),
    "product": ("product_code", "model", "model_code", "产品编码", "型号编码", "型号"),
    "production_date": ("produced_on", "生产日期"),
    "batch": ("production_batch", "生产批次", "批次"),
    "shipping_date": ("shipped_on", "发货日期"),
    "sale_date": ("sold_on", "销售日期", "购买日期"),
    "installation_date": ("installed_on", "安装日期"),
    "owner": ("owner_code", "customer", "customer_code", "机主编号", "客户编号"),
    "dealer": ("dealer_code", "经销商", "经销商编码", "经销商编号"),
    "shop": ("shop_code", "购买商场", "商场编码", "商场编号"),
    "site_province": ("province", "省份", "省"),
    "site_city": ("city", "城市", "市"),
    "site_street": ("address", "street", "地址", "详细地址"),
    "site_zip": ("zip", "postcode", "邮编", "邮政编码"),
}
"""Column name → other headings that mean it."""

LAYOUT = Layout(columns=COLUMNS, required=("serial", "product"))

DATE_COLUMNS = ("production_date", "shipping_date", "sale_date", "installation_date")
TEXT_COLUMNS = (
    "product",
    "batch",
    "owner",
    "dealer",
    "shop",
    "site_province",
    "site_city",
    "site_street",
    "site_zip",
)

_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One machine as read.

    line: of the file, the headings are line 1. cells: as they stood, for the file of
    refused rows. dates, texts: by column name, None where empty. reason: a code why
    the row cannot be taken, None when its cells are readable; detail: what is meant.
    """

    line: int
    cells: tuple[str, ...]
    serial: str = ""
    key: str = ""
    dates: dict[str, date | None]
    texts: dict[str, str | None]
    reason: str | None = None
    detail: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class UnitFile:
    """A readable file: its headings as written, its columns by name, its rows once."""

    headings: tuple[str, ...]
    columns: tuple[str | None, ...]
    rows: Iterator[Row]


def read(content: bytes, today: date) -> UnitFile:
    """Return the file's columns and its rows. Raises FileError.

    today: no date may lie after it. Empty lines are passed over.
    """
    lines = open_lines(content, LAYOUT)
    rows = (read_row(cells, lines, line, today) for line, cells in lines.cells)
    return UnitFile(headings=lines.headings, columns=lines.columns, rows=rows)


def read_row(cells: tuple[str, ...], lines: Lines, line: int, today: date) -> Row:
    """Return one row with its cells typed, and the first thing wrong with it."""
    given = name_cells(cells, lines)
    serial = given.get("serial", "")
    key = normalise(serial)
    dates: dict[str, date | None] = {}
    problem = _serial_problem(serial, key, len(cells) > len(lines.columns))
    if not problem and (heading := find_too_long(cells, lines)):
        problem = ("too_long", heading)
    for name in DATE_COLUMNS:
        value = given.get(name, "")
        dates[name] = parse_date(value)
        if value and not problem and not is_plausible(dates[name], today):
            problem = ("bad_date", value)
    if not problem and not given.get("product"):
        problem = ("missing_product", "")
    problem = problem or _order_problem(dates)
    reason, detail = problem or (None, None)
    return Row(
        line=line,
        cells=cells,
        serial=serial[:MAX_LENGTH],
        key=key,
        dates=dates,
        texts={name: given.get(name) or None for name in TEXT_COLUMNS},
        reason=reason,
        detail=detail or None,
    )


def _serial_problem(serial: str, key: str, too_wide: bool) -> tuple[str, str] | None:
    """Return what is wrong with a row's serial or width."""
    if too_wide:
        return "too_many_cells", ""
    if not key:
        return "missing_serial", ""
    if len(serial) > MAX_LENGTH or _SCIENTIFIC.fullmatch(serial):
        return "bad_serial", serial[:MAX_LENGTH]
    return None


def _order_problem(dates: dict[str, date | None]) -> tuple[str, str] | None:
    """Nothing is shipped, sold or installed before it is produced."""
    produced = dates["production_date"]
    for name in DATE_COLUMNS[1:]:
        day = dates[name]
        if produced and day and day < produced:
            return "before_production", name
    return None
