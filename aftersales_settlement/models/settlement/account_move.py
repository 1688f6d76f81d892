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

    def _get_settlement_lines_domain(self, group):
        """Lines of this bill's sheet; ``group``: see ``settlement_group`` of a line."""
        domain = [("settlement_id", "in", self.settlement_ids.ids)]
        if group:
            cards = [card or False for card in group["cards"]]
            domain += [
                ("kind", "=", group["kind"]),
                ("claim_id.rate_card_id", "in", cards),
                ("customer_charge_id", "!=" if group["is_charge"] else "=", False),
            ]
            if group["work_kind"]:
                domain += [("work_kind", "=", group["work_kind"])]
        return domain


class AccountMoveLine(models.Model):
    """A line of a station's bill knows which amounts of its sheet it sums up."""

    _inherit = "account.move.line"

    settlement_group = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Kind of amount, kind of work and rate cards of the lines summed up here.",
    )

    def action_view_settlement_lines(self):
        """Button: the amounts of the sheet this line of the bill sums up."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_settlement.settlement_line_action"
        )
        domain = self.move_id._get_settlement_lines_domain(self.settlement_group)
        return {**action, "domain": domain, "context": {}, "path": False}


class AccountMoveSend(models.AbstractModel):
    """Bills we write for a station may be sent to it."""

    _inherit = "account.move.send"

    @api.model
    def _get_move_constraints(self, move):
        constraints = super()._get_move_constraints(move)
        if move.is_purchase_document() and move.journal_id.is_self_billing:
            constraints.pop("not_sale_document", None)
        return constraints

    @api.model
    def _get_invoice_extra_attachments(self, move):
        """A station's bill is sent with its sheet as PDF and CSV."""
        # Part of sending the bill, which the sender may.
        sheets = move.sudo().settlement_ids
        files = super()._get_invoice_extra_attachments(move)
        if sheets and move.state == "posted":
            # Asked for whoever only looks at the bill, too.
            if not self.env.cr.readonly:
                sheets._attach_to_bill()
            files |= sheets._get_files()
        return files
