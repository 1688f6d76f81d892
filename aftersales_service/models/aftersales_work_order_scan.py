from odoo import models
from odoo.fields import Command

from ..tools import serial as serial_rule


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

    def _prepare_scanned_line(self, product, serial):
        """A command for the part lines; nothing when the number is there already.

        A part that is counted is counted up, one with a number has a line of its own.
        """
        self.ensure_one()
        same = self.part_line_ids.filtered(lambda line: line.product_id == product)
        if serial:
            key = serial_rule.normalise(serial)
            if any(serial_rule.normalise(line.serial_text) == key for line in same):
                return None
            return Command.create({"product_id": product.id, "serial_text": serial})
        if product.tracking == "none" and same:
            return Command.update(same[0].id, {"quantity": same[0].quantity + 1})
        return Command.create({"product_id": product.id})
