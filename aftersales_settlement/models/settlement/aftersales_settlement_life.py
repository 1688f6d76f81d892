from datetime import timedelta

from odoo import api, fields, models


class AftersalesSettlement(models.Model):
    """A computed sheet goes to its station; it stands when nothing is said."""

    _inherit = "aftersales.settlement"

    # === LIFE === #

    def _send(self):
        """Show computed sheets to their stations and start the deadline."""
        now = fields.Datetime.now()
        for company, sheets in self.grouped("company_id").items():
            days = timedelta(days=company.settlement_confirm_days)
            sheets._update_state(
                "sent", sent_at=now, confirm_by=company._get_day(now) + days
            )
        template = self.env.ref(
            "aftersales_settlement.mail_template_settlement_sent",
            raise_if_not_found=False,
        )
        if template:
            template.send_mail_batch(self.ids)

    def _confirm(self, user=None):
        """The station agrees (or its time is over): seal the sheets, settle the claims.

        :param user: who confirmed; None when the deadline did
        """
        self._update_state(
            "confirmed",
            confirmed_at=fields.Datetime.now(),
            confirmed_by_id=user.id if user else False,
        )
        for sheet, seal in self._get_seals().items():
            sheet._write_guarded({"seal": seal})
        self._settle_claims()
        cron = self.env.ref(
            "aftersales_settlement.ir_cron_settlement_bill", raise_if_not_found=False
        )
        if cron:
            cron._trigger()

    @api.model
    def _cron_confirm(self):
        """Confirm what its station has not answered until the deadline."""
        sheets = self.search([("state", "=", "sent"), ("confirm_by", "!=", False)])
        over = sheets.filtered(
            lambda sheet: sheet.company_id._get_today() > sheet.confirm_by
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(over))
        for sheet in over:
            locked = sheet.try_lock_for_update().filtered(lambda s: s.state == "sent")
            locked._confirm()
            locked._message_log_batch(
                {sheet.id: self.env._("Confirmed by the deadline.") for sheet in locked}
            )
            if not cron._commit_progress(1):
                break
