"""A CSV file with which a dealer registers what left him: sales and transfers.

Each row becomes what the form of one movement would have sent; the rule of the form
(`movement`) judges it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .csv_file import FileError, Layout, name_cells, open_lines, parse_date

MAX_ROWS = 500
"""Most rows of one file."""

LAYOUT = Layout(
    columns={
        "kind": ("what", "业务", "类型"),
        "serial": ("serial_number", "序列号", "出厂编号", "机号"),
        "model": ("product", "product_code", "model_code", "型号", "产品编码"),
        "quantity": ("pieces", "数量"),
        "condition": ("state", "状态", "成色"),
        "moved_on": ("day", "date", "日期"),
        "customer_name": ("customer", "客户名称", "客户姓名", "客户"),
        "customer_phone": ("phone", "客户电话", "电话"),
        "customer_street": ("street", "address", "客户地址", "地址"),
        "to_dealer": ("receiving_dealer", "dealer", "接收经销商", "调入经销商"),
    },
    required=("kind", "moved_on"),
)
KINDS = {
    "sale": ("sale", "sold", "销售", "零售"),
    "transfer": ("transfer", "passed on", "调拨", "调出"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One movement as typed: ``form`` holds the fields of the form, ``kind`` its page.

    model, to_dealer: codes or names that are looked up. kind is None where the file
    says neither sale nor transfer.
    """

    line: int
    kind: str | None
    form: dict[str, str]
    model: str
    to_dealer: str


def read(content: bytes, conditions: Mapping[str, str]) -> list[Row]:
    """Return the rows of a file. Raises FileError, also for ``too_many`` rows.

    conditions: {word in the reader's language: key}; keys are understood, too.
    """
    lines = open_lines(content, LAYOUT)
    rows = []
    for line, cells in lines.cells:
        if len(rows) == MAX_ROWS:
            raise FileError("too_many", str(MAX_ROWS))
        rows.append(_read_row(line, name_cells(cells, lines), conditions))
    if not rows:
        raise FileError("empty")
    return rows


def _read_row(line: int, given: dict[str, str], conditions: Mapping[str, str]) -> Row:
    day = parse_date(given.get("moved_on", ""))
    condition = given.get("condition", "")
    form = {
        "serial": given.get("serial", ""),
        "quantity": given.get("quantity", "") or "1",
        "condition": conditions.get(condition, condition),
        # What is no day stays as it is: the form's reader says so.
        "moved_on": day.isoformat() if day else given.get("moved_on", ""),
        "customer_name": given.get("customer_name", ""),
        "customer_phone": given.get("customer_phone", ""),
        "customer_street": given.get("customer_street", ""),
    }
    return Row(
        line=line,
        kind=_find_kind(given.get("kind", "")),
        form=form,
        model=given.get("model", ""),
        to_dealer=given.get("to_dealer", ""),
    )


def _find_kind(text: str) -> str | None:
    cleaned = text.strip().lower()
    return next((kind for kind, words in KINDS.items() if cleaned in words), None)
