from odoo import models
from odoo.fields import Command

from ...tools import fitting as fitting_rule
from ...tools import serial as serial_rule


class AftersalesWorkOrder(models.Model):
    """The accepted report changes what is built into the machine."""

    _inherit = "aftersales.work.order"

    def _after_done(self):
        result = super()._after_done()
        self.part_line_ids._fit_components()
        return result

    def _undo_fittings(self, fitted):
        """Take back what these orders had built in and do not report any more.

        A part that has moved on since stays where it is now.

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
        still_in = wrong.filtered(
            lambda row: (
                not row.date_to and row.part_unit_id.parent_unit_id == row.unit_id
            )
        )
        still_in.part_unit_id._with_change(keeps_history=True).parent_unit_id = False
        (wrong - back).unlink()
        back = back.filtered(lambda row: not row.part_unit_id.parent_unit_id)
        back.write({"date_to": False, "order_to_id": False})
        for row in back:
            part = row.part_unit_id._with_change(keeps_history=True)
            part.parent_unit_id = row.unit_id

    def _tell_office_of_part(self, part, obstacle):
        """A number that names no spare part stays where it is: a person looks.

        :param obstacle: see `tools.fitting`
        """
        self.ensure_one()
        summary = self.env._("Look at part %(serial)s", serial=part.name)
        # A report may come again: one task is enough.
        if summary in self.activity_ids.mapped("summary"):
            return
        text = self.env._(
            "%(station)s reports %(serial)s as a new part of %(unit)s. %(obstacle)s"
            " It was not built in: ask the station for the right number.",
            station=self.station_id.name,
            serial=part.name,
            unit=self.unit_id.name,
            obstacle=self._get_obstacle_sentence(obstacle),
        )
        self._set_office_task(summary, text)

    def _get_obstacle_sentence(self, obstacle):
        return {
            "company": self.env._("It belongs to another company."),
            "border": self.env._("It belongs to another territory."),
            "owner": self.env._("It has another owner."),
            "built_in": self.env._("It is built into another machine."),
            "machine": self.env._("It is a machine itself."),
            "void": self.env._("It is scrapped or stolen."),
        }[obstacle]


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
        together = self.env["stock.lot"].sudo().union(*fitted.values())._prefetch_ids
        for line, part in fitted.items():
            order, unit = line.work_order_id, line.work_order_id.unit_id
            part = part.with_prefetch(together)
            if part == unit or part.parent_unit_id == unit:
                continue
            if obstacle := line._get_fit_obstacle(part):
                # One number of many pieces is used up, and that is all.
                if obstacle != "batch":
                    order._tell_office_of_part(part, obstacle)
                continue
            change = {"day": order._get_work_day(), "order_id": order.id}
            line._get_replaced(unit)._with_change(**change).parent_unit_id = False
            vals = {"parent_unit_id": unit.id}
            if guest := unit.territory_id - part.territory_id:
                # Its home stays; who sees the machine sees what is in it.
                vals["visiting_territory_ids"] = [Command.link(guest.id)]
            part._with_change(**change).write(vals)

    def _get_fit_obstacle(self, part):
        """What stands against building ``part`` in by this line: `tools.fitting`."""
        self.ensure_one()
        order, unit = self.work_order_id, self.work_order_id.unit_id
        is_machine = (
            part.component_unit_ids
            or part.request_ids
            or part.installation_date
            or part.selling_partner_id - order.station_id
        )
        is_local = part.territory_id == unit.territory_id or order._is_local(part)
        return fitting_rule.find_obstacle(
            fitting_rule.PartFacts(
                tracking=part.product_id.tracking,
                is_same_company=part.company_id <= order.company_id,
                is_local=is_local,
                has_other_owner=bool(part.owner_id - unit.owner_id),
                is_built_in=bool(part.parent_unit_id - unit),
                is_machine=bool(is_machine),
                is_void=bool(part.void_reason),
            )
        )

    def _get_replaced(self, unit):
        """The component that went out: by its number, else the only one of its kind."""
        self.ensure_one()
        parts = unit.component_unit_ids
        if key := serial_rule.normalise(self.failed_serial_text or ""):
            return parts.filtered(lambda part: part.serial_key == key)[:1]
        same = parts.filtered(lambda part: part.product_id == self.product_id)
        return same if len(same) == 1 else same.browse()
