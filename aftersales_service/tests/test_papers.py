from lxml import html

from odoo.tests import tagged

from .common import AftersalesCase

REPORTS = {
    "aftersales.work.order": "report_work_order",
    "helpdesk.ticket": "report_problem_sheet",
    "aftersales.service.campaign.unit": "report_campaign_letter",
}


@tagged("post_install", "-at_install")
class TestPapers(AftersalesCase):
    """Papers come out whole: several in one print, each with the company's head."""

    def _papers(self, model):
        """Two records of a model that is printed."""
        tickets = self.make_request() | self.make_request(unit=self.unit_south)
        if model == "helpdesk.ticket":
            return tickets
        if model == "aftersales.work.order":
            return self.make_work_order(tickets[0]) | self.make_work_order(tickets[1])
        campaign = self.env["aftersales.service.campaign"].create(
            {
                "name": "Pump check",
                "request_type_id": self.repair.id,
                "product_ids": self.unit_north.product_id.ids,
                "letter": "<p>Dear owner</p>",
            }
        )
        campaign.action_start()
        return campaign.line_ids[:2]

    def test_several_papers_are_one_document_with_a_head_and_a_page_each(self):
        for model, report in REPORTS.items():
            with self.subTest(model=model):
                papers = self._papers(model)
                self.assertEqual(len(papers), 2)
                text, _kind = self.env["ir.actions.report"]._render_qweb_html(
                    f"aftersales_service.{report}", papers.ids
                )
                page = html.fromstring(text)
                # Linux's own wkhtmltopdf refuses more than one.
                self.assertEqual(
                    len(page.xpath("//div[contains(@class, 'article')]")), 1
                )
                heads = page.xpath("//table[.//img[@alt='Logo']]/@style")
                self.assertEqual(
                    ["page-break-before" in style for style in heads], [False, True]
                )
                self.assertEqual(
                    text.decode().count(f"<div>{self.env.company.name}</div>"), 2
                )

    def test_the_letters_window_shows_the_owners_address(self):
        self.unit_north.owner_id.write({"street": "Mill road 7", "zip": "250100"})
        [letter] = self._papers("aftersales.service.campaign.unit").filtered(
            lambda line: line.unit_id == self.unit_north
        )
        text, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_campaign_letter", letter.ids
        )
        [address] = html.fromstring(text).xpath("//address")
        for words in ("250100", "Mill road 7", self.unit_north.owner_id.name):
            self.assertIn(words, address.text_content())

    def test_an_unfinished_report_leaves_room_to_write(self):
        job = self.make_work_order(state="accepted")
        text, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_work_order", job.ids
        )
        rows = html.fromstring(text).xpath("//tr[count(th)=1]")
        self.assertTrue(all(row.xpath("td") for row in rows))
