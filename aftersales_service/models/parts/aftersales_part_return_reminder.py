from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

REMIND_EVERY = timedelta(days=7)
"""A station is asked again after so many days."""


class AftersalesPartReturn(models.Model):
    """Failed parts that should have been sent: their stations are reminded.

    One letter per station names all that are overdue, again every week. Of a station
    without e-mail, and of an own team, the office is told.
    """

    _name = "aftersales.part.return"
    _inherit = ["aftersales.part.return", "aftersales.batch.mixin"]

    reminded_on = fields.Date(
        readonly=True, copy=False, help="The station was last asked for it."
    )

    @api.model
    def _cron_remind_overdue(self, batch_size=50):
        """Remind stations of failed parts that are late."""
        self._work_in_batches(self._get_remind_domain(), "_remind_overdue", batch_size)

    @api.model
    def _get_remind_domain(self):
        """Overdue parts of which nobody was reminded within the last week."""
        last = self.env.company._get_today() - REMIND_EVERY
        return self._get_overdue_domain() & (
            Domain("reminded_on", "=", False) | Domain("reminded_on", "<=", last)
        )

    @api.model
    def _get_overdue_domain(self):
        """Failed parts that should have been sent by now."""
        today = self.env.company._get_today()
        return Domain("state", "=", "due") & Domain("due_date", "<", today)

    def _remind_overdue(self):
        """Tell each station once, of all its overdue parts."""
        overdue = self.search(
            Domain("station_id", "in", self.station_id.ids)
            & Domain("company_id", "in", self.company_id.ids)
            & self._get_overdue_domain()
        )
        overdue._write_guarded({"reminded_on": self.env.company._get_today()})
        firsts = self.browse(
            parts[:1].id
            for parts in overdue.grouped(
                lambda part: (part.station_id, part.company_id)
            ).values()
        )
        mailed = firsts.filtered(
            lambda part: part.station_id.email and not part.station_id.is_internal_team
        )
        if mailed:
            self.env.ref(
                "aftersales_service.mail_template_part_overdue"
            ).send_mail_batch(mailed.ids)
        (firsts - mailed).work_order_id._ask_office(
            lambda order: order.env._("Failed parts of this station are overdue")
        )

    def _get_overdue_parts(self):
        """All overdue parts of this part's station: what the reminder lists."""
        self.ensure_one()
        return self.search(
            Domain("station_id", "=", self.station_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & self._get_overdue_domain()
        )
