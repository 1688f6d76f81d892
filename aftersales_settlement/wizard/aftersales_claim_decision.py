from odoo import api, fields, models
from odoo.fields import Command

TARGETS = {"adjust": "approved", "reject": "rejected", "return": "returned"}


class AftersalesClaimDecision(models.TransientModel):
    """Dialog: an auditor's decision with its reason, line by line where adjusted."""

    _name = "aftersales.claim.decision"
    _description = "Decide claims"

    claim_ids = fields.Many2many("aftersales.claim", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("adjust", "Approve with other amounts"),
            ("reject", "Reject"),
            ("return", "Return to station"),
        ],
        required=True,
        default="adjust",
    )
    reason = fields.Char(required=True, help="The station reads it.")
    line_ids = fields.One2many(
        "aftersales.claim.decision.line",
        "decision_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("claim_ids")
    def _compute_line_ids(self):
        for wizard in self:
            lines = wizard.claim_ids.line_ids.filtered(
                lambda line: not line.settlement_line_id
            )
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "claim_line_id": line.id,
                            "approved_amount": line.approved_amount,
                        }
                    )
                    for line in lines
                ),
            ]

    def action_decide(self):
        """Button: carry the decision out."""
        self.ensure_one()
        amounts = {}
        if self.decision == "adjust":
            amounts = {
                line.claim_line_id: line.approved_amount
                for line in self.line_ids
                if line._is_changed()
            }
        self.claim_ids._decide(TARGETS[self.decision], self.reason, amounts)


class AftersalesClaimDecisionLine(models.TransientModel):
    """One amount in the dialog."""

    _name = "aftersales.claim.decision.line"
    _description = "Decide a claim line"

    decision_id = fields.Many2one(
        "aftersales.claim.decision", required=True, ondelete="cascade"
    )
    claim_line_id = fields.Many2one(
        "aftersales.claim.line", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="claim_line_id.currency_id")
    why = fields.Char(related="claim_line_id.why")
    amount = fields.Monetary(related="claim_line_id.amount")
    approved_amount = fields.Monetary(required=True)

    def _is_changed(self):
        self.ensure_one()
        return bool(
            self.currency_id.compare_amounts(
                self.approved_amount, self.claim_line_id.approved_amount
            )
        )
