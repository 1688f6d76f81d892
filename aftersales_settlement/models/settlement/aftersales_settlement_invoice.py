from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount


class AftersalesSettlement(models.Model):
    """Where the station writes its own invoice: it must match the sheet to the cent."""

    _inherit = "aftersales.settlement"

    invoice_number = fields.Char(
        string="Station's invoice",
        readonly=True,
        copy=False,
        help="Number of the invoice the station wrote for this sheet.",
    )
    invoice_date = fields.Date(string="Date of the invoice", readonly=True, copy=False)
    waits_for_invoice = fields.Boolean(
        compute="_compute_waits_for_invoice",
        compute_sudo=True,
        help="The bill is prepared; it is posted when the station's invoice is there.",
    )

    _invoice_once = models.UniqueIndex(
        "(company_id, station_id, invoice_number) WHERE invoice_number IS NOT NULL",
        "This invoice was handed in for another settlement already.",
    )

    @api.depends(
        "state", "bill_id.state", "invoice_number", "company_id.settlement_billing"
    )
    def _compute_waits_for_invoice(self):
        for sheet in self:
            sheet.waits_for_invoice = (
                sheet.state == "confirmed"
                and sheet.bill_id.state == "draft"
                and sheet.company_id.settlement_billing == "own_invoice"
                and not sheet.invoice_number
            )

    def action_enter_invoice(self):
        """Button: type in the station's invoice, in a dialog."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The station's invoice"),
            "res_model": "aftersales.settlement.invoice",
            "view_mode": "form",
            "target": "new",
            "context": {"default_settlement_id": self.id},
        }

    def _take_invoice(self, number, day, amount):
        """Match the station's invoice; then the bill has its number and may be posted.

        :param number: as the station wrote it
        :param date day: of the invoice
        :param amount: before tax, as a number
        :raise UserError: no invoice is waited for, or it is not this sheet's
        """
        self.ensure_one()
        number = " ".join((number or "").split())[:64]
        if not self.waits_for_invoice:
            raise UserError(
                self.env._("%(sheet)s waits for no invoice.", sheet=self.display_name)
            )
        self._check_invoice(number, day, amount)
        self._write_guarded({"invoice_number": number, "invoice_date": day})
        self.bill_id.write({"ref": number, "invoice_date": day})
        self._message_log(
            body=self.env._(
                "%(user)s handed in the invoice %(number)s.",
                user=self.env.user.name,
                number=number,
            )
        )

    def _check_invoice(self, number, day, amount):
        """Raise one clear sentence for what is wrong with the station's invoice."""
        if not number or not day:
            raise UserError(self.env._("Give the number and date of the invoice."))
        if day > self.company_id._get_today():
            raise UserError(self.env._("The invoice is dated in the future."))
        total = abs(self.amount_total)
        if self.currency_id.compare_amounts(amount, total):
            raise UserError(
                self.env._(
                    "The invoice says %(amount)s before tax, the settlement"
                    " %(total)s: both must be the same to the cent.",
                    amount=format_amount(self.env, amount, self.currency_id),
                    total=format_amount(self.env, total, self.currency_id),
                )
            )
        if self.search_count(
            [
                ("company_id", "=", self.company_id.id),
                ("station_id", "=", self.station_id.id),
                ("invoice_number", "=", number),
            ]
        ):
            raise UserError(
                self.env._(
                    "The invoice %(number)s was handed in for another settlement"
                    " already.",
                    number=number,
                )
            )


class AccountMove(models.Model):
    """A bill that waits for the station's invoice is not posted before."""

    _inherit = "account.move"

    def _post(self, soft=True):
        # Whoever posts bills need not read settlements.
        waiting = self.sudo().settlement_ids.filtered("waits_for_invoice")
        if waiting:
            raise UserError(
                self.env._(
                    "%(sheets)s: the station's own invoice is not there yet.",
                    sheets=", ".join(waiting.mapped("display_name")),
                )
            )
        return super()._post(soft)
