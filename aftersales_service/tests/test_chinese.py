from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestChinese(AftersalesCase, HttpCase):
    """What helpdesk_mgmt says reaches the user in Chinese, though it ships none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def test_stages_and_channels_of_the_helpdesk_are_chinese(self):
        records = self.env["helpdesk.ticket.stage"].search([])
        records = [*records, *self.env["helpdesk.ticket.channel"].search([])]
        for record in records:
            with self.subTest(record=record):
                if record.get_external_id()[record.id].startswith("helpdesk_mgmt."):
                    name = record.with_context(lang="zh_CN").name
                    self.assertFalse(name.isascii(), name)

    def test_list_of_the_customers_requests_has_no_english_label(self):
        self.customer_user.lang = "zh_CN"
        self.make_request(partner_id=self.customer_user.partner_id.id)
        self.authenticate(self.customer_user.login, self.customer_user.login)
        page = html.fromstring(self.url_open("/my/tickets?groupby=stage").content)
        words = " ".join(page.xpath("//main//text()"))
        self.assertIn("服务请求", words)
        for label in ("Newest", "Title", "Stage", "None", "All", "Search"):
            self.assertNotIn(label, words)

    def test_outsider_of_the_department_is_told_so_in_chinese(self):
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "质量部", "user_ids": [Command.set(self.office_north.ids)]}
        )
        request = self.make_request(team_id=team.id)
        outsider = self.agent_north.with_context(lang="zh_CN")
        with self.assertRaisesRegex(AccessError, "质量部.*成员"):
            request.with_user(outsider).with_context(lang="zh_CN").assign_to_me()
