from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .portal_common import PortalCase

STEPS = ("accept", "decline", "arrive", "wait", "resume")


@tagged("post_install", "-at_install")
class TestPortalJob(PortalCase):
    """The station's list and page of jobs, and its answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.technician = cls.make_portal_user(cls.station_north, "tech-north")
        cls.technician.partner_id.is_technician = True
        cls.job = cls.make_work_order(state="offered")
        cls.foreign = cls.make_work_order(
            ticket=cls.make_request(unit=cls.unit_south),
            station=cls.station_south,
            state="on_site",
        )

    def setUp(self):
        super().setUp()
        self.login(self.station_north_user)

    def routes(self, job):
        yield "get", f"/my/jobs/{job.id}"
        yield "get", f"/my/jobs/{job.id}/pdf"
        yield "get", f"/my/jobs/{job.id}/report"
        yield "post", f"/my/jobs/{job.id}/report"
        for step in STEPS:
            yield "post", f"/my/jobs/{job.id}/{step}"

    def assert_all_hidden(self, job):
        for method, url in self.routes(job):
            with self.subTest(method=method, url=url):
                data = {"reason": "parts", "action": "submit"}
                response = self.post(url, data) if method == "post" else self.get(url)
                self.assertEqual(response.status_code, 404)
        result = self.make_jsonrpc_request_code(f"/my/jobs/{job.id}/sign")
        self.assertEqual(result, 404)

    def make_jsonrpc_request_code(self, url):
        body = {"jsonrpc": "2.0", "method": "call", "params": {"name": "x"}}
        with mute_logger("odoo.http"):
            response = self.url_open(url, json=body)
        return response.json().get("error", {}).get("code")

    # Whose job it is

    def test_job_of_another_station_is_not_found_through_any_route(self):
        self.assert_all_hidden(self.foreign)
        self.assertEqual(self.foreign.state, "on_site")

    def test_customer_and_office_have_no_jobs(self):
        for user in (self.customer_user, self.office_north):
            self.login(user)
            with self.subTest(user=user.login):
                self.assertEqual(self.get("/my/jobs").status_code, 404)
                self.assertEqual(self.get("/my/installations/new").status_code, 404)
                self.assert_all_hidden(self.job)

    def test_visitor_is_sent_to_the_login(self):
        self.authenticate(None, None)
        response = self.get("/my/jobs", allow_redirects=False)
        self.assertIn("/web/login", response.headers["Location"])

    def test_job_that_went_to_somebody_else_is_gone(self):
        for state in ("draft", "declined", "expired", "moved", "cancelled"):
            self.job._write_guarded({"state": state})
            with self.subTest(state=state):
                self.assertEqual(self.get(self.job.access_url).status_code, 404)

    def test_technician_sees_only_the_jobs_he_is_sent_to(self):
        others = self.make_work_order()
        self.job.technician_id = self.technician.partner_id
        self.login(self.technician)
        text = self.page(self.get("/my/jobs")).text_content()
        self.assertIn(self.job.name, text)
        self.assertNotIn(others.name, text)
        self.assert_all_hidden(others)
        self.login(self.station_north_user)
        self.assertIn(others.name, self.page(self.get("/my/jobs")).text_content())

    # Pages

    def test_home_shows_jobs_to_stations_only(self):
        hrefs = self.page(self.get("/my")).xpath("//a/@href")
        self.assertIn("/my/jobs", hrefs)
        self.login(self.customer_user)
        self.assertNotIn("/my/jobs", self.page(self.get("/my")).xpath("//a/@href"))

    def test_counter_counts_what_is_to_do(self):
        counts = self.make_jsonrpc_request("/my/counters", {"counters": ["job_count"]})
        self.assertEqual(counts["job_count"], 1)

    def test_list_is_urgent_first_and_filtered(self):
        urgent = self.make_work_order(
            ticket=self.make_request(priority="3"), state="accepted"
        )
        done = self.make_work_order(state="done")

        def shown(filterby):
            page = self.page(self.get(f"/my/jobs?filterby={filterby}"))
            links = page.xpath("//a[contains(@class,'list-group-item')]/@href")
            return [int(link.rpartition("/")[2]) for link in links]

        self.assertEqual(shown("todo"), [urgent.id, self.job.id])
        self.assertEqual(shown("answer"), [self.job.id])
        self.assertEqual(shown("open"), [urgent.id])
        self.assertEqual(shown("done"), [done.id])
        self.assertEqual(shown("' OR 1=1"), [urgent.id, self.job.id])

    def test_list_needs_the_same_queries_for_many_jobs(self):
        self.get("/my/jobs")

        def queries():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.get("/my/jobs")
            return self.env.cr.sql_log_count - before

        one = queries()
        for number in range(9):
            unit = self.make_unit(f"DX-9{number}", owner=self.customer_south)
            self.make_work_order(ticket=self.make_request(unit=unit))
        self.assertEqual(queries(), one)

    def test_times_are_the_companys_where_the_phone_tells_no_zone(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        self.station_north_user.tz = False
        self.job._write_guarded({"answer_by": "2026-03-02 20:30:00"})
        text = self.page(self.get("/my/jobs")).text_content()
        self.assertIn("03-03 04:30", text)

    def test_page_tells_what_where_who(self):
        self.job.ticket_id.write(
            {
                "fault_text": "Black <b>smoke</b>",
                "site_street": "Mill road 7",
                "site_latitude": 36.5,
                "site_longitude": 117.5,
            }
        )
        response = self.get(self.job.access_url)
        text = self.page(response).text_content()
        for expected in (
            "Black <b>smoke</b>",
            "Mill road 7",
            "Customer North",
            "DX-0001",
            "Engine 4105",
        ):
            self.assertIn(expected, text)
        links = self.page(response).xpath("//a/@href")
        self.assertTrue(any("117.5" in link and "36.5" in link for link in links))
        self.assertTrue(any(link.startswith("tel:") for link in links))

    def test_page_tells_the_warranty_in_plain_words(self):
        self.job.ticket_id._decide_warranty()
        text = self.page(self.get(self.job.access_url)).text_content()
        self.assertIn("Not in warranty: the customer pays.", text)

    def test_page_tells_the_own_reasons_and_no_other_station(self):
        rival = self.make_station("Rival", self.north)
        order = self.make_work_order(
            ticket=self.make_request(
                unit=self.make_unit("DX-0700"), site_city_id=self.city_north.id
            ),
            state="draft",
        )
        order._rank()
        order._write_guarded({"state": "offered"})
        self.assertIn(rival.name, order.ranking["names"].values())
        page = self.page(self.get(order.access_url))
        (panel,) = page.xpath("//details[summary[contains(., 'Why your station')]]")
        text = " ".join(panel.text_content().split())
        self.assertIn("Coverage rank: choice no. 1 here", text)
        self.assertNotIn("points", text)
        self.assertNotIn("{", text)
        self.assertNotIn(rival.name, page.text_content())

    def test_printed_work_order_comes_as_a_file(self):
        html_report = (
            self.env["ir.actions.report"]
            ._render_qweb_html("aftersales_service.report_work_order", self.job.ids)[0]
            .decode()
        )
        self.assertIn(self.job.name, html_report)
        self.assertIn("data:image/png;base64", html_report)

    # Answers

    def test_station_accepts_and_names_who_goes(self):
        self.post(
            f"{self.job.access_url}/accept",
            {"technician_id": str(self.technician.partner_id.id)},
        )
        self.assertEqual(self.job.state, "accepted")
        self.assertEqual(self.job.technician_id, self.technician.partner_id)

    def test_stranger_cannot_be_sent(self):
        stranger = self.station_south_user.partner_id
        self.post(f"{self.job.access_url}/accept", {"technician_id": str(stranger.id)})
        self.assertEqual(self.job.state, "accepted")
        self.assertFalse(self.job.technician_id)

    def test_second_click_changes_nothing(self):
        self.post(f"{self.job.access_url}/accept")
        accepted_at = self.job.accepted_at
        response = self.post(f"{self.job.access_url}/accept", follow=True)
        self.assertIn("moved on", self.page(response).text_content())
        self.assertEqual(self.job.accepted_at, accepted_at)

    def test_declining_without_a_reason_is_told(self):
        response = self.post(f"{self.job.access_url}/decline", {"reason": "  "})
        self.assertIn("Give a reason.", self.page(response).text_content())
        self.assertEqual(self.job.state, "offered")

    def test_declined_job_keeps_a_bounded_reason(self):
        self.post(f"{self.job.access_url}/decline", {"reason": "no\x00 time " * 100})
        self.assertEqual(self.job.state, "declined")
        self.assertLessEqual(len(self.job.decline_reason), 200)

    def test_station_arrives_waits_and_goes_on(self):
        url = self.job.access_url
        self.post(f"{url}/accept")
        self.post(f"{url}/arrive")
        self.assertEqual(self.job.state, "on_site")
        response = self.post(f"{url}/wait", {"reason": "weather"})
        self.assertIn("Choose what", self.page(response).text_content())
        self.post(f"{url}/wait", {"reason": "parts"})
        self.assertEqual(self.job.state, "waiting")
        self.post(f"{url}/resume")
        self.assertEqual(self.job.state, "on_site")

    def test_step_needs_the_forms_token_and_a_post(self):
        with mute_logger("odoo.http"):
            response = self.post(f"{self.job.access_url}/accept", csrf=False)
        self.assertEqual(response.status_code, 400)
        self.assertEqual(self.get(f"{self.job.access_url}/accept").status_code, 405)
        self.assertEqual(self.job.state, "offered")

    def test_portal_cannot_write_a_job_over_rpc(self):
        job = self.job.with_user(self.station_north_user)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            job.write({"travel_km": 5.0})
