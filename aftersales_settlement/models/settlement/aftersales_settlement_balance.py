from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..rate.aftersales_rate import to_decimal

BALANCE_BATCH = 100
# A sheet that is paid and untouched for so long is not looked at every night.
PAID_DAYS = 40


class AftersalesSettlement(models.Model):
    """Lines, bill lines and what was posted are the same money, checked every night."""

    _inherit = "aftersales.settlement"

    # === BALANCE === #

    def _check_balance(self):
        """Raise unless lines, bill lines and posted untaxed amount are the same sum."""
        if flaws := self._find_imbalances():
            raise UserError("\n".join(flaws.values()))

    def _find_imbalances(self):
        """{sheet: sentence} where lines, bill lines and untaxed amount differ."""
        totals = self._read_totals()
        flaws = {}
        for sheet in self:
            sums = {totals.get(sheet.id, Decimal(0)), to_decimal(sheet.amount_total)}
            # Compared, not shown: whoever checks need not be an accountant.
            bill = sheet.bill_id.sudo()
            if bill and bill.state != "cancel":
                sign = -1 if bill.move_type == "in_refund" else 1
                lines = bill.invoice_line_ids.mapped("price_subtotal")
                sums.add(sign * sum(map(to_decimal, lines), Decimal(0)))
                sums.add(sign * to_decimal(bill.amount_untaxed))
            if len(sums) > 1:
                flaws[sheet] = self.env._(
                    "%(sheet)s does not balance: %(sums)s. Is the tax on station"
                    " bills included in prices?",
                    sheet=sheet.display_name,
                    sums=" ≠ ".join(str(item) for item in sorted(sums)),
                )
        return flaws

    # === EVERY NIGHT === #

    @api.model
    def _get_to_check_domain(self):
        """Sheets the nightly check looks at: all but those paid long ago."""
        since = fields.Datetime.now() - timedelta(days=PAID_DAYS)
        return Domain("state", "!=", "draft") & (
            Domain("state", "!=", "paid") | Domain("write_date", ">=", since)
        )

    @api.model
    def _cron_check_balance(self):
        """Tell a manager of sheets that do not balance or whose seal is broken."""
        cron, last = self.env["ir.cron"], 0
        domain = self._get_to_check_domain()
        cron._commit_progress(remaining=self.search_count(domain))
        while sheets := self.search(
            domain & Domain("id", ">", last), limit=BALANCE_BATCH, order="id"
        ):
            last = sheets[-1].id
            flaws = sheets._find_imbalances() | sheets._find_broken_seals()
            for sheet, sentence in flaws.items():
                sheet._alarm(sentence)
            if not cron._commit_progress(len(sheets)):
                break

    def _alarm(self, sentence):
        """Open an activity for a manager that names this sheet; one at a time."""
        self.ensure_one()
        summary = self.env._("%(sheet)s does not add up", sheet=self.name)
        if self.activity_ids.filtered(lambda activity: activity.summary == summary):
            return
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=sentence,
            user_id=self._get_alarmed_user().id,
        )

    def _get_alarmed_user(self):
        """The settlement manager who came to this company last."""
        group = self.env.ref("aftersales_settlement.group_settlement_manager")
        domain = [
            ("all_group_ids", "in", group.ids),
            ("company_ids", "in", self.company_id.ids),
            ("share", "=", False),
        ]
        return self.env["res.users"].search(domain, order="id desc", limit=1)
