from datetime import timedelta

from lxml import html

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_settlement.models.score.aftersales_score_card import (
    MEASURES,
)

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestPortalScore(SettlementCase, HttpCase):
    """The station sees its scores, its place and what it could still reach."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env["aftersales.score.card"].create(
            {
                "name": "Test card",
                "sequence": 0,
                "pseudo_count": 0.0,
                "measure_ids": [Command.create({"code": "report_in_time"})],
                "band_ids": [
                    Command.create({"minimum": 75.0, "multiplier": 1.05}),
                    Command.create({"minimum": 0.0, "multiplier": 1.0}),
                ],
            }
        )

    def setUp(self):
        super().setUp()
        self._make_jobs(self.begin(self.month), good=1, late=1)
        self.stations = self.station_north | self.station_south
        self.scores = self.env["aftersales.station.score"]._score(
            self.company, self.month, self.stations
        )
        self.score, self.foreign = (
            self.scores.filtered(lambda row, s=station: row.station_id == s)
            for station in self.stations
        )
        self._log_in(self.station_north_user)

    def begin(self, day):
        return fields.Datetime.to_datetime(day) + timedelta(days=3)

    def _make_jobs(self, moment, good=0, late=0):
        """Reports in time and late ones, of arrivals at the moment."""
        for number in range(good + late):
            reported = moment + timedelta(hours=1 if number < good else 40)
            order = self.make_done_order()
            order._unguarded().write(
                {"arrived_at": moment, "reported_at": reported, "done_at": reported}
            )
        self.env.flush_all()

    def _log_in(self, user):
        self.authenticate(user.login, user.login)

    def _text(self, url):
        response = self.url_open(url)
        self.assertEqual(response.status_code, 200)
        page = html.fromstring(response.text)
        return " ".join(page.find(".//main").text_content().split())

    def test_home_has_an_entry(self):
        self.assertIn("/my/score", self.url_open("/my/home").text)

    def test_list_shows_months_and_the_way_to_each(self):
        text = self._text("/my/score")
        self.assertIn(self.score.period, text)
        self.assertIn("50.00", text)
        self.assertIn(self.score.place_text, text)

    def test_page_shows_parts_with_counts_and_place(self):
        text = self._text(f"/my/score/{self.score.id}")
        self.assertIn("Reports in time: 1 of 2.", text)
        self.assertIn("Place 1 of", text)
        self.assertIn("× 1.00", text)

    def test_no_other_station_is_named(self):
        for url in ("/my/score", f"/my/score/{self.score.id}"):
            self.assertNotIn(self.station_south.name, self._text(url))

    def test_a_foreign_score_leads_back_to_the_list(self):
        response = self.url_open(f"/my/score/{self.foreign.id}")
        self.assertTrue(response.url.endswith("/my/score"))
        response = self.url_open("/my/score/99999999")
        self.assertTrue(response.url.endswith("/my/score"))

    def test_a_customer_has_no_score(self):
        self._log_in(self.customer_user)
        self.assertTrue(self.url_open("/my/score").url.rstrip("/").endswith("/my"))

    def test_the_running_month_says_what_could_still_be_reached(self):
        month = self.company._get_today().replace(day=1)
        self._make_jobs(self.begin(month), good=1, late=1)
        Score = self.env["aftersales.station.score"]
        before = Score.search_count([])
        text = self._text("/my/score")
        self.assertIn("Reports in time: 2 more, multiplier 1.00 → 1.05", text)
        self.assertIn(f"{month:%Y-%m}", text)
        # Nothing was written for having looked.
        self.assertEqual(Score.search_count([]), before)

    def test_the_manager_reads_the_same_on_the_form(self):
        month = self.company._get_today().replace(day=1)
        self._make_jobs(self.begin(month), good=1, late=1)
        score = self.score.with_user(self.manager)
        self.assertIn(
            "Reports in time: 2 more, multiplier 1.00 → 1.05", score.running_text
        )
        self.assertEqual(score.place_text, self.score.place_text)
        self.assertEqual(
            score.line_ids.mapped("sentence"), ["Reports in time: 1 of 2."]
        )

    def test_every_measure_is_a_sentence(self):
        Score = self.env["aftersales.station.score"]
        for code, _label in MEASURES:
            with self.subTest(code=code):
                self.assertIn("4", Score._tell_measure(code, 3, 4))
                self.assertIn("Nothing", Score._tell_measure(code, 0, 0))
                self.assertIn(code, Score._get_event_words())
        self.assertEqual(
            Score._tell_measure("satisfaction", 3, 4),
            "Customers asked: 4, 75.0 % of the best marks.",
        )
        self.assertEqual(Score._tell_measure("of_another_addon", 3, 4), "3 of 4.")

    def test_a_month_without_work_says_so(self):
        self.assertIn("Nothing could be measured", self.foreign.running_text)

    def test_running_text_costs_the_same_for_one_and_many(self):
        def make(count):
            stations = self.make_many(
                count, lambda: self.make_station(f"R {self._next()}", self.north)
            )
            Score = self.env["aftersales.station.score"]
            Score.search([("period_start", "=", self.month)]).unlink()
            return Score._score(self.company, self.month, stations)

        one, fifty = self.count_queries(make, lambda rows: rows.mapped("running_text"))
        self.assertEqual(one, fifty)
