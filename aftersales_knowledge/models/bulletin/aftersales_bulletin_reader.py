from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

REMIND_AFTER = timedelta(days=7)


class AftersalesBulletinReader(models.Model):
    """That a bulletin is for a partner, and when he read it.

    Nobody has the right to write rows; publishing makes them, the portal's page and
    the cron note what happens.
    """

    _name = "aftersales.bulletin.reader"
    _description = "Reader of a bulletin"
    _inherit = ["aftersales.batch.mixin"]
    _order = "bulletin_id desc, read_at, id"
    _rec_name = "partner_id"

    bulletin_id = fields.Many2one(
        "aftersales.bulletin",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Station or dealer",
        required=True,
        index=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="bulletin_id.company_id", store=True)
    territory_id = fields.Many2one(
        related="partner_id.territory_id", store=True, index=True
    )
    state = fields.Selection(related="bulletin_id.state")
    read_at = fields.Datetime(string="Read on", readonly=True)
    read_by_id = fields.Many2one("res.users", string="Read by", readonly=True)
    mailed_at = fields.Datetime(string="Mailed on", readonly=True)
    reminded_at = fields.Datetime(string="Reminded on", readonly=True)

    _once = models.UniqueIndex(
        "(bulletin_id, partner_id)",
        "The bulletin is addressed to this partner already.",
    )
    _to_mail_idx = models.Index("(id) WHERE mailed_at IS NULL")

    def _note_read(self):
        """Write down the first reading; the caller has checked that it is his own."""
        first = self.filtered(lambda row: not row.read_at)
        first.write({"read_at": fields.Datetime.now(), "read_by_id": self.env.uid})

    @api.model
    def _cron_deliver(self, batch_size=100):
        """Mail new bulletins, then remind once who has not read them in a week."""
        shown = Domain("bulletin_id.state", "=", "published")
        new = shown & Domain("mailed_at", "=", False)
        self._work_in_batches(new, "_mail", batch_size)
        late = (
            shown
            & Domain("read_at", "=", False)
            & Domain("reminded_at", "=", False)
            & Domain("mailed_at", "<=", fields.Datetime.now() - REMIND_AFTER)
        )
        self._work_in_batches(late, "_remind", batch_size)

    def _mail(self):
        self.write({"mailed_at": fields.Datetime.now()})
        self._send("aftersales_knowledge.mail_template_bulletin")

    def _remind(self):
        self.write({"reminded_at": fields.Datetime.now()})
        self._send("aftersales_knowledge.mail_template_bulletin_reminder")

    def _send(self, template):
        mailed = self.filtered("partner_id.email")
        if mailed:
            self.env.ref(template).send_mail_batch(mailed.ids)

    def _get_page_url(self):
        """Address of the bulletin's page on the portal."""
        self.ensure_one()
        return f"{self.bulletin_id.get_base_url()}/my/bulletins/{self.bulletin_id.id}"
