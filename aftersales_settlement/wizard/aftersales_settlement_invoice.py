from odoo import fields, models


class AftersalesSettlementInvoice(models.TransientModel):
    """Dialog: the invoice a station wrote for a confirmed sheet."""

    _name = "aftersales.settlement.invoice"
    _description = "Invoice of a station"

    settlement_id = fields.Many2one(
        "aftersales.settlement", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="settlement_id.currency_id")
    number = fields.Char(string="Invoice number", required=True)
    date = fields.Date(string="Invoice date", required=True)
    amount = fields.Monetary(
        string="Amount before tax",
        required=True,
        help="Must be the total of the settlement, to the cent.",
    )

    def action_take(self):
        """Button: match the invoice with the sheet."""
        self.ensure_one()
        self.check_access("write")
        self.settlement_id.check_access("read")
        # The dialog's access list names who types invoices in; he reads the sheet.
        sheet = self.settlement_id.sudo()
        sheet._take_invoice(self.number, self.date, self.amount)
        return {"type": "ir.actions.act_window_close"}
