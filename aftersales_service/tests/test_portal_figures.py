from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .portal_common import PortalCase


@tagged("post_install", "-at_install")
class TestPortalFigures(PortalCase):
    """A station sees its own figures and a mean of the others, never another one's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.repair.needs_warranty_decision = True
        cls.others = [
            cls.station_south,
            *(cls.make_station(f"Zebra {number}", cls.south) for number in range(2)),
        ]
        # Others of the demo company would be counted, too.
        cls.env["aftersales.work.order"].search([])._unguarded().offered_at = False
        cls.env["aftersales.followup"].search([])._unguarded().done_at = False

    def setUp(self):
        super().setUp()
        self.env.registry.clear_cache()

    def _job(self, station, is_good, stars=0, **vals):
        """A repair done just now: everything in time and loved, or nothing."""
        now = fields.Datetime.now()
        ticket = self.make_request()
        ticket.arrive_deadline = now + timedelta(days=1 if is_good else -1)
        limit = now + timedelta(hours=1 if is_good else -1)
        vals = {"answer_by": limit, "request_type_id": self.repair.id, **vals}
        job = self.make_work_order(ticket, station, "done", **vals)
        if not is_good:
            visits = [{"work_order_id": job.id, "arrived_at": now}] * 2
            self.env["aftersales.work.order.visit"]._unguarded().create(visits)
        if stars:
            self.env["aftersales.followup"]._unguarded().create(
                {
                    "ticket_id": ticket.id,
                    "work_order_id": job.id,
                    "station_id": station.id,
                    "due_date": fields.Date.today(),
                    "state": "done",
                    "done_at": now,
                    "satisfaction": stars,
                }
            )
        return job

    def _figures(self, station):
        return station.sudo()._get_own_figures(self.env.company)

    def _make_network(self):
        for good, stars in ((True, 5), (True, 4), (False, 0)):
            self._job(self.station_north, good, stars)
        for station in self.others:
            self._job(station, False, 2)

    def test_own_work_counts_by_month(self):
        self._make_network()
        figures = self._figures(self.station_north)
        (month,) = figures["months"]
        self.assertEqual(month["jobs"], 3)
        for name in ("answer", "arrive", "fix"):
            with self.subTest(name):
                self.assertAlmostEqual(month[name], 200 / 3)
        self.assertEqual(month["satisfaction"], 4.5)
        self.assertEqual(figures["own"]["satisfaction"], 4.5)

    def test_mean_leaves_the_station_itself_out(self):
        self._make_network()
        expected = {"answer": 0, "arrive": 0, "fix": 0, "satisfaction": 2}
        self.assertEqual(self._figures(self.station_north)["network"], expected)

    def test_few_others_are_not_told(self):
        self._job(self.station_north, True, 5)
        self._job(self.others[0], False, 1)
        network = self._figures(self.station_north)["network"]
        self.assertEqual(set(network.values()), {None})

    def test_what_is_old_or_of_another_company_does_not_count(self):
        company = self.env["res.company"].create({"name": "Abroad"})
        job = self._job(self.station_north, True)
        job._unguarded().company_id = company
        old = fields.Datetime.now() - timedelta(days=400)
        self._job(self.station_north, True, offered_at=old)
        self.assertEqual(self._figures(self.station_north)["months"], [])

    def test_silence_is_no_answer_in_time_and_no_job(self):
        self.make_work_order(
            station=self.station_north, state="expired", accepted_at=False
        )
        (month,) = self._figures(self.station_north)["months"]
        self.assertEqual((month["jobs"], month["answer"]), (0, 0))
        self.assertIsNone(month["arrive"])

    def test_a_second_job_for_the_request_is_no_first_time_fix(self):
        job = self._job(self.station_north, True)
        self._job(self.station_north, True)
        self.make_work_order(job.ticket_id, self.others[0])
        self.assertEqual(self._figures(self.station_north)["own"]["fix"], 50)

    def test_queries_do_not_grow(self):
        for number in (1, 20):
            for _again in range(number):
                self._job(self.station_north, True, 5)
            self._figures(self.station_north)
            with self.subTest(number), self.assertQueryCount(2):
                self._figures(self.station_north)

    def test_page_shows_own_figures_and_names_nobody(self):
        self._make_network()
        self.login(self.station_north_user)
        url = f"/my/figures?station_id={self.station_south.id}"
        text = " ".join(self.page(self.get(url)).find(".//main").text_content().split())
        for words in ("Answered in time 66.7 %", "Other stations: 0.0 %", "Jobs 3"):
            self.assertIn(words, text)
        for station in self.others:
            self.assertNotIn(station.name, text)
        self.assertTrue(
            self.page(self.get("/my/home")).xpath("//a[@href='/my/figures']")
        )

    def test_another_station_sees_its_own(self):
        self._make_network()
        self.login(self.station_south_user)
        text = " ".join(self.page(self.get("/my/figures")).text_content().split())
        self.assertIn("Jobs 1", text)
        self.assertNotIn("66.7", text)
        self.assertNotIn(self.station_north.name, text)

    def test_who_has_no_station_has_no_page(self):
        self.login(self.make_portal_user(self.customer_north, "cu-figures"))
        self.assertEqual(self.get("/my/figures").status_code, 404)
