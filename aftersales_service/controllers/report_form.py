"""The station's report as a form: reads what was posted, builds what is shown."""

import re
from datetime import date

from odoo.fields import Command

from ..models.work_order.aftersales_work_order import CODE_KINDS
from .form_reader import MAX_TEXT, FormReader, clean

BLANK_ROWS = 2
MAX_ROWS = 60
_ROW = re.compile(r"(part|charge)-(\d{1,9}|n\d{1,2})-(\w{1,12})")
PART_CELLS = ("product", "quantity", "serial", "failed")
CHARGE_CELLS = ("kind", "amount", "collected", "note")
# Short words of the report, and how long they may be.
TEXTS = {"signed_by": 80, "found_phone": 32, "found_zip": 16, "invoice_number": 40}


class ReportReader(FormReader):
    """A posted report of one work order, see ``FormReader``.

    Rows of parts and charges are named ``part-KEY-cell``; KEY is the id of a saved
    line or ``n1``, ``n2``, ... for a new one. A row whose cells are all empty removes
    its line; a row that was not sent stays.
    """

    def __init__(self, order, form, operation_ids=None):
        super().__init__(order.env, form)
        self.order = order
        self.operation_ids = operation_ids
        self.failed_rows = {}
        self.photo_kinds = order.request_type_id.photo_ids
        self.is_scanned = False

    def read(self):
        """Read the whole report into ``vals``, ``errors`` and ``typed``."""
        choices = self.order._get_code_choices()
        for kind in CODE_KINDS:
            self.choice(f"{kind}_id", choices[kind])
        for name in ("reading_value", "labor_hours"):
            self.number(name)
        self.word("reading_reason", self.order._get_reading_reasons())
        self.text("found_street")
        for name, limit in TEXTS.items():
            self.text(name, limit)
        self.text("work_text", MAX_TEXT)
        self.day("started_on")
        self._read_city()
        self._read_travel()
        self._read_operations()
        rows = self._collect_rows()
        self._read_parts(rows["part"])
        self._read_scan()
        self._read_charges(rows["charge"])
        return self

    def _read_city(self):
        raw = self._raw("found_city", 80)
        if raw is None:
            return
        city = self.order._find_city(raw) if raw else self.order.found_city_id.browse()
        if raw and not city:
            self.errors["found_city"] = self.env._(
                "No such city is known in this province. Choose one from the list."
            )
        else:
            self.vals["found_city_id"] = city.id

    def _read_travel(self):
        """Kilometres of the job, or of each visit where several were made."""
        if not self.order.has_trips:
            self.number("travel_km")
            return
        commands = []
        for visit in self.order._get_made_visits():
            name = f"visit-{visit.id}"
            raw = self._raw(name, 12)
            if raw is None:
                continue
            value = self.parse_number(raw or "0")
            if value is None:
                self.errors[name] = self.env._("Enter a number, e.g. 12.5.")
            elif value != visit.travel_km:
                commands.append(Command.update(visit.id, {"travel_km": value}))
        if commands:
            self.vals["visit_ids"] = commands

    def _read_operations(self):
        if self.operation_ids is None:
            return
        allowed = set(self.order._get_operation_choices().ids)
        wanted = {
            int(text)
            for text in self.operation_ids[:MAX_ROWS]
            if text.isascii() and text.isdigit() and int(text) in allowed
        }
        lines = self.order.operation_line_ids
        kept = lines.filtered(lambda line: line.operation_id.id in wanted)
        self.vals["operation_line_ids"] = [
            *(Command.delete(line.id) for line in lines - kept),
            *(
                Command.create({"operation_id": operation_id})
                for operation_id in sorted(wanted - set(kept.operation_id.ids))
            ),
        ]

    def _collect_rows(self):
        """{"part": {key: {cell: text}}, "charge": ...} of what was posted."""
        rows = {"part": {}, "charge": {}}
        for name in self.form:
            if not (match := _ROW.fullmatch(name)):
                continue
            kind, key, cell = match.groups()
            if len(rows[kind]) < MAX_ROWS or key in rows[kind]:
                rows[kind].setdefault(key, {})[cell] = clean(str(self.form[name]))
        return rows

    def _read_parts(self, rows):
        lines = {str(line.id): line for line in self.order.part_line_ids}
        texts = {row.get("product", "") for row in rows.values()} - {""}
        products = self.order._find_parts(list(texts))
        commands = []
        for key, row in rows.items():
            line = lines.get(key)
            if key.isdigit() and not line:
                continue  # somebody else's line, or one that is gone
            if not any(row.get(cell) for cell in ("product", "serial", "failed")):
                commands += [Command.delete(line.id)] if line else []
                continue
            vals = self._read_part(key, row, products.get(row.get("product", "")))
            if vals:
                commands.append(_to_command(line, vals))
        if commands:
            self.vals["part_line_ids"] = commands

    def _read_scan(self):
        """A code that was scanned or typed becomes a line, or a sentence."""
        text = self._raw("scan", 64)
        if not text:
            return
        product, serial = self.order._find_scanned(text)
        if not product:
            self.errors["scan"] = self.env._(
                "No part has this code. Enter it as on the label."
            )
            return
        typed = self.vals.get("part_line_ids", [])
        commands = self.order._add_scanned(typed, product, serial)
        if not commands:
            self.errors["scan"] = self.env._("This part is on the report already.")
            return
        self.vals["part_line_ids"] = commands
        self.typed.pop("scan")
        self.is_scanned = True

    def _read_part(self, key, row, product):
        """Values of one part line, or nothing and a sentence at the row."""
        quantity = self.parse_number(row.get("quantity") or "1")
        if not product:
            text = (
                self.env._("No part has this number. Enter it as on the label.")
                if row.get("product")
                else self.env._("Enter the part number.")
            )
            self._fail_row("part", key, row, text)
            return None
        if not quantity:
            self._fail_row(
                "part", key, row, self.env._("Enter how many, a number above zero.")
            )
            return None
        return {
            "product_id": product.id,
            "quantity": quantity,
            "serial_text": row.get("serial", "")[:64] or False,
            "failed_serial_text": row.get("failed", "")[:64] or False,
        }

    def _read_charges(self, rows):
        lines = {str(line.id): line for line in self.order.charge_line_ids}
        kinds = dict(self.order.charge_line_ids._fields["kind"].selection)
        commands = []
        for key, row in rows.items():
            line = lines.get(key)
            if key.isdigit() and not line:
                continue
            if not row.get("amount") and not row.get("note"):
                commands += [Command.delete(line.id)] if line else []
                continue
            amount = self.parse_number(row.get("amount") or "")
            if amount is None or row.get("kind") not in kinds:
                self._fail_row(
                    "charge", key, row, self.env._("Enter the amount, e.g. 120.00.")
                )
                continue
            vals = {"kind": row["kind"], "amount": amount, "note": row.get("note")}
            if "collected" in row:
                vals["is_collected"] = row["collected"] != "no"
            commands.append(_to_command(line, vals))
        if commands:
            self.vals["charge_line_ids"] = commands

    def _fail_row(self, kind, key, row, sentence):
        self.errors[f"{kind}-{key}"] = sentence
        self.failed_rows[f"{kind}-{key}"] = row


