from odoo import api, fields, models
from odoo.exceptions import UserError

from ..rate.aftersales_rate import KINDS, OCCASIONS


class AftersalesClaimLine(models.Model):
    """One amount of a claim with its explanation; written by code only."""

    _name = "aftersales.claim.line"
    _description = "Claim line"
    _inherit = ["aftersales.state.mixin"]
    _order = "claim_id, sequence, id"

    _guarded_fields = (
        "claim_id",
        "kind",
        "occasion",
        "operation_id",
        "quantity",
        "standard_hours",
        "amount",
        "approved_amount",
        "adjust_reason",
        "decision",
        "reason_id",
        "rate_id",
        "facts",
        "explanation",
        "settlement_line_id",
        "settlement_id",
        "dispute_reason",
        "disputed_at",
        "is_multiplier_done",
    )

    claim_id = fields.Many2one(
        "aftersales.claim", required=True, index=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id", store=True)
    station_id = fields.Many2one(related="claim_id.station_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    occasion = fields.Selection(
        OCCASIONS, readonly=True, help="What a surcharge is paid for."
    )
    operation_id = fields.Many2one(
        "aftersales.operation",
        readonly=True,
        help="Whose standard hours are paid.",
    )
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    quantity = fields.Float(
        readonly=True,
        help="Hours, kilometres, pieces, machines or visits, by kind.",
    )
    standard_hours = fields.Float(
        string="Standard hours",
        readonly=True,
        help="Of the operations on the report; 0 without operations.",
    )
    amount = fields.Monetary(readonly=True)
    approved_amount = fields.Monetary(string="Approved amount", readonly=True)
    is_adjusted = fields.Boolean(compute="_compute_is_adjusted")
    adjust_reason = fields.Char(string="Reason", readonly=True)
    rate_id = fields.Many2one("aftersales.rate", ondelete="restrict", readonly=True)
    facts = fields.Json(
        readonly=True,
        groups="base.group_user",
        help="Facts and rate as they were: the amount can be computed again from them.",
    )
    explanation = fields.Json(readonly=True, help="The factors, in their order.")
    why = fields.Char(
        compute="_compute_why",
        string="How it comes about",
        help="The amount as a sum that can be done by hand.",
    )

    # Set in the transaction that makes the settlement line: paid once.
    settlement_line_id = fields.Many2one(
        "aftersales.settlement.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    settlement_id = fields.Many2one(
        "aftersales.settlement", readonly=True, copy=False, index="btree_not_null"
    )
    is_multiplier_done = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The incentive multiplier of this fee is settled or comes to nothing.",
    )
    dispute_reason = fields.Char(string="Dispute", readonly=True, copy=False)
    disputed_at = fields.Datetime(string="Disputed on", readonly=True, copy=False)

    _approved_positive = models.Constraint(
        "CHECK(approved_amount >= 0)", "An approved amount cannot be negative."
    )
    _to_settle_idx = models.Index("(claim_id) WHERE settlement_line_id IS NULL")

    @api.depends("amount", "approved_amount")
    def _compute_is_adjusted(self):
        for line in self:
            line.is_adjusted = bool(
                line.currency_id.compare_amounts(line.amount, line.approved_amount)
            )

    @api.depends("kind", "occasion", "product_id.name", "operation_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        occasions = dict(self._fields["occasion"]._description_selection(self.env))
        for line in self:
            # The station reads the names, whatever else of them is closed to it.
            row = line.sudo()
            what = row.product_id.name or row.operation_id.name
            what = what or occasions.get(line.occasion)
            label = labels.get(line.kind, line.kind)
            line.display_name = (
                self.env._("%(kind)s: %(what)s", kind=label, what=what)
                if what
                else label
            )

    # === BUSINESS === #

    def _adjust(self, amount, reason):
        """Set another approved amount, which the station reads with the reason.

        :raise UserError: the line is on a sheet.
        """
        for line in self.filtered("settlement_line_id"):
            raise UserError(
                self.env._(
                    "%(line)s of %(claim)s is on settlement %(settlement)s.",
                    line=line.display_name,
                    claim=line.claim_id.display_name,
                    settlement=line.settlement_id.display_name,
                )
            )
        self._write_guarded({"approved_amount": amount, "adjust_reason": reason})

    def _leave_open_sheet(self):
        """Take these lines off sheets that are not sent yet.

        :raise UserError: a line is on a sheet the station has.
        """
        for line in self.filtered("settlement_id"):
            if line.settlement_id.state not in ("draft", "computed"):
                raise UserError(
                    self.env._(
                        "%(claim)s is on settlement %(settlement)s, which is with the"
                        " station.",
                        claim=line.claim_id.display_name,
                        settlement=line.settlement_id.display_name,
                    )
                )
        self._leave_sheet(self.settlement_id)

    # === SETTLEMENT === #

    def _leave_sheet(self, sheets):
        """Take these lines off ``sheets``; the next run finds them again."""
        rows = self.env["aftersales.settlement.line"].search(
            [("claim_line_id", "in", self.ids), ("settlement_id", "in", sheets.ids)]
        )
        fees = self.filtered(lambda line: line.settlement_id in sheets)
        self._write_guarded({"is_multiplier_done": False})
        fees._write_guarded({"settlement_line_id": False, "settlement_id": False})
        rows._unguarded().unlink()

    def _dispute(self, reason):
        """Take lines off their sent sheets on their station's word.

        The claim goes back to an auditor, who answers; it comes with a later sheet.
        A multiplier whose fee is paid already only comes again.
        """
        sheets = (
            self.env["aftersales.settlement.line"]
            .search(
                [
                    ("claim_line_id", "in", self.ids),
                    ("settlement_id.state", "=", "sent"),
                ]
            )
            .settlement_id
        )
        fees = self.filtered(lambda line: line.settlement_id in sheets)
        self._leave_sheet(sheets)
        fees._write_guarded(
            {"dispute_reason": reason, "disputed_at": fields.Datetime.now()}
        )
        claims = fees.claim_id
        claims.filtered(lambda claim: claim.state == "approved")._update_state(
            "review", approved_at=False, decided_at=False, decided_by_id=False
        )
        self.env["aftersales.claim.finding"].create(
            [
                {
                    "claim_id": line.claim_id.id,
                    "line_id": line.id,
                    "code": "dispute",
                    "severity": "review",
                    "params": {"reason": reason},
                }
                for line in fees
            ]
        )
