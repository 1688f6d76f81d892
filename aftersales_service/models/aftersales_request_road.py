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


class AftersalesFollowup(models.Model):
    """A follow-up that is closed takes its request a step further."""

    _inherit = "aftersales.followup"

    def _update_state(self, target, **vals):
        result = super()._update_state(target, **vals)
        if target != "due":
            # See above: also where nobody may read the request.
            self.sudo().ticket_id._ask_approvals()
        return result
