"""A CSV file as another program wrote it: its text, its columns, its cells.

What a row means is the business of the file that knows the kind: `unit_file` for
machines, `change_over` for customers, stations and past work orders.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

REPORT_COLUMNS = ("line", "reason", "行号", "原因")
"""Headings of a file of refused rows; read back, they are passed over."""

_FORMULA_STARTS = tuple("=+-@\t\r＝＋－＠")
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]00:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_FIRST_YEAR = 1950
_MAX_TEXT = 256
"""Most characters of a cell, where the layout says nothing else."""
_PIECE = 2**20


class FileError(ValueError):
    """The file as a whole cannot be read; ``code`` and ``detail`` say why.

    code: ``empty``, ``encoding``, ``unreadable``, ``column_unknown``,
    ``column_missing`` or ``column_twice``. detail: the heading meant, or what the
    reader of CSV says, else empty.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        """Keep code and detail."""
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """What columns a file may have.

    columns: name → other headings that mean it, compared by `heading`. required:
    names that must be there. limits: most characters of the cells of a column.
    """

    columns: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    limits: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """A readable file: its headings as written, its columns by name, its cells once.

    columns: the name of each column, None for one that is passed over. cells: (line
    of the file, cells) of each line that is not empty; the headings are line 1.
    limits: of the layout.
    """

    headings: tuple[str, ...]
    columns: tuple[str | None, ...]
    cells: Iterator[tuple[int, tuple[str, ...]]]
    limits: Mapping[str, int]

    def get_heading(self, name: str) -> str:
        """Return the heading of a column that is there, as it was written."""
        return self.headings[self.columns.index(name)].strip()


def find_encoding(content: bytes) -> str:
    """Return the encoding of a text: UTF-8, UTF-16 with its mark, or GB18030.

    Raises FileError ``encoding``. Looks at a piece at a time: a file may be long.
    """
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")
    for encoding in encodings:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            for start in range(0, len(content), _PIECE):
                decoder.decode(content[start : start + _PIECE])
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise FileError("encoding")


def read_lines(content: bytes, encoding: str) -> Iterator[str]:
    """Yield the lines of a text with their ends, without the character NUL."""
    lines = io.TextIOWrapper(io.BytesIO(content), encoding=encoding, newline="")
    return (line.replace("\x00", "") for line in lines)


def heading(text: str) -> str:
    """Return a heading as it is compared: lower case, words joined by underscores."""
    return re.sub(r"[\s_*（）()-]+", "_", text.strip().lower()).strip("_")


def open_lines(content: bytes, layout: Layout) -> Lines:
    """Return the file's columns and its lines.

    Raises FileError; so does reading the lines, for a file that breaks in its middle.
    """
    encoding = find_encoding(content)
    first = next(filter(str.strip, read_lines(content, encoding)), "")
    if not first:
        raise FileError("empty")
    delimiter = max(",;\t", key=first.count)
    lines = _read_lines(content, encoding, delimiter)
    _number, headings = next(lines, (0, ()))
    if not headings:
        raise FileError("empty")
    columns = _match_columns(headings, layout)
    return Lines(headings=headings, columns=columns, cells=lines, limits=layout.limits)


def name_cells(cells: Sequence[str], lines: Lines) -> dict[str, str]:
    """Return the cells of a line by the name of their column, bounded."""
    limits = lines.limits
    return {
        name: unguard(cell.strip())[: limits.get(name, _MAX_TEXT)]
        for name, cell in zip(lines.columns, cells, strict=False)
        if name
    }


def find_too_long(cells: Sequence[str], lines: Lines) -> str | None:
    """Return the heading of the first cell that would be cut, None if there is none."""
    if max(map(len, cells), default=0) <= _MAX_TEXT:
        return None
    for name, cell in zip(lines.columns, cells, strict=False):
        limit = lines.limits.get(name or "", _MAX_TEXT)
        if name and len(unguard(cell.strip())) > limit:
            return lines.get_heading(name)
    return None


def _match_columns(headings: Sequence[str], layout: Layout) -> tuple[str | None, ...]:
    """Return the name of each column, None for one that is passed over."""
    known = {heading(name): name for name in layout.columns}
    known.update(
        {
            heading(alias): name
            for name, more in layout.columns.items()
            for alias in more
        }
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
    for name in layout.required:
        if name not in columns:
            raise FileError("column_missing", name)
    return tuple(columns)


def _read_lines(
    content: bytes, encoding: str, delimiter: str
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield (line, cells) of each line that is not empty. Raises FileError."""
    reader = csv.reader(read_lines(content, encoding), delimiter=delimiter)
    try:
        for cells in reader:
            # A line number counts lines of the file, also those inside quotes.
            if any(cell.strip() for cell in cells):
                yield reader.line_num, tuple(cells)
    except csv.Error as error:
        raise FileError("unreadable", str(error)) from error


def is_plausible(day: date | None, today: date) -> bool:
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
