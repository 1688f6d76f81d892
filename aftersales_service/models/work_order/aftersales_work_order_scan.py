from odoo import models
from odoo.fields import Command

from ...tools import parts as parts_rule
from ...tools import serial as serial_rule


class AftersalesWorkOrder(models.Model):
    """What a hand scanner reads becomes a line of the report's parts."""

    _inherit = "aftersales.work.order"

    def _find_scanned(self, text):
        """(product, serial or None) that a scanned or typed code names, else Nones.

        A barcode, a part number or name, else the number of one lot of a part.
        """
        self.ensure_one()
        if product := self._find_parts([text]).get(text):
            return product, None
        key = serial_rule.normalise(text)
        lots = key and self.env["stock.lot"].search(
            [
                ("serial_key", "=", key),
                ("product_id", "any", self._get_part_domain()),
                ("company_id", "in", [False, self.company_id.id]),
            ],
            limit=2,
        )
        if not lots or len(lots.product_id) != 1:
            return None, None
        return lots.product_id, lots[0].name

    def _add_scanned(self, commands, product, serial):
        """``commands`` for the part lines with the scanned part added to them.

        A part that is counted is counted up, one with a number has a line of its own.

        :param commands: what was typed, not saved yet
        :return: list of commands; None when the number is there already
        """
        self.ensure_one()
        rows = self._prepare_part_rows(commands)
        if serial:
            if parts_rule.is_listed(rows, product.id, serial):
                return None
            vals = {"product_id": product.id, "serial_text": serial}
            return [*commands, Command.create(vals)]
        row = None
        if product.tracking == "none":
            row = parts_rule.find_counted(rows, product.id)
        if not row:
            return [*commands, Command.create({"product_id": product.id})]
        return _change_row(commands, row.key, {"quantity": row.quantity + 1})

    def _prepare_part_rows(self, commands):
        """The part lines as they will be after ``commands``, for ``tools.parts``."""
        self.ensure_one()
        new, changed = [], {}
        for place, (code, line_id, vals) in enumerate(commands):
            if code == Command.CREATE:
                new.append(_to_row(f"n{place}", vals))
            else:
                # A line that is deleted has no values any more.
                changed[line_id] = vals if code == Command.UPDATE else None
        saved = [
            _to_row(line.id, {**_get_vals(line), **changes})
            for line in self.part_line_ids
            if (changes := changed.get(line.id, {})) is not None
        ]
        return [*saved, *new]


def _get_vals(line):
    return {
        "product_id": line.product_id.id,
        "quantity": line.quantity,
        "serial_text": line.serial_text,
    }


def _to_row(key, vals):
    """A row of ``tools.parts`` of the values of a line."""
    return parts_rule.Row(
        key=key,
        product_id=vals["product_id"],
        quantity=vals.get("quantity", 1.0),
        serial=vals.get("serial_text") or "",
    )


def _change_row(commands, key, vals):
    """``commands`` with ``vals`` written to the row: id of a line, or ``n`` and place.

    They go into the command that the row has already: what was typed stays.
    """
    changed, is_found = [], False
    for place, (code, line_id, typed) in enumerate(commands):
        if key in (line_id, f"n{place}"):
            changed.append((code, line_id, {**typed, **vals}))
            is_found = True
        else:
            changed.append((code, line_id, typed))
    return changed if is_found else [*changed, Command.update(key, vals)]
