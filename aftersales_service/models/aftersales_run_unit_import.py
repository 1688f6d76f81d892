import base64
import csv
import io
import json
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ..tools import unit_file

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
                dealer_id integer, shop_id integer,
                site_state_id integer, site_city_id integer,
                territory_id integer, unit_id integer,
                PRIMARY KEY (run_id, position)
            )
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
        content = base64.b64decode(self.source_file or b"")
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
        except csv.Error as error:
            raise UserError(
                self.env._("The file is no readable CSV: %(error)s", error=error)
            ) from error

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

    # Checking

    def _check_staged_rows(self):
        """Find models, partners and places by what the rows name; refuse the rest."""
        self._resolve("product", "product_id", self._find_products)
        self._resolve("dealer", "dealer_id", self._find_dealers)
        self._resolve("shop", "shop_id", self._find_shops)
        self._execute_on_rows(
            SQL(
                "UPDATE %s AS staged SET company_id = COALESCE(product.company_id, %s)"
                " FROM product_product AS variant"
                " JOIN product_template AS product"
                " ON product.id = variant.product_tmpl_id"
                " WHERE variant.id = staged.product_id AND",
                _STAGE,
                self.company_id.id,
            )
        )
        self._resolve_cities()
        self._resolve_territories()
        self._refuse_duplicates()

    def _execute_on_rows(self, statement):
        """Run ``statement``, which ends before the condition on rows still good."""
        self.env.flush_all()
        self.env.cr.execute(
            SQL("%s staged.run_id = %s AND staged.reason IS NULL", statement, self.id)
        )

    def _get_distinct(self, *columns):
        """Different values of these columns in rows still good, as tuples."""
        names = SQL(", ").join(SQL.identifier(name) for name in columns)
        return self.env.execute_query(
            SQL(
                "SELECT DISTINCT %s FROM %s WHERE run_id = %s AND reason IS NULL",
                names,
                _STAGE,
                self.id,
            )
        )

    def _resolve(self, column, target, find):
        """Write into ``target`` the id that ``find`` knows for the text in ``column``.

        :param find: method: list of texts → {text: (id, None) or (None, reason)}
        """
        texts = [text for (text,) in self._get_distinct(column) if text]
        found = find(texts) if texts else {}
        rows = [(text, *found.get(text, (None, f"unknown_{column}"))) for text in texts]
        if not rows:
            return
        names, ids, reasons = (list(values) for values in zip(*rows, strict=True))
        source = SQL.identifier("staged", column)
        self._execute_on_rows(
            SQL(
                "UPDATE %s AS staged SET %s = found.id, reason = found.reason,"
                " detail = CASE WHEN found.reason IS NOT NULL THEN %s END"
                " FROM unnest(%s::text[], %s::int[], %s::text[])"
                " AS found(name, id, reason) WHERE found.name = %s AND",
                _STAGE,
                SQL.identifier(target),
                source,
                names,
                ids,
                reasons,
                source,
            )
        )

    def _find_products(self, codes):
        """Models by internal reference; a discontinued one only if no other has it."""
        products = (
            self.env["product.product"]
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("default_code", "in", codes),
                    ("company_id", "in", [False, self.company_id.id]),
                ],
                ["default_code", "active", "tracking"],
            )
        )
        return {
            code: self._pick_product(same)
            for code, same in products.grouped("default_code").items()
        }

    def _pick_product(self, products):
        products = products.filtered("active") or products
        if len(products) > 1:
            return None, "ambiguous_product"
        if products.tracking == "none":
            return None, "untracked_product"
        return products.id, None

    def _find_dealers(self, codes):
        return self._find_partners(codes, "dealer", ("dealer", "station"))

    def _find_shops(self, codes):
        return self._find_partners(codes, "shop", ("shop", "dealer"))

    def _find_partners(self, codes, column, roles):
        """Partners of ``roles`` by reference, as far as the user sees them."""
        partners = self.env["res.partner"].search_fetch(
            [("ref", "in", codes), ("aftersales_role", "in", roles)], ["ref"]
        )
        return {
            code: (same.id, None) if len(same) == 1 else (None, f"ambiguous_{column}")
            for code, same in partners.grouped("ref").items()
        }

    def _refuse_duplicates(self):
        self._execute_on_rows(
            SQL(
                """
                UPDATE %(stage)s AS staged SET reason = 'duplicate', detail = twin.first
                  FROM (
                    SELECT position, row_number() OVER same AS number,
                           first_value(line) OVER same AS first
                      FROM %(stage)s WHERE run_id = %(run)s AND reason IS NULL
                    WINDOW same AS (PARTITION BY product_id, serial_key
                                    ORDER BY position)
                  ) AS twin
                 WHERE twin.number > 1 AND twin.position = staged.position AND
                """,
                stage=_STAGE,
                run=self.id,
            )
        )

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

    def _write_refused_file(self, rows):
        """The refused rows as CSV in base64."""
        labels = self._get_refusal_labels()
        described = (
            (line, self._describe_refusal(labels, reason, detail), json.loads(cells))
            for line, reason, detail, cells in rows
        )
        content = unit_file.write_refused(
            self._read_file().headings,
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
