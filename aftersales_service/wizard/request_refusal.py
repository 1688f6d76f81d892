from odoo import fields, models


class AftersalesRequestRefusal(models.TransientModel):
    """Asks why an approval is refused."""

    _name = "aftersales.request.refusal"
    _description = "Refusal of an approval"

    ticket_id = fields.Many2one("helpdesk.ticket", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_confirm(self):
        """Refuse; the request asks whether this user may."""
        self.ensure_one()
        self.ticket_id._refuse_step(self.reason)
        return {"type": "ir.actions.act_window_close"}
