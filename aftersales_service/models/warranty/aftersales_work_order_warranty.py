from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields, models

from ...tools import warranty_facts


class ProductTemplate(models.Model):
    """A spare part may have a warranty of its own."""

    _inherit = "product.template"

    part_warranty_months = fields.Integer(
        string="Warranty as a part",
        help="Months from the day it is fitted; 0 means none of its own.",
    )


class AftersalesWorkOrder(models.Model):
    """What a repair promises: the warranty of the parts that were fitted."""

    _inherit = "aftersales.work.order"

    repair_limit_date = fields.Date(
        related="ticket_id.repair_limit_date", groups="base.group_user"
    )

    def _prepare_stop(self):
        """Days the machine stood still for this job, from the day after it was told.

        Days waiting for parts lie in them; none when it was done on the same day.
        """
        self.ensure_one()
        ticket = self.ticket_id
        return warranty_facts.Days(
            first=ticket._get_local_date(ticket.received_at) + timedelta(days=1),
            last=ticket._get_local_date(self.done_at),
        )

    def _after_done(self):
        result = super()._after_done()
        self._grant_part_warranties()
        return result

    def _grant_part_warranties(self):
        """Grant each fitted part its own warranty, once; in batch."""
        # The warranty of a part follows from the report, whoever made it done.
        lines = self.sudo().part_line_ids.filtered(
            lambda line: (
                line.product_id.part_warranty_months > 0 and line.work_order_id.unit_id
            )
        )
        Coverage = lines.env["aftersales.warranty.coverage"]
        known = Coverage.search([("part_line_id", "in", lines.ids)]).part_line_id
        vals_list = [line._prepare_part_warranty_vals() for line in lines - known]
        coverages = Coverage.with_context(tracking_disable=True).create(vals_list)
        return coverages._guarded_again()._grant()


class AftersalesWorkOrderPart(models.Model):
    """A part that was fitted."""

    _inherit = "aftersales.work.order.part"

    def _prepare_part_warranty_vals(self):
        """The warranty of this part as values of its coverage."""
        self.ensure_one()
        order, fitted_on = self.work_order_id, self.work_order_id._get_work_day()
        months = relativedelta(months=self.product_id.part_warranty_months)
        return {
            "kind": "part",
            "unit_id": order.unit_id.id,
            "company_id": order.company_id.id,
            "work_order_id": order.id,
            "part_line_id": self.id,
            "component_id": order.component_id.id,
            "valid_from": fitted_on,
            "valid_to": fitted_on + months,
            "reference": self.serial_text,
        }
