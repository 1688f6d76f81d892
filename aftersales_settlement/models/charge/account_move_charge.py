from odoo import fields, models

READERS = (
    "account.group_account_readonly,account.group_account_invoice,"
    "aftersales_settlement.group_settlement_auditor"
)


class AccountMove(models.Model):
    """The invoice of a paid service."""

    _inherit = "account.move"

    customer_charge_ids = fields.One2many(
        "aftersales.customer.charge", "invoice_id", groups=READERS
    )

    def action_view_customer_charge(self):
        """Smart button: the paid service this invoice was made from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Paid service"),
            "res_model": "aftersales.customer.charge",
            "view_mode": "form",
            "res_id": self.customer_charge_ids[:1].id,
        }
