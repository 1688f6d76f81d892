from odoo import api, fields, models
from odoo.exceptions import AccessError


class AftersalesSettlementAdjustment(models.TransientModel):
    """Dialog: an amount for a station's next sheet that comes from no claim."""

    _name = "aftersales.settlement.adjustment"
    _description = "Amount for the next settlement"

    kind = fields.Selection(
        [
            ("clawback", "Clawback"),
            ("cash", "Cash collected"),
            ("manual", "Manual"),
        ],
        required=True,
        default="manual",
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    station_id = fields.Many2one(
        "res.partner",
        required=True,
        domain="[('aftersales_role', '=', 'station'),"
        " ('is_internal_team', '=', False)]",
    )
    origin_line_id = fields.Many2one(
        "aftersales.settlement.line",
        string="Takes back",
        domain="[('station_id', '=', station_id), ('kind', '=', 'claim')]",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    amount = fields.Monetary(
        required=True, help="Above zero for the station, below zero against it."
    )
    reason = fields.Char(required=True, help="The station reads it.")
    reason_document = fields.Char(
        string="Document",
        help="Number of the inspection, callback or letter it is based on.",
    )

    @api.depends("company_id", "origin_line_id")
    def _compute_currency_id(self):
        for wizard in self:
            wizard.currency_id = (
                wizard.origin_line_id.currency_id or wizard.company_id.currency_id
            )

    def action_add(self):
        """Button: note the amount for the next sheet."""
        self.ensure_one()
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_manager"
        ):
            raise AccessError(self.env._("Only settlement managers do this."))
        self.station_id.check_access("read")
        self.origin_line_id.check_access("read")
        # The manager and what he names were checked above.
        lines = self.env["aftersales.settlement.line"].sudo()
        if self.kind == "clawback":
            lines = self.origin_line_id.sudo()
            lines._claw_back(self.amount, self.reason, self.reason_document)
        else:
            lines._unguarded().create(
                {
                    "kind": self.kind,
                    "company_id": self.company_id.id,
                    "station_id": self.station_id.id,
                    "currency_id": self.currency_id.id,
                    "amount": self.currency_id.round(self.amount),
                    "reason": self.reason,
                    "reason_document": self.reason_document,
                    # A second person looks at what one has typed.
                    "is_held": self.kind == "manual",
                }
            )
        return {"type": "ir.actions.act_window_close"}
