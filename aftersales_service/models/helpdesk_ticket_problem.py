from odoo import fields, models


class HelpdeskTicket(models.Model):
    """A problem sheet knows the follow-up whose answer opened it."""

    _inherit = "helpdesk.ticket"

    problem_followup_ids = fields.One2many(
        "aftersales.followup",
        "problem_ticket_id",
        string="Opened by",
        groups="base.group_user",
    )

    def action_view_problem_followup(self):
        """Open the follow-up that opened this problem sheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.followup",
            "res_id": self.problem_followup_ids[:1].id,
            "views": [[False, "form"]],
        }
