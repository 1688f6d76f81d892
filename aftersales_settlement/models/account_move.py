from odoo import api, fields, models


class AccountMove(models.Model):
    """The bill of a station's settlement."""

    _inherit = "account.move"

    settlement_ids = fields.One2many(
        "aftersales.settlement",
        "bill_id",
        groups="account.group_account_readonly,account.group_account_invoice,"
        "aftersales_settlement.group_settlement_auditor",
    )
    settlement_count = fields.Integer(
        compute="_compute_settlement_count",
        groups="account.group_account_readonly,account.group_account_invoice,"
        "aftersales_settlement.group_settlement_auditor",
    )

    @api.depends("settlement_ids")
    def _compute_settlement_count(self):
        for move in self:
            move.settlement_count = len(move.settlement_ids)

    def action_view_settlement(self):
        """Smart button: the sheet this bill was made from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settlement"),
            "res_model": "aftersales.settlement",
            "view_mode": "form",
            "res_id": self.settlement_ids[:1].id,
        }


class AccountMoveSend(models.AbstractModel):
    """Bills we write for a station may be sent to it."""

    _inherit = "account.move.send"

    @api.model
    def _get_move_constraints(self, move):
        constraints = super()._get_move_constraints(move)
        if move.is_purchase_document() and move.journal_id.is_self_billing:
            constraints.pop("not_sale_document", None)
        return constraints
