from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalPages(PortalCase):
    """What every page of the portal owes whoever reads it on a phone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.job = cls.make_work_order(state="accepted")

    def setUp(self):
        super().setUp()
        self.login(self.station_north_user)

    def title(self, url):
        return self.page(self.get(url)).findtext(".//title").strip()

    def crumbs(self, url):
        nodes = self.page(self.get(url)).xpath("//li[contains(@class,'breadcrumb')]")
        return [node.text_content().strip() for node in nodes]

    def test_the_browsers_tab_names_the_page_and_the_company(self):
        company = self.env.company.name
        for url, words in (
            ("/my/jobs", "Jobs"),
            (self.job.access_url, self.job.name),
            (f"{self.job.access_url}/report", self.job.name),
            ("/my/returns", "Failed parts"),
            ("/my/installations/new", "Register an installation"),
            ("/my/tickets", "Service requests"),
            ("/new/ticket", "Ask for service"),
        ):
            with self.subTest(url=url):
                title = self.title(url)
                self.assertIn(words, title)
                self.assertIn(company, title)
                self.assertNotIn("Odoo", title)
        self.assertNotIn("Odoo", self.title("/my/home"))

    def test_a_list_names_no_record_on_the_way_back(self):
        self.assertNotIn(self.job.name, self.crumbs("/my/jobs"))
        self.assertIn(self.job.name, self.crumbs(self.job.access_url))
        self.login(self.customer_user)
        number = self.make_request(partner_id=self.customer_user.partner_id.id).number
        self.assertNotIn(number, self.crumbs("/my/machines"))
        self.assertNotIn(number, self.crumbs("/my/tickets"))

    def test_today_holds_what_is_promised_or_late(self):
        today = fields.Date.today()
        later, waiting = (
            self.make_work_order(
                ticket=self.make_request(unit=self.make_unit(f"DX-7{number}")),
                state="accepted",
            )
            for number in range(2)
        )
        self.job._write_guarded({"planned_date": today})
        (later | waiting)._write_guarded({"planned_date": today + timedelta(days=3)})
        # Whatever the hour and the weekday of the test.
        distant = fields.Datetime.now() + timedelta(days=3)
        (self.job | later | waiting).ticket_id.write(
            {"arrive_deadline": distant, "resolve_deadline": distant}
        )
        self.env.flush_all()

        def shown():
            page = self.page(self.get("/my/jobs?filterby=today"))
            links = page.xpath("//a[contains(@class,'list-group-item')]/@href")
            return {int(link.rpartition("/")[2]) for link in links}

        self.assertEqual(shown(), {self.job.id})
        late = fields.Datetime.now() - timedelta(hours=1)
        (later | waiting).ticket_id.write(
            {"arrive_deadline": late, "resolve_deadline": late}
        )
        waiting._arrive()
        waiting._wait("parts")
        self.assertEqual(shown(), {self.job.id, later.id})

    def test_earlier_work_on_the_machine_is_told_without_names_and_money(self):
        past = self.make_work_order(station=self.station_south, state="done")
        past._write_guarded(
            {"symptom_id": self.symptom.id, "done_at": fields.Datetime.now()}
        )
        [history] = self.page(self.get(self.job.access_url)).xpath(
            "//details[summary[contains(.,'Earlier work')]]"
        )
        text = history.text_content()
        self.assertIn(self.symptom.name, text)
        self.assertNotIn(self.station_south.name, text)
        self.login(self.customer_user)
        text = self.page(self.get("/my/machines")).text_content()
        self.assertIn("What was done", text)
        self.assertIn(self.symptom.name, text)
        self.assertNotIn(self.station_south.name, text)

    def test_histories_of_many_machines_take_one_query(self):
        units = self.unit_north | self.unit_south
        with self.assertQueryCount(1):
            units._get_service_history()

    def test_a_wrong_file_is_told_at_its_own_field(self):
        evidence = self.env["aftersales.evidence"].create(
            {
                "request_type_id": self.job.request_type_id.id,
                "name": "Nameplate",
            }
        )
        response = self.post(
            f"{self.job.access_url}/report",
            {"action": "save", "work_text": "kept"},
            files={f"photo-{evidence.id}": ("a.txt", b"no photo", "text/plain")},
        )
        told = self.sentences(response)
        self.assertIn("a.txt", told[f"photo-{evidence.id}"])
        self.assertNotIn("photos", told)
        self.assertEqual(self.value(response, "work_text"), "kept")

    def test_what_cannot_be_read_and_what_is_missing_are_told_together(self):
        self.job.request_type_id.requires_codes = True
        response = self.post(
            f"{self.job.access_url}/report",
            {"action": "submit", "travel_km": "far", "work_text": "kept"},
        )
        told = self.sentences(response)
        self.assertIn("travel_km", told)
        self.assertIn("component_id", told)
        self.assertEqual(self.value(response, "travel_km"), "far")
        self.assertEqual(self.job.state, "accepted")
        told = self.sentences(
            self.post(
                f"{self.job.access_url}/report", {"action": "save", "travel_km": "far"}
            )
        )
        self.assertEqual(set(told), {"travel_km"})

    def test_the_printed_order_lists_the_visits(self):
        day = fields.Date.today() + timedelta(days=4)
        self.job._arrive()
        self.job._plan_visit(day, "parts")
        body, _kind = (
            self.env["ir.actions.report"]
            .sudo()
            ._render_qweb_html("aftersales_service.report_work_order", self.job.ids)
        )
        self.assertIn(str(day.day), body.decode())
        self.assertIn("Visits", body.decode())


@tagged("post_install", "-at_install")
class TestPortalAsk(PortalCase):
    """A customer asks for service: when we should come, with photos."""

    def setUp(self):
        super().setUp()
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.login(self.customer_user)

    def ask(self, **data):
        self.post(
            "/submitted/ticket",
            {"request_type": self.repair.id, "description": "No start", **data},
        )
        return self.env["helpdesk.ticket"].search([], order="id desc", limit=1)

    def test_the_form_says_what_is_taken(self):
        page = self.page(self.get("/new/ticket?serial=DX-0001"))
        self.assertEqual(page.xpath("//input[@name='serial']/@value"), ["DX-0001"])
        [photos] = page.xpath("//input[@name='attachment']")
        self.assertEqual(photos.get("accept"), "image/jpeg,image/png")
        self.assertIn("Up to six", page.text_content())

    def test_the_wished_time_is_the_companys(self):
        day = fields.Date.today() + timedelta(days=5)
        wished = self.ask(wished_at=f"{day}T09:30").wished_at
        self.assertEqual(str(wished), f"{day} 01:30:00")

    def test_what_is_no_coming_time_is_left_out(self):
        for text in ("", "x", "2001-01-01T08:00", "9999-12-31T23:59", "<b>"):
            with self.subTest(text=text):
                self.assertFalse(self.ask(wished_at=text).wished_at)

    def test_done_work_is_not_called_off(self):
        ticket = self.make_request(partner_id=self.customer_user.partner_id.id)
        self.assertTrue(ticket._get_portal_close_stages(self.customer_user))
        job = self.make_work_order(ticket, state="done")
        self.assertIn(job.ticket_id.service_state, ("to_follow_up", "done"))
        self.assertFalse(ticket._get_portal_close_stages(self.customer_user))
        page = self.page(self.get(f"/my/ticket/{ticket.id}"))
        self.assertFalse(page.xpath("//form[@action='/ticket/close']"))
