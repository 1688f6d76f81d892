from odoo import models


class AftersalesFollowup(models.Model):
    """A follow-up that is closed takes its request a step further."""

    _inherit = "aftersales.followup"

    def _update_state(self, target, **vals):
        result = super()._update_state(target, **vals)
        if target != "due":
            # Also where who closes it may not read the request.
            self.sudo().ticket_id._ask_approvals()
        return result
