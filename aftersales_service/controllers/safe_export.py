"""Lists leave Odoo as text: what a station or a customer typed runs nowhere.

Odoo's own writers turn a text that begins with ``=`` into a live formula of the XLSX
file, and guard a CSV file against three of the signs spreadsheets act on.
"""

import json

from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.export import (
    CSVExport,
    ExcelExport,
    ExportXlsxWriter,
    GroupExportXlsxWriter,
)
from odoo.addons.web.controllers.pivot import TableExporter

from ..tools.csv_file import guard


class TextWriter(ExportXlsxWriter):
    """Text stays text."""

    def write(self, row, column, cell_value, style=None):
        if isinstance(cell_value, str) and cell_value:
            self.worksheet.write_string(row, column, cell_value, style)
        else:
            super().write(row, column, cell_value, style)


class GroupTextWriter(TextWriter, GroupExportXlsxWriter):
    """The same for a list in groups, whose names were typed, too."""


class SafeExcelExport(ExcelExport):
    """Lists as XLSX."""

    def from_data(self, fields, columns_headers, rows):
        with TextWriter(fields, columns_headers, len(rows)) as writer:
            for number, row in enumerate(rows, start=1):
                for column, value in enumerate(row):
                    writer.write_cell(number, column, value)
        return writer.value

    def from_group_data(self, fields, columns_headers, groups):
        with GroupTextWriter(fields, columns_headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value


class SafeCSVExport(CSVExport):
    """Lists as CSV."""

    def from_data(self, fields, columns_headers, rows):
        guarded = [
            [guard(value) if isinstance(value, str) else value for value in row]
            for row in rows
        ]
        return super().from_data(fields, columns_headers, guarded)


def _is_readonly(controller, rule, args):
    """A pivot table's export writes: it is written down."""
    return False


class SafePivotExport(TableExporter):
    """Pivot tables: their headings are names that somebody typed."""

    @http.route(readonly=_is_readonly)
    def export_xlsx(self, data, **kw):
        text = data if isinstance(data, str) else data.read()
        table = json.loads(text)
        response = super().export_xlsx(json.dumps(_guard_titles(table)), **kw)
        _write_down(table)
        return response


def _write_down(table):
    """Say in the log of exports what a pivot table held; the client names its list."""
    if table.get("model") in request.env:
        request.env["aftersales.export.log"]._write_down(
            table["model"],
            len(table["rows"]),
            [str(measure["title"]) for measure in table["measure_headers"]],
        )


def _guard_titles(part):
    """The pivot's JSON with headings no spreadsheet takes for a formula."""
    if isinstance(part, list):
        return [_guard_titles(item) for item in part]
    if isinstance(part, dict):
        return {
            key: guard(value)
            if key == "title" and isinstance(value, str)
            else _guard_titles(value)
            for key, value in part.items()
        }
    return part
