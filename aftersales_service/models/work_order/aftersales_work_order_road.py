from odoo import models


class AftersalesWorkOrder(models.Model):
    """A report that waits for the office takes its request a step further."""

    _inherit = "aftersales.work.order"

    def _submit_report(self):
        result = super()._submit_report()
        waiting = self.filtered(lambda order: order.state == "reported")
        # A station has no rights on requests; who approves is asked by itself.
        waiting.sudo().ticket_id._ask_approvals()
        return result
