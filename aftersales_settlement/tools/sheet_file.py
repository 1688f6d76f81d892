"""A sheet as a CSV file: every amount with the sentence that explains it."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from odoo.addons.aftersales_service.tools.csv_file import guard


def write(
    titles: Sequence[str], rows: Iterable[Sequence[str | Decimal | None]]
) -> bytes:
    """Return the file in UTF-8 with its mark, so that spreadsheets show Chinese.

    Texts are defused, so that none of them is taken for a formula; Decimals stay
    numbers in fixed point.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(titles)
    for row in rows:
        writer.writerow(
            [
                format(cell, "f") if isinstance(cell, Decimal) else guard(cell or "")
                for cell in row
            ]
        )
    return target.getvalue().encode("utf-8-sig")
