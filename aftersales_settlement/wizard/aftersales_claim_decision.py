from odoo import api, fields, models
from odoo.fields import Command

from ..tools.decision import REASON_KINDS

TARGETS = {"adjust": "approved", "reject": "rejected", "return": "returned"}


class AftersalesClaimDecision(models.TransientModel):
    """Dialog: an auditor's decision with its reason, line by line where adjusted."""

    _name = "aftersales.claim.decision"
    _description = "Decide claims"

    claim_ids = fields.Many2many("aftersales.claim", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("adjust", "Line by line"),
            ("reject", "Reject everything"),
            ("return", "Return to station"),
        ],
        required=True,
        default="adjust",
    )
    reason_id = fields.Many2one(
        "aftersales.claim.reason",
        compute="_compute_reason_id",
        store=True,
        readonly=False,
        domain="[('kind', '=', decision)]",
        help="The station reads it.",
    )
    comment = fields.Char(help="The station reads it beside the reason.")
    line_ids = fields.One2many(
        "aftersales.claim.decision.line",
        "decision_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("decision")
    def _compute_reason_id(self):
        for wizard in self:
            if wizard.reason_id.kind != wizard.decision:
                wizard.reason_id = False

    @api.depends("claim_ids")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(self._prepare_line_vals(line))
                    for line in wizard.claim_ids.line_ids._get_undecided()
                ),
            ]

    @api.model
    def _prepare_line_vals(self, line):
        """A line of the dialog as the claim's line stands."""
        stands = "adjusted" if line.is_adjusted else "approved"
        return {
            "claim_line_id": line.id,
            "decision": line.decision or stands,
            "approved_amount": line.approved_amount,
            "reason_id": line.reason_id.id,
        }

    def action_decide(self):
        """Button: carry the decision out."""
        self.ensure_one()
        lines = {}
        if self.decision == "adjust":
            lines = {row.claim_line_id: row._get_verdict() for row in self.line_ids}
        target = TARGETS[self.decision]
        claims = self.claim_ids._decide(target, self.reason_id, self.comment, lines)
        return claims._tell_second_approval()


class AftersalesClaimDecisionLine(models.TransientModel):
    """One amount in the dialog."""

    _name = "aftersales.claim.decision.line"
    _description = "Decide a claim line"

    decision_id = fields.Many2one(
        "aftersales.claim.decision", string="Dialog", required=True, ondelete="cascade"
    )
    claim_line_id = fields.Many2one(
        "aftersales.claim.line",
        string="Line",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="claim_line_id.currency_id")
    why = fields.Char(related="claim_line_id.why")
    amount = fields.Monetary(related="claim_line_id.amount")
    decision = fields.Selection(
        [("approved", "Approve"), ("adjusted", "Adjust"), ("rejected", "Reject")],
        required=True,
        default="approved",
    )
    approved_amount = fields.Monetary(
        string="Approved amount",
        compute="_compute_approved_amount",
        store=True,
        readonly=False,
    )
    reason_kind = fields.Char(compute="_compute_reason_kind")
    reason_id = fields.Many2one(
        "aftersales.claim.reason",
        compute="_compute_reason_id",
        store=True,
        readonly=False,
        domain="[('kind', '=', reason_kind)]",
    )
    comment = fields.Char(help="The station reads it beside the reason.")

    @api.depends("decision", "claim_line_id")
    def _compute_approved_amount(self):
        for line in self:
            if line.decision == "approved":
                line.approved_amount = line.amount
            elif line.decision == "rejected":
                line.approved_amount = 0.0
            else:
                line.approved_amount = line.approved_amount or 0.0

    @api.depends("decision")
    def _compute_reason_kind(self):
        for line in self:
            line.reason_kind = REASON_KINDS.get(line.decision)

    @api.depends("decision")
    def _compute_reason_id(self):
        for line in self:
            if line.reason_id.kind != line.reason_kind:
                line.reason_id = False

    def _get_verdict(self):
        """What the auditor says of this line, for ``_decide``."""
        self.ensure_one()
        return {
            "decision": self.decision,
            "amount": self.approved_amount,
            "reason": self.reason_id,
            "comment": self.comment,
        }
