from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

LINK_WITHIN = timedelta(days=2)
"""Who asked longer ago, e.g. before an update, gets no letter any more."""


class HelpdeskTicket(models.Model):
    """The customer's link: follow, see charges and rate without a log-in."""

    _inherit = "helpdesk.ticket"

    link_sent_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="The customer got a letter with the link to this request.",
    )

    @api.model
    def _cron_send_links(self, batch_size=50):
        """Send new requests' links; outside of intake, which must stay quick."""
        self._work_in_batches(self._get_link_domain(), "_send_link", batch_size)

    @api.model
    def _get_link_domain(self):
        """Open requests that a customer with an e-mail address asked for lately.

        What has no channel was made by us, e.g. for a campaign. Problem sheets are
        between offices and departments.
        """
        return (
            Domain("link_sent_at", "=", False)
            & Domain("create_date", ">=", fields.Datetime.now() - LINK_WITHIN)
            & Domain("channel_id", "!=", False)
            & Domain("partner_id.email", "!=", False)
            & Domain("stage_id.closed", "=", False)
            & Domain("request_type_id.needs_written_answer", "!=", True)
        )

    def _send_link(self):
        """One letter each; called by the cron."""
        self.write({"link_sent_at": fields.Datetime.now()})
        self.env.ref(
            "aftersales_service.mail_template_request_received"
        ).send_mail_batch(self.ids)

    def _track_template(self, changes):
        """Closing is told in the customer's words, with his link."""
        result = super()._track_template(changes)
        plain = self.env.ref("helpdesk_mgmt.closed_ticket_template", False)
        if "stage_id" in result and result["stage_id"][0] == plain:
            ours = self.env.ref("aftersales_service.mail_template_request_closed")
            result["stage_id"] = (ours, *result["stage_id"][1:])
        return result
