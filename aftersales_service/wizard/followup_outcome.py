from datetime import timedelta

from odoo import fields, models


class AftersalesFollowupOutcome(models.TransientModel):
    """A call that brought no answer: nobody reached, or not to be asked at all."""

    _name = "aftersales.followup.outcome"
    _description = "Call without an answer"

    kind = fields.Selection(
        [("not_reached", "Not reached"), ("cancel", "Cancel follow-up")],
        required=True,
        default="not_reached",
    )
    followup_ids = fields.Many2many("aftersales.followup", required=True)
    next_try_at = fields.Datetime(
        string="Next try",
        default=lambda self: fields.Datetime.now() + timedelta(days=1),
        help="Until then the customer is not called again.",
    )
    note = fields.Char()
    reason = fields.Char()

    def action_confirm(self):
        for outcome in self:
            if outcome.kind == "cancel":
                outcome.followup_ids._cancel(outcome.reason)
            else:
                outcome.followup_ids._miss(outcome.next_try_at, outcome.note)
        return {"type": "ir.actions.act_window_close"}
