from unittest.mock import patch

from lxml import html

from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestRequestLink(PortalCase):
    """A customer who has no log-in gets the link to his request."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.customer_user.partner_id
        cls.customer.email = "customer@example.com"
        cls.phone = cls.env.ref("helpdesk_mgmt.helpdesk_ticket_channel_phone")

    def ask(self, **vals):
        ticket = self.make_request(
            **{"partner_id": self.customer.id, "channel_id": self.phone.id, **vals}
        )
        self.env.flush_all()
        return ticket

    def letters(self):
        """Run the cron once; the letters it queued."""
        known = self.env["mail.mail"].search([])
        whole = patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        )
        with whole:
            self.env["helpdesk.ticket"]._cron_send_links()
        return self.env["mail.mail"].search([]) - known

    def test_the_link_comes_once_and_opens_the_request_without_a_log_in(self):
        ticket = self.ask()
        letter = self.letters()
        self.assertEqual(letter.recipient_ids, self.customer)
        self.assertFalse(self.letters())
        [link] = html.fromstring(letter.body_html).xpath("//a/@href")
        self.authenticate(None, None)
        page = self.page(self.get(link[link.index("/my/") :]))
        self.assertIn(ticket.number, page.text_content())

    def test_who_did_not_ask_gets_none(self):
        self.ask(channel_id=False)
        old = self.ask()
        closed = self.ask()
        closed.stage_id = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        silent = self.ask()
        silent.partner_id = self.customer.copy({"email": False})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = create_date - interval '3 days'"
            " WHERE id = %s",
            [old.id],
        )
        self.env.invalidate_all()
        self.assertFalse(self.letters())

    def test_closing_is_told_to_the_customer_with_his_link(self):
        ticket = self.ask().with_context(tracking_disable=False)
        stage = self.env.ref("helpdesk_mgmt.helpdesk_ticket_stage_cancelled")
        ticket._track_prepare({"stage_id"})
        found = ticket._track_template({"stage_id": ticket.stage_id})
        self.assertNotIn("stage_id", found)
        ticket.stage_id = stage
        template = ticket._track_template({"stage_id": stage})["stage_id"][0]
        self.assertEqual(
            template, self.env.ref("aftersales_service.mail_template_request_closed")
        )
        body = template._render_field("body_html", ticket.ids)[ticket.id]
        self.assertIn(self.customer.name, body)
        self.assertIn(ticket.access_token, body)

    def test_times_of_a_visitor_are_the_companys(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        ticket = self.ask(wished_at="2026-05-11 20:15:00")
        ticket._portal_ensure_token()
        self.authenticate(None, None)
        text = self.page(self.get(ticket.get_portal_url())).text_content()
        self.assertIn("05/12/2026 04:15 AM", text)
