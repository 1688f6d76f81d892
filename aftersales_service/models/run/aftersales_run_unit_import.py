import base64
import csv
import io
import json
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import unit_file

# Machines loaded between two commits, and rows copied in one go.
CHUNK_SIZE = 5000

_STAGE = SQL.identifier("aftersales_unit_import_row")
_COPIED = (
    "run_id",
    "position",
    "line",
    "cells",
    "serial",
    "serial_key",
    *unit_file.DATE_COLUMNS,
    *unit_file.TEXT_COLUMNS,
    "reason",
    "detail",
)


class AftersalesRun(models.Model):
    """Machines from a CSV file of any length.

    What: reads the file into a staging table, checks all rows in sets, registers the
    good ones in chunks, gives the others back as CSV with line and reason.
    How it works: one batch reads, one checks, then each batch registers one chunk.
    The staging table is UNLOGGED: after a crash of the database it is empty, and the
    file is read again. A machine that is registered already is never doubled, so
    the same file again, or a run continued after a kill, changes nothing.
    """

    _inherit = "aftersales.run"

    def init(self):
        super().init()
        self.env.cr.execute(
            """
            CREATE UNLOGGED TABLE IF NOT EXISTS aftersales_unit_import_row (
                run_id integer NOT NULL, position integer NOT NULL,
                line integer NOT NULL, cells text NOT NULL,
                serial varchar, serial_key varchar,
                production_date date, shipping_date date,
                sale_date date, installation_date date,
                product varchar, batch varchar, dealer varchar, shop varchar,
                site_province varchar, site_city varchar,
                site_street varchar, site_zip varchar,
                reason varchar, detail varchar,
                product_id integer, company_id integer,
                owner varchar, owner_id integer,
                dealer_id integer, shop_id integer,
                site_state_id integer, site_city_id integer,
                territory_id integer, unit_id integer,
                PRIMARY KEY (run_id, position)
            );
            ALTER TABLE aftersales_unit_import_row
                ADD COLUMN IF NOT EXISTS owner varchar,
                ADD COLUMN IF NOT EXISTS owner_id integer
            """
        )

    @api.model
    def _start_unit_import(self, file, file_name=None, **vals):
        """Queue an import of machines.

        :param file: the CSV in base64, as a Binary field holds it
        :param vals: further values of the run, e.g. territory_id for machines whose
            row names no place and no dealer
        :return: the run
        :raise AccessError: the user may not start imports
        """
        if not self.env.su and not self.env.user.has_group(
            "aftersales_service.group_aftersales_office"
        ):
            raise AccessError(self.env._("Only offices can import machines."))
        file_name = file_name or self.env._("machines.csv")
        return self._start(
            "unit_import",
            name=self.env._("Import of machines: %(file)s", file=file_name),
            source_file=file,
            source_name=file_name,
            **vals,
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_staged_rows(self):
        for run in self:
            run._finish_unit_import()

    def _work_unit_import(self):
        """Read, check, or register one chunk; return how many rows are left."""
        point = self.checkpoint or {}
        if not self._is_staged(point.get("total")):
            total = self._stage_file()
            self._save_checkpoint(phase="check", total=total, done=0)
            return total
        if point["phase"] == "check":
            self._check_staged_rows()
            self._save_checkpoint(phase="load")
            return point["total"]
        return self._load_chunk(point)

    def _finish_unit_import(self):
        """Empty the staging table of this run."""
        self.env.cr.execute(SQL("DELETE FROM %s WHERE run_id = %s", _STAGE, self.id))

    def _is_staged(self, total):
        """Whether the rows of the file still lie in the staging table."""
        return total and self.env.execute_query(
            SQL(
                "SELECT 1 FROM %s WHERE run_id = %s AND position = %s",
                _STAGE,
                self.id,
                total,
            )
        )

    # Reading

    def _stage_file(self):
        """Copy the rows of the file into the staging table; return how many."""
        self._finish_unit_import()
        rows = self._guard_reading(self._read_file().rows)
        total = 0
        while chunk := list(islice(rows, CHUNK_SIZE)):
            self._copy_rows(chunk, total)
            total += len(chunk)
        if not total:
            raise UserError(self.env._("The file has column names but no machine."))
        self.env.cr.execute(SQL("ANALYZE %s", _STAGE))
        return total

    def _read_file(self):
        """The source file as ``unit_file.UnitFile``."""
        content = self._read_source()
        # Far east of us it may be tomorrow already.
        today = fields.Date.add(fields.Date.today(), days=1)
        try:
            return unit_file.read(content, today)
        except unit_file.FileError as error:
            raise UserError(self._describe_file_error(error)) from error

    def _guard_reading(self, rows):
        """Yield ``rows``; what breaks the file in its middle becomes one sentence."""
        try:
            yield from rows
        except unit_file.FileError as error:
            raise UserError(self._describe_file_error(error)) from error

    def _copy_rows(self, rows, offset):
        """COPY rows of ``unit_file`` after the first ``offset`` ones."""
        target = io.StringIO(newline="")
        writer = csv.writer(target)
        for position, row in enumerate(rows, offset + 1):
            writer.writerow(
                [
                    self.id,
                    position,
                    row.line,
                    json.dumps(row.cells, ensure_ascii=False),
                    row.serial,
                    row.key,
                    *(row.dates[name] for name in unit_file.DATE_COLUMNS),
                    *(row.texts[name] for name in unit_file.TEXT_COLUMNS),
                    row.reason,
                    row.detail,
                ]
            )
        target.seek(0)
        columns = SQL(", ").join(SQL.identifier(name) for name in _COPIED)
        copy = SQL("COPY %s (%s) FROM STDIN WITH (FORMAT csv)", _STAGE, columns)
        self.env.cr.copy_expert(copy.code, target)

    def _describe_file_error(self, error):
        """One sentence for a file that cannot be read at all."""
        sentences = {
            "empty": self.env._("The file is empty."),
            "encoding": self.env._(
                "The file is neither UTF-8 nor GB18030 text. Save it as CSV."
            ),
            "unreadable": self.env._(
                "The file is no readable CSV: %(error)s", error=error.detail
            ),
            "column_unknown": self.env._(
                "The column “%(column)s” is not known. Take the names of the template.",
                column=error.detail,
            ),
            "column_missing": self.env._(
                "The column “%(column)s” is missing. Take the names of the template.",
                column=error.detail,
            ),
            "column_twice": self.env._(
                "The column “%(column)s” is there twice.", column=error.detail
            ),
        }
        return sentences[error.code]

    # Registering

    def _load_chunk(self, point):
        """Register the next rows; after the last ones report what was refused."""
        last = min(point["done"] + CHUNK_SIZE, point["total"])
        # The user may import (checked at the start) and rows beyond his border were
        # refused; the load itself is SQL.
        counts = (
            self.env["stock.lot"].sudo()._load_import_rows(self, point["done"], last)
        )
        totals = {
            name: (point.get(name) or 0) + count for name, count in counts.items()
        }
        self._save_checkpoint(done=last, **totals)
        if last == point["total"]:
            self._report_import(totals)
        return point["total"] - last

    def _report_import(self, totals):
        """Say what happened and attach the refused rows."""
        rows = self.env.execute_query(
            SQL(
                "SELECT line, reason, detail, cells FROM %s"
                " WHERE run_id = %s AND reason IS NOT NULL ORDER BY position",
                _STAGE,
                self.id,
            )
        )
        self._write_log(
            self.env._(
                "%(created)s registered, %(completed)s completed, %(same)s known"
                " already, %(refused)s refused.",
                refused=len(rows),
                **totals,
            )
        )
        vals = {"refused_count": len(rows)}
        if rows:
            vals["refused_file"] = self._write_refused_file(rows)
            vals["refused_name"] = self.env._(
                "refused %(file)s", file=self.source_name or "machines.csv"
            )
        # The result belongs to the run, which the user was allowed to start.
        self.sudo()._write_guarded(vals)

    def _get_import_headings(self):
        """Headings of the source file. May be extended by further kinds."""
        return self._read_file().headings

    def _write_refused_file(self, rows):
        """The refused rows as CSV in base64."""
        labels = self._get_refusal_labels()
        described = (
            (line, self._describe_refusal(labels, reason, detail), json.loads(cells))
            for line, reason, detail, cells in rows
        )
        content = unit_file.write_refused(
            self._get_import_headings(),
            (self.env._("Line"), self.env._("Reason")),
            described,
        )
        return base64.b64encode(content)

    def _describe_refusal(self, labels, reason, detail):
        """The sentence for one code; values are named as the screen names them."""
        if reason in ("differs", "before_production"):
            fields_by_name = self.env["stock.lot"]._fields
            detail = ", ".join(
                fields_by_name[name]._description_string(self.env)
                for name in detail.split(", ")
            )
        return labels[reason] % {"detail": detail or ""}

    def _get_refusal_labels(self):
        """Words for each code of refusal, for the file that goes back."""
        _ = self.env._
        return {
            "missing_serial": _("The serial number is missing."),
            "bad_serial": _(
                "“%(detail)s” is no serial number. Format the column as text."
            ),
            "too_many_cells": _("The row has more cells than there are columns."),
            "too_long": _("What stands in “%(detail)s” is too long."),
            "missing_product": _("The product code is missing."),
            "bad_date": _(
                "“%(detail)s” is no date up to today. Write it like 2024-05-31."
            ),
            "before_production": _("%(detail)s is before the production date."),
            "unknown_product": _("No model has the product code “%(detail)s”."),
            "ambiguous_product": _("Several models have the code “%(detail)s”."),
            "untracked_product": _(
                "The model “%(detail)s” is not tracked by serial number."
            ),
            "unknown_owner": _("No customer has the reference “%(detail)s”."),
            "ambiguous_owner": _("Several customers have the reference “%(detail)s”."),
            "unknown_dealer": _("No dealer has the reference “%(detail)s”."),
            "ambiguous_dealer": _("Several dealers have the reference “%(detail)s”."),
            "unknown_shop": _("No shop has the reference “%(detail)s”."),
            "ambiguous_shop": _("Several shops have the reference “%(detail)s”."),
            "unknown_province": _("The province of “%(detail)s” is not known."),
            "unknown_city": _("The city “%(detail)s” is not known."),
            "ambiguous_city": _("Several cities are called “%(detail)s”."),
            "outside": _("The machine stands outside your territories."),
            "duplicate": _("The same machine stands in line %(detail)s."),
            "differs": _("Registered already, with another value: %(detail)s."),
            "elsewhere": _("Registered already in another territory."),
        }
