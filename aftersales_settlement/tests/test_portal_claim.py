from lxml import html

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_claim_appeal import ClaimClockCase


@tagged("post_install", "-at_install")
class TestPortalClaim(ClaimClockCase, HttpCase):
    """The station reads why it gets what it gets, corrects and appeals."""

    def setUp(self):
        super().setUp()
        self.url = f"/my/claims/{self.claim.id}"
        self._log_in(self.station_north_user)

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _page(self, url):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def _text(self, url):
        return " ".join(self._page(url).text_content().split())

    def _post(self, url, **data):
        token = Request.csrf_token(self)
        return self.url_open(url, data={"csrf_token": token, **data})

    def _cut(self):
        self.adjust(self.claim, self.auditor, {self.labor: 200.0}, "2.5 h")

    def test_home_has_an_entry(self):
        self.assertTrue(self._page("/my/home").xpath("//a[@href='/my/claims']"))

    def test_list_shows_own_claims(self):
        self.assertIn(self.claim.name, self._text("/my/claims"))
        self.assertIn(self.claim.name, self._text("/my/claims?filterby=open"))
        for name in ("todo", "decided"):
            self.assertNotIn(self.claim.name, self._text(f"/my/claims?filterby={name}"))

    def test_the_list_names_no_claim_as_the_page(self):
        page = self._page("/my/claims")
        crumbs = page.xpath("//li[contains(@class, 'breadcrumb-item')]")
        self.assertNotIn(self.claim.name, "".join(c.text_content() for c in crumbs))

    def test_what_waits_for_an_answer_is_in_a_list_of_its_own(self):
        self._cut()
        self.assertIn(self.claim.name, self._text("/my/claims?filterby=todo"))
        self._let_days_pass("appeal_by")
        self.assertNotIn(self.claim.name, self._text("/my/claims?filterby=todo"))

    def test_page_explains_every_line(self):
        text = self._text(self.url)
        for line in self.claim.line_ids:
            self.assertIn(" ".join(line.why.split()), text)

    def test_page_tells_findings_in_the_stations_words(self):
        text = self._text(self.url)
        self.assertIn("9 h claimed", text)
        inside = self.claim.finding_ids.filtered(
            lambda row: row.code == "hours_above_standard"
        )
        self.assertNotIn(inside.text, text, "what is tolerated stays inside")

    def test_what_was_drawn_is_not_told(self):
        self.env["aftersales.claim.finding"].create(
            {"claim_id": self.claim.id, "code": "spot_check", "severity": "review"}
        )
        self.assertNotIn("spot check", self._text(self.url).lower())

    def test_returned_claim_leads_to_the_report(self):
        self.send_back(self.claim, self.auditor, "Photo of the plate")
        page = self._page(self.url)
        self.assertIn("Photo of the plate", page.text_content())
        link = f"{self.claim.work_order_id.access_url}/report"
        self.assertTrue(page.xpath(f"//a[@href='{link}']"))
        self.assertEqual(self.url_open(link).status_code, 200)

    def test_page_tells_what_was_decided(self):
        self._cut()
        text = self._text(self.url)
        self.assertIn(self.labor.adjust_reason, text)
        self.assertIn("Adjusted", text)

    def test_station_appeals(self):
        self._cut()
        page = self._page(self.url)
        form = page.xpath("//form[contains(@action, '/appeal')]")[0]
        self.assertTrue(form.xpath(".//input[@name='csrf_token']"))
        response = self._post(f"{self.url}/appeal", reason="It took <b>nine</b>")
        self.assertIn("Another auditor looks", response.text)
        self.assertNotIn("<b>nine</b>", response.text)
        self.assertEqual(self.claim.state, "review")
        self.assertEqual(self.claim.appealed_by_id, self.station_north_user)
        self.assertFalse(
            self._page(self.url).xpath("//form[contains(@action, '/appeal')]")
        )

    def test_a_second_appeal_is_refused(self):
        self._cut()
        self._post(f"{self.url}/appeal", reason="Once")
        self.reject(self.claim, self.other_auditor)
        response = self._post(f"{self.url}/appeal", reason="Twice")
        self.assertIn("answered", response.text)
        self.assertEqual(self.claim.state, "rejected")

    def test_an_appeal_that_is_too_late_is_refused(self):
        self._cut()
        self._let_days_pass("appeal_by")
        response = self._post(f"{self.url}/appeal", reason="Late")
        self.assertIn("over", response.text)
        self.assertEqual(self.claim.state, "approved")

    def test_an_appeal_without_words_keeps_the_form(self):
        self._cut()
        response = self._post(f"{self.url}/appeal", reason=" ")
        self.assertIn("Say what is wrong", response.text)
        self.assertEqual(self.claim.state, "approved")

    def test_appealing_needs_a_token_and_a_post(self):
        self._cut()
        with mute_logger("odoo.http"):
            self.url_open(f"{self.url}/appeal", data={"csrf_token": "wrong"})
        self.assertEqual(self.url_open(f"{self.url}/appeal").status_code, 405)
        self.assertEqual(self.claim.state, "approved")

    def test_others_get_nothing(self):
        self._cut()
        for user in (self.station_south_user, self.customer_user):
            self._log_in(user)
            with self.subTest(user=user.login):
                self.assertNotIn(self.claim.name, self.url_open("/my/claims").text)
                self.assertNotIn(self.claim.name, self.url_open(self.url).text)
                self._post(f"{self.url}/appeal", reason="Mine")
                self.assertEqual(self.claim.state, "approved")

    def test_a_claim_that_is_not_handed_in_is_not_shown(self):
        self.claim._write_guarded({"state": "draft"})
        self.assertNotIn(self.claim.name, self.url_open(self.url).text)

    def test_a_line_leads_to_its_settlement_once_that_was_sent(self):
        self.approve(self.claim)
        sheet = self.settle()
        link = f"//a[@href='{sheet.access_url}']"
        self.assertFalse(self._page(self.url).xpath(link))
        sheet._send()
        self.assertTrue(self._page(self.url).xpath(link))
        page = self._page(sheet.access_url)
        self.assertTrue(page.xpath(f"//a[@href='{self.url}']"), "and back")

    def test_the_job_leads_to_its_claim(self):
        page = self._page(self.claim.work_order_id.access_url)
        self.assertTrue(page.xpath(f"//a[@href='{self.claim.access_url}']"))
