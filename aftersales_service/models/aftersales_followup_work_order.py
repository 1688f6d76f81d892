from odoo import models


class AftersalesWorkOrder(models.Model):
    """A done job makes the customer's follow-up due."""

    _inherit = "aftersales.work.order"

    def _after_done(self):
        result = super()._after_done()
        self.env["aftersales.followup"]._create_for_jobs(self)
        self.ticket_id._ask_approvals()
        return result
