import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from psycopg2 import IntegrityError

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...tools import change_over, csv_file

# Rows between two commits.
CHUNK_SIZE = 500

# Of the rows of these files only the refused ones lie in the staging table.
_STAGE = SQL.identifier("aftersales_unit_import_row")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A kind of file: its columns, its row rule, and what registers its rows."""

    layout: csv_file.Layout
    read: Callable
    load: str


TABLES = {
    "customer_import": Table(
        layout=change_over.CUSTOMERS,
        read=change_over.read_customer,
        load="_load_customers",
    ),
    "station_import": Table(
        layout=change_over.STATIONS,
        read=change_over.read_station,
        load="_load_stations",
    ),
    "order_import": Table(
        layout=change_over.ORDERS, read=change_over.read_order, load="_load_orders"
    ),
}


class AftersalesRun(models.Model):
    """Customers, stations and past work orders from CSV files.

    What: each batch reads the next rows, checks them by ``tools.change_over`` and has
    them registered by the kind's ``load`` method, which gets rows and returns
    (counts, [(row, reason, detail)]).
    How it works: a record is known by its code or number, so that the same file again,
    or a run continued after a kill, changes nothing. Refused rows wait in the staging
    table of the import of machines; emptied by a crash, the file is read again.
    """

    _inherit = "aftersales.run"

    kind = fields.Selection(
        selection_add=[
            ("customer_import", "Import of customers"),
            ("station_import", "Import of stations"),
            ("order_import", "Import of past work orders"),
        ],
        ondelete=dict.fromkeys(TABLES, "cascade"),
    )

    @api.model
    def _start_table_import(self, kind, file, file_name=None, **vals):
        """Queue an import of one of ``TABLES``; see ``_start_unit_import``."""
        if not self.env.su and not self.env.user.has_group(
            "aftersales_service.group_aftersales_office"
        ):
            raise AccessError(self.env._("Only offices can import files."))
        labels = dict(self._fields["kind"]._description_selection(self.env))
        name = f"{labels[kind]}: {file_name}" if file_name else labels[kind]
        return self._start(
            kind,
            name=name,
            source_file=file,
            source_name=file_name or "import.csv",
            **vals,
        )

    def _work_customer_import(self):
        return self._work_table()

    def _work_station_import(self):
        return self._work_table()

    def _work_order_import(self):
        return self._work_table()

    def _finish_customer_import(self):
        self._finish_unit_import()

    def _finish_station_import(self):
        self._finish_unit_import()

    def _finish_order_import(self):
        self._finish_unit_import()

    def _work_table(self):
        """Register the next rows; return how many are left."""
        point = self.checkpoint or {}
        if not point or point["refused"] > self._count_refused_rows():
            point = self._begin_table()
        table, lines = TABLES[self.kind], self._open_table()
        first, last = point["done"], point["done"] + CHUNK_SIZE
        # Far east of us it may be tomorrow already.
        today = fields.Date.add(fields.Date.today(), days=1)
        rows = [
            table.read(cells, lines, line, today)
            for line, cells in islice(lines.cells, first, last)
        ]
        counts, refused = self._load_table(table, rows)
        self._stage_refused(refused, point["refused"])
        totals = {name: point[name] + count for name, count in counts.items()}
        done = min(last, point["total"])
        self._save_checkpoint(
            done=done, refused=point["refused"] + len(refused), **totals
        )
        if done == point["total"]:
            self._report_import(totals)
        return point["total"] - done

    def _begin_table(self):
        """Count the rows and start from the first."""
        self._finish_unit_import()
        total = sum(1 for _line in self._guard_reading(self._open_table().cells))
        if not total:
            raise UserError(self.env._("The file has column names but no row."))
        point = {"total": total, "done": 0, "refused": 0}
        point |= {"created": 0, "completed": 0, "same": 0}
        self._save_checkpoint(**point)
        return point

    def _open_table(self):
        """The source file as ``csv_file.Lines``."""
        content = self._read_source()
        try:
            return csv_file.open_lines(content, TABLES[self.kind].layout)
        except csv_file.FileError as error:
            raise UserError(self._describe_file_error(error)) from error

    def _get_import_headings(self):
        if self.kind in TABLES:
            return self._open_table().headings
        return super()._get_import_headings()

    def _load_table(self, table, rows):
        """Have the readable rows registered; of rows with the same key the first."""
        refused, good, seen = [], [], {}
        for row in rows:
            if row.reason:
                refused.append((row, row.reason, row.detail))
            elif row.key in seen:
                refused.append((row, "duplicate", str(seen[row.key])))
            else:
                seen[row.key] = row.line
                good.append(row)
        counts, more = getattr(self, table.load)(good)
        return counts, refused + more

    def _create_rows(self, records, pairs):
        """Create records from (row, values); what cannot be is refused by itself.

        :return: ({row: record}, [(row, reason, detail)])
        """
        quiet = records.with_context(tracking_disable=True, mail_create_nolog=True)
        made, sentence = self._attempt(
            lambda: quiet.create([vals for _row, vals in pairs])
        )
        if sentence and len(pairs) == 1:
            return {}, [(pairs[0][0], "refused", sentence)]
        if sentence:
            found, refused = {}, []
            for pair in pairs:
                one, why = self._create_rows(records, [pair])
                found |= one
                refused += why
            return found, refused
        rows = [row.line for row, _vals in pairs]
        return dict(zip(rows, made.with_env(records.env), strict=True)), []

    def _attempt(self, work):
        """(what ``work()`` returns, None), or (None, the sentence why it is undone)."""
        try:
            with self.env.cr.savepoint():
                result = work()
                self.env.flush_all()
        except UserError as error:
            return None, str(error)
        except IntegrityError as error:
            return None, self._describe_violation(error)
        return result, None

    def _describe_violation(self, error):
        """The sentence of the constraint of the database that was violated."""
        models_by_table = {
            model._table: name
            for name, model in self.env.registry.items()
            if not model._abstract
        }
        name = models_by_table.get(error.diag.table_name, "base")
        return self.env[name]._sql_error_to_message(error)

    def _count_refused_rows(self):
        [[count]] = self.env.execute_query(
            SQL("SELECT count(*) FROM %s WHERE run_id = %s", _STAGE, self.id)
        )
        return count

    def _stage_refused(self, refused, before):
        """Keep refused rows, in the order of the file, until they are given back."""
        for position, (row, reason, detail) in enumerate(
            sorted(refused, key=lambda item: item[0].line), before + 1
        ):
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (run_id, position, line, cells, reason, detail)"
                    " VALUES (%s, %s, %s, %s, %s, %s)",
                    _STAGE,
                    self.id,
                    position,
                    row.line,
                    json.dumps(row.cells, ensure_ascii=False),
                    reason,
                    (detail or "")[:200],
                )
            )

    def _describe_refusal(self, labels, reason, detail):
        if self.kind in TABLES:
            return labels[reason] % {"detail": detail or ""}
        return super()._describe_refusal(labels, reason, detail)

    def _get_refusal_labels(self):
        _ = self.env._
        labels = super()._get_refusal_labels()
        if self.kind not in TABLES:
            return labels
        return labels | {
            "missing": _("The column “%(detail)s” is empty."),
            "bad_email": _("“%(detail)s” is no e-mail address."),
            "bad_number": _("“%(detail)s” is no number that can be right."),
            "done_before_received": _("It was done before it was received."),
            "duplicate": _("The same code stands in line %(detail)s."),
            "differs": _("Known already, with another value: %(detail)s."),
            "elsewhere": _("Known already in another territory."),
            "outside": _("This lies outside your territories."),
            "unknown_unit": _("No machine has the serial number “%(detail)s”."),
            "ambiguous_code": _("Several partners have the code “%(detail)s”."),
            "ambiguous_unit": _(
                "Several models have the serial number “%(detail)s”: name the product."
            ),
            "unknown_type": _("No request type has the code “%(detail)s”."),
            "unknown_customer": _("No customer has the code “%(detail)s”."),
            "unknown_station": _("No station has the code “%(detail)s”."),
            "ambiguous_customer": _("Several customers have the code “%(detail)s”."),
            "ambiguous_station": _("Several stations have the code “%(detail)s”."),
            "not_closed": _(
                "Requests of the type “%(detail)s” have no stage that closes them."
            ),
            "unknown_code": _("The fault dictionary has no “%(detail)s”."),
            "refused": "%(detail)s",
        }
