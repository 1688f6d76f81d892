from odoo import models

from ..tools import serial as serial_rule


class AftersalesWorkOrder(models.Model):
    """The accepted report changes what is built into the machine."""

    _inherit = "aftersales.work.order"

    def _after_done(self):
        result = super()._after_done()
        self.part_line_ids._fit_components()
        return result

    def _undo_fittings(self, fitted):
        """Take back what these orders had built in and do not report any more.

        :param fitted: {part line: component it fits now}
        """
        # See `_fit_components`.
        rows = (
            self.env["aftersales.unit.period"]
            .sudo()
            .search(
                [
                    ("kind", "=", "component"),
                    "|",
                    ("order_from_id", "in", self.ids),
                    ("order_to_id", "in", self.ids),
                ]
            )
        )
        now = {(line.work_order_id, part) for line, part in fitted.items()}
        wrong = rows.filtered(
            lambda row: (
                row.order_from_id in self
                and (row.order_from_id, row.part_unit_id) not in now
            )
        )
        back = rows.filtered(lambda row: row.order_to_id in wrong.order_from_id)
        wrong.part_unit_id._with_change(keeps_history=True).parent_unit_id = False
        (wrong - back).unlink()
        back.write({"date_to": False, "order_to_id": False})
        for row in back:
            part = row.part_unit_id._with_change(keeps_history=True)
            part.parent_unit_id = row.unit_id


class AftersalesWorkOrderPart(models.Model):
    """A part with a serial number becomes a component of the machine."""

    _inherit = "aftersales.work.order.part"

    def _fit_components(self):
        """Build what was fitted into the machines, and take out what it replaced.

        Comes a second time when a report was sent back and accepted again: what the
        first one said and the second does not is undone.
        """
        # Follows from the accepted report; a station has no rights on machines.
        lines = self.sudo()
        fitted = {
            line: line.move_id.lot_ids[:1]
            for line in lines
            if line.work_order_id.unit_id and line.move_id.lot_ids
        }
        lines.work_order_id._undo_fittings(fitted)
        for line, part in fitted.items():
            order, unit = line.work_order_id, line.work_order_id.unit_id
            if part == unit or part.parent_unit_id == unit:
                continue
            change = {"day": order._get_work_day(), "order_id": order.id}
            line._get_replaced(unit)._with_change(**change).parent_unit_id = False
            part._with_change(**change).write(
                {"parent_unit_id": unit.id, "territory_id": unit.territory_id.id}
            )

    def _get_replaced(self, unit):
        """The component that went out: by its number, else the only one of its kind."""
        self.ensure_one()
        parts = unit.component_unit_ids
        if key := serial_rule.normalise(self.failed_serial_text or ""):
            return parts.filtered(lambda part: part.serial_key == key)[:1]
        same = parts.filtered(lambda part: part.product_id == self.product_id)
        return same if len(same) == 1 else same.browse()
