from odoo.fields import Command
from odoo.tests import tagged

from .portal_common import PortalCase, make_picture


@tagged("post_install", "-at_install")
class TestPortalCustomer(PortalCase):
    """The customer's day: his machines, service with photos, charges, rating."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ticket = cls.make_request()
        cls.order = cls.make_work_order(
            cls.ticket,
            state="done",
            charge_line_ids=[
                Command.create({"kind": "travel", "amount": 45.0, "note": "Ferry"})
            ],
        )

    def _link(self):
        """Address of the request as it is sent to the customer."""
        token = self.ticket._portal_ensure_token()
        return f"/my/ticket/{self.ticket.id}/{token}"

    def _ratings(self):
        return self.env["rating.rating"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", self.ticket.id)]
        )

    def test_he_sees_his_machines_and_no_others(self):
        self.login(self.customer_user)
        page = self.page(self.get("/my/machines"))
        text = page.text_content()
        self.assertIn("DX-0001", text)
        self.assertNotIn("DX-0002", text)
        (link,) = page.xpath("//a[contains(@href, '/new/ticket?')]/@href")
        form = self.page(self.get(link))
        self.assertEqual(form.xpath("//input[@name='serial']/@value"), ["DX-0001"])
        self.assertIn("My machines", self.page(self.get("/my")).text_content())

    def test_who_owns_nothing_sees_nothing(self):
        self.login(self.station_south_user)
        page = self.page(self.get("/my/machines"))
        self.assertNotIn("DX-000", page.text_content())

    def test_the_link_shows_the_request_without_log_in(self):
        self.authenticate(None, None)
        page = self.page(self.get(self._link()))
        text = page.text_content()
        self.assertIn(self.ticket.number, text)
        self.assertIn("Ferry", text)
        self.assertIn("45", text)
        wrong = self.get(self._link()[:-4] + "0000", allow_redirects=False)
        self.assertNotEqual(wrong.status_code, 200)

    def test_the_link_rates_the_service_once(self):
        self.authenticate(None, None)
        self.assertTrue(
            self.page(self.get(self._link())).xpath("//form[@name='request_rate']")
        )
        for stars in ("4", "1"):
            self.post(self._link() + "/rate", {"stars": stars, "words": "<b>ok</b>"})
        rating = self._ratings()
        self.assertEqual(rating.mapped("rating"), [4.0])
        self.assertEqual(rating.rated_partner_id, self.station_north)
        page = self.page(self.get(self._link()))
        self.assertTrue(page.xpath("//p[@name='request_rated']"))
        self.assertFalse(page.xpath("//form[@name='request_rate']"))
        self.assertNotIn("<b>ok", self.ticket.message_ids[:1].body)

    def test_strangers_and_the_station_rate_nothing(self):
        self.authenticate(None, None)
        url = f"/my/ticket/{self.ticket.id}"
        self.assertEqual(self.post(f"{url}/rate", {"stars": "1"}).status_code, 404)
        self.post(f"{url}/wrong-token/rate", {"stars": "1"})
        for user in (self.station_north_user, self.station_south_user):
            self.login(user)
            self.post(f"{url}/rate", {"stars": "5"})
        self.login(self.customer_user)
        for stars in ("0", "6", "x", "5' OR 1"):
            self.post(f"{url}/rate", {"stars": stars})
        self.assertFalse(self._ratings())

    def test_nothing_is_rated_before_the_work_is_done(self):
        self.order._write_guarded({"state": "accepted"})
        self.login(self.customer_user)
        self.post(f"/my/ticket/{self.ticket.id}/rate", {"stars": "5"})
        self.assertFalse(self._ratings())

    def test_photos_of_a_request_are_written_anew(self):
        self.login(self.customer_user)
        response = self.post(
            "/submitted/ticket",
            {
                "request_type": self.repair.id,
                "serial": "DX-0001",
                "description": "Smoke",
            },
            files=[
                ("attachment", ("a.jpg", make_picture(), "image/jpeg")),
                ("attachment", ("b.html", b"<script>x</script>", "text/html")),
            ],
        )
        path, _slash, query = response.headers["Location"].partition("?")
        ticket_id = int(path.rpartition("/")[2])
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "helpdesk.ticket"), ("res_id", "=", ticket_id)]
        )
        self.assertEqual(files.mapped("mimetype"), ["image/jpeg"])
        self.assertEqual(files.name, "photo1.jpg")
        page = self.page(self.get(f"/my/ticket/{ticket_id}?{query}")).text_content()
        self.assertIn("not every file", page)