def get_error_name(field, key):
    """The name under which a page shows a sentence about a field or its line."""
    if not key:
        return field
    rows = {"part_line_ids": "part", "visit_ids": "visit"}
    return f"{rows.get(field, field)}-{key}"


def _to_command(line, vals):
    """Change a saved line only where it differs, so that nothing moves twice."""
    if not line:
        return Command.create(vals)
    same = {
        name: line._fields[name].convert_to_write(line[name], line) for name in vals
    }
    return Command.update(line.id, {n: v for n, v in vals.items() if v != same[n]})


def show(order, reader=None):
    """Values of the form: as saved, with what was typed and not understood over it.

    :return: dict of texts by field, and ``parts`` and ``charges``: lists of rows
        with their key and cells
    """
    failed = reader.failed_rows if reader else {}
    values = {
        name: _to_text(order[name])
        for name in (
            *(f"{kind}_id" for kind in CODE_KINDS),
            *("reading_value", "reading_reason", "travel_km", "labor_hours"),
            *("started_on", "work_text", "signed_by", "invoice_number"),
            *("found_phone", "found_street", "found_zip"),
        )
    }
    values["found_city"] = order.found_city_id.name or ""
    values |= {f"visit-{v.id}": _to_text(v.travel_km) for v in order.visit_ids}
    # What the customer told is the first guess of what the station finds.
    for name in ("component_id", "symptom_id"):
        values[name] = values[name] or _to_text(order.ticket_id[name])
    values["started_on"] = values["started_on"] or order._get_local_today().isoformat()
    if reader:
        values |= reader.typed
    values["parts"] = _rows("part", PART_CELLS, order.part_line_ids, _part_row, failed)
    values["charges"] = _rows(
        "charge", CHARGE_CELLS, order.charge_line_ids, _charge_row, failed
    )
    return values


def _rows(kind, cells, lines, build, failed):
    """Saved lines, rows that could not be read, and some empty ones."""
    rows = [{"key": f"{kind}-{line.id}", **build(line)} for line in lines]
    rows = [{**row, **failed.get(row["key"], {})} for row in rows]
    saved = {row["key"] for row in rows}
    empty = dict.fromkeys(cells, "")
    again = [
        row for key, row in failed.items() if key.startswith(kind) and key not in saved
    ]
    fresh = [*again, *({} for _n in range(BLANK_ROWS))]
    rows += [
        {**empty, **row, "key": f"{kind}-n{number}"}
        for number, row in enumerate(fresh, start=1)
    ]
    return rows


def row_errors(reader):
    """Sentences of rows under the keys that ``show`` gives their rows."""
    found, number = {}, {"part": 0, "charge": 0}
    for key, sentence in reader.errors.items():
        kind, _dash, row_key = key.partition("-")
        if kind in number and row_key.startswith("n"):
            number[kind] += 1
            key = f"{kind}-n{number[kind]}"
        found[key] = sentence
    return found


def _part_row(line):
    return {
        "product": line.product_id.display_name,
        "quantity": _to_text(line.quantity),
        "serial": line.serial_text or "",
        "failed": line.failed_serial_text or "",
        "must_return": line._must_return(),
    }


def _charge_row(line):
    return {
        "kind": line.kind,
        "amount": f"{line.amount:.2f}",
        "collected": "yes" if line.is_collected else "no",
        "note": line.note or "",
    }


def _to_text(value):
    """A field's value as the text of an input."""
    if isinstance(value, float):
        return f"{value:.10g}" if value else ""
    if isinstance(value, date):
        return value.isoformat()
    if hasattr(value, "_name"):
        return str(value.id or "")
    return value or ""
