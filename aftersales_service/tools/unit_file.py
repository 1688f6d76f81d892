"""A CSV file of machines as a factory or dealer sends it, row by row."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from .serial import MAX_LENGTH, normalise

COLUMNS: dict[str, tuple[str, ...]] = {
    "serial": ("serial_number", "serial_no", "序列号", "出厂编号", "机号"),
    "product": ("product_code", "model", "model_code", "产品编码", "型号编码", "型号"),
    "production_date": ("produced_on", "生产日期"),
    "batch": ("production_batch", "生产批次", "批次"),
    "shipping_date": ("shipped_on", "发货日期"),
    "sale_date": ("sold_on", "销售日期", "购买日期"),
    "installation_date": ("installed_on", "安装日期"),
    "dealer": ("dealer_code", "经销商", "经销商编码", "经销商编号"),
    "shop": ("shop_code", "购买商场", "商场编码", "商场编号"),
    "site_province": ("province", "省份", "省"),
    "site_city": ("city", "城市", "市"),
    "site_street": ("address", "street", "地址", "详细地址"),
    "site_zip": ("zip", "postcode", "邮编", "邮政编码"),
}
"""Column name → other headings that mean it; compared by `heading`."""

REPORT_COLUMNS = ("line", "reason", "行号", "原因")
"""Headings of a file of refused rows; read back, they are passed over."""

DATE_COLUMNS = ("production_date", "shipping_date", "sale_date", "installation_date")
TEXT_COLUMNS = (
    "product",
    "batch",
    "dealer",
    "shop",
    "site_province",
    "site_city",
    "site_street",
    "site_zip",
)

_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SCIENTIFIC = re.compile(r"\d([.,]\d+)?E\+\d+", re.IGNORECASE)
_FIRST_YEAR = 1950
_MAX_TEXT = 256


class FileError(ValueError):
    """The file as a whole cannot be read; ``code`` and ``detail`` say why.

    code: ``empty``, ``encoding``, ``column_unknown``, ``column_missing`` or
    ``column_twice``. detail: the heading meant, else empty.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep code and detail."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


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


def decode(content: bytes) -> str:
    """Return the text of a file in UTF-8, UTF-16 with its mark, or GB18030.

    Raises FileError ``encoding``.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileError("encoding")


def heading(text: str) -> str:
    """Return a heading as it is compared: lower case, words joined by underscores."""
    return re.sub(r"[\s_*（）()-]+", "_", text.strip().lower()).strip("_")


def read(content: bytes, today: date) -> UnitFile:
    """Return the file's columns and its rows. Raises FileError.

    today: no date may lie after it. Empty lines are passed over.
    """
    text = decode(content).replace("\x00", "")
    first = next((line for line in text.splitlines() if line.strip()), "")
    if not first:
        raise FileError("empty")
    delimiter = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    headings = next(cells for cells in lines if any(cell.strip() for cell in cells))
    columns = _match_columns(headings)
    rows = _read_rows(lines, columns, today)
    return UnitFile(headings=tuple(headings), columns=columns, rows=rows)


def _match_columns(headings: Sequence[str]) -> tuple[str | None, ...]:
    """Return the name of each column, None for one that is passed over."""
    known = {heading(name): name for name in COLUMNS}
    known.update(
        {heading(alias): name for name, more in COLUMNS.items() for alias in more}
    )
    columns: list[str | None] = []
    for text in headings:
        cleaned = heading(text)
        name = known.get(cleaned)
        if cleaned and not name and cleaned not in REPORT_COLUMNS:
            raise FileError("column_unknown", text.strip())
        if name and name in columns:
            raise FileError("column_twice", text.strip())
        columns.append(name)
    for name in ("serial", "product"):
        if name not in columns:
            raise FileError("column_missing", name)
    return tuple(columns)


def _read_rows(
    lines: Iterable[list[str]], columns: tuple[str | None, ...], today: date
) -> Iterator[Row]:
    """Yield each row that is not empty."""
    reader = iter(lines)
    while True:
        # A line number counts lines of the file, also those inside quotes.
        try:
            cells = next(reader)
        except StopIteration:
            return
        if any(cell.strip() for cell in cells):
            yield read_row(tuple(cells), columns, reader.line_num, today)


def read_row(
    cells: tuple[str, ...], columns: tuple[str | None, ...], line: int, today: date
) -> Row:
    """Return one row with its cells typed, and the first thing wrong with it."""
    given = {
        name: unguard(cell.strip())[:_MAX_TEXT]
        for name, cell in zip(columns, cells, strict=False)
        if name
    }
    serial = given.get("serial", "")
    key = normalise(serial)
    dates: dict[str, date | None] = {}
    problem = _serial_problem(serial, key, len(cells) > len(columns))
    for name in DATE_COLUMNS:
        value = given.get(name, "")
        dates[name] = parse_date(value)
        if value and not problem and not _plausible(dates[name], today):
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


def _plausible(day: date | None, today: date) -> bool:
    """Tell whether a date could be read and may be true."""
    return bool(day and day.year >= _FIRST_YEAR and day <= today)


@lru_cache(maxsize=20_000)
def parse_date(text: str) -> date | None:
    """Return the day written year first, in digits or Chinese; None for anything else.

    ``2024-05-03``, ``2024/5/3``, ``2024.5.3``, ``20240503``, ``2024年5月3日``. Day or
    month first is not guessed.
    """
    text = text.strip()
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not match:
        return None
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        return None


def guard(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def unguard(cell: str) -> str:
    """Return the cell that `guard` was given."""
    guarded = cell.startswith("'") and cell[1:].startswith(_FORMULA_STARTS)
    return cell[1:] if guarded else cell


def write_refused(
    headings: Sequence[str],
    titles: tuple[str, str],
    rows: Iterable[tuple[int, str, Sequence[str]]],
) -> bytes:
    """Return the CSV of refused rows: (line, reason, cells) each, formulas defused.

    headings: of the file read; titles: of the two columns put before, for line and
    reason. Columns of an earlier file of refused rows are dropped. UTF-8 with its
    mark, so that spreadsheets show Chinese.
    """
    kept = [i for i, text in enumerate(headings) if not _is_report(text, titles)]
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([*titles, *(guard(headings[i]) for i in kept)])
    for line, reason, cells in rows:
        values = [guard(cells[i]) if i < len(cells) else "" for i in kept]
        # Cells beyond the headings belong to the row as it was.
        values += map(guard, cells[len(headings) :])
        writer.writerow([line, guard(reason), *values])
    return target.getvalue().encode("utf-8-sig")


def _is_report(text: str, titles: tuple[str, str]) -> bool:
    """Tell whether a heading is one of a file of refused rows."""
    return heading(text) in REPORT_COLUMNS or text in titles
