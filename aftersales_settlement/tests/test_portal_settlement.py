from lxml import html

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestPortalSettlement(SettlementCase, HttpCase):
    """The station looks, confirms or disputes single lines; nobody else does."""

    def setUp(self):
        super().setUp()
        self.sheet = self.make_sent()
        self.url = f"/my/settlements/{self.sheet.id}"
        self._log_in(self.station_north_user)

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _page(self, url):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        return html.fromstring(response.text)

    def _post(self, url, **data):
        token = Request.csrf_token(self)
        return self.url_open(url, data={"csrf_token": token, **data})

    def _text(self, node):
        return " ".join(node.text_content().split())

    def test_list_shows_own_sheets(self):
        page = self._page("/my/settlements")
        text = self._text(page)
        self.assertIn(self.sheet.name, text)
        self.assertIn("To confirm", text)
        [trail] = page.xpath("//ol[contains(@class, 'o_portal_submenu')]")
        self.assertNotIn(self.sheet.name, self._text(trail))

    def test_home_has_an_entry(self):
        page = self._page("/my/home")
        self.assertTrue(page.xpath("//a[@href='/my/settlements']"))

    def test_page_explains_every_line(self):
        page = self._page(self.url)
        text = self._text(page)
        for line in self.sheet.line_ids:
            self.assertIn(" ".join(line.why.split()), text)
        self.assertTrue(page.xpath("//form[contains(@action, '/confirm')]"))
        forms = page.xpath("//form[contains(@action, '/dispute')]")
        self.assertEqual(len(forms), 3)
        for form in page.xpath("//form[@method='post']"):
            self.assertTrue(form.xpath(".//input[@name='csrf_token']"))

    def test_page_shows_the_score(self):
        self.assertIn("multiplier", self._text(self._page(self.url)))

    def test_station_confirms(self):
        self._post(f"{self.url}/confirm")
        self.assertEqual(self.sheet.state, "confirmed")
        self.assertEqual(self.sheet.confirmed_by_id, self.station_north_user)

    def test_station_confirms_twice_and_nothing_happens(self):
        self._post(f"{self.url}/confirm")
        seal = self.sheet.seal
        response = self._post(f"{self.url}/confirm")
        self.assertEqual(response.status_code, 200)
        self.assertEqual(self.sheet.seal, seal)

    def test_station_disputes_a_line(self):
        line = self.sheet.line_ids[0]
        response = self._post(f"{self.url}/lines/{line.id}/dispute", reason="No <b>")
        self.assertIn("left this settlement", response.text)
        self.assertEqual(len(self.sheet.line_ids), 2)
        self.assertEqual(self.sheet.state, "sent")

    def test_dispute_without_a_reason_is_refused(self):
        line = self.sheet.line_ids[0]
        response = self._post(f"{self.url}/lines/{line.id}/dispute", reason=" ")
        self.assertIn("Say what is wrong", response.text)
        self.assertEqual(len(self.sheet.line_ids), 3)

    def test_confirming_needs_a_token_and_a_post(self):
        with mute_logger("odoo.http"):
            self.url_open(f"{self.url}/confirm", data={"csrf_token": "wrong"})
        self.assertEqual(self.url_open(f"{self.url}/confirm").status_code, 405)
        self.assertEqual(self.sheet.state, "sent")

    def test_another_station_gets_nothing(self):
        self._log_in(self.station_south_user)
        self.assertNotIn(self.sheet.name, self.url_open("/my/settlements").text)
        response = self.url_open(self.url, allow_redirects=False)
        self.assertEqual(
            response.headers["Location"].split("?")[0][-15:], "/my/settlements"
        )
        self._post(f"{self.url}/confirm")
        line = self.sheet.line_ids[0]
        self._post(f"{self.url}/lines/{line.id}/dispute", reason="Mine")
        self.assertEqual((self.sheet.state, len(self.sheet.line_ids)), ("sent", 3))

    def test_a_line_of_another_sheet_is_not_disputed_through_mine(self):
        self.approve(self.make_claim(self.station_south))
        other = self.settle(self.station_south)
        other._send()
        line = other.line_ids[0]
        self._post(f"{self.url}/lines/{line.id}/dispute", reason="Not mine")
        self.assertTrue(line.exists())

    def test_a_sheet_that_is_not_sent_is_not_shown(self):
        self.sheet._write_guarded({"state": "computed"})
        self.assertNotIn(self.sheet.name, self.url_open("/my/settlements").text)
        self.assertNotIn(self.sheet.name, self.url_open(self.url).text)

    def test_confirmed_sheet_offers_no_buttons_and_shows_the_seal(self):
        self.sheet._confirm(self.station_north_user)
        page = self._page(self.url)
        self.assertFalse(page.xpath("//form[contains(@action, '/confirm')]"))
        self.assertFalse(page.xpath("//form[contains(@action, '/dispute')]"))
        self.assertIn(self.sheet.seal, self._text(page))

    def test_bill_is_among_the_stations_invoices(self):
        self.sheet._confirm(self.station_north_user)
        self.sheet._bill()
        self.assertIn(self.sheet.bill_id.name, self.url_open("/my/invoices").text)
        bill = self.url_open(f"/my/invoices/{self.sheet.bill_id.id}?report_type=html")
        self.assertIn(self.sheet.bill_id.name, bill.text)
        self.assertNotIn("Proforma", bill.text)

    def test_a_customer_sees_an_empty_list(self):
        self._log_in(self.customer_user)
        self.assertNotIn(self.sheet.name, self.url_open("/my/settlements").text)
        self._post(f"{self.url}/confirm")
        self.assertEqual(self.sheet.state, "sent")
