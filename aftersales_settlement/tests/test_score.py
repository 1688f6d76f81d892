from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestScore(SettlementCase):
    """One frozen score per station and month, and the multiplier it earns."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.card = cls.env["aftersales.score.card"].create(
            {
                "name": "Test card",
                "sequence": 0,
                "pseudo_count": 0.0,
                "measure_ids": [
                    Command.create({"code": code, "weight": 1.0})
                    for code in (
                        "answer_in_time",
                        "resolve_in_time",
                        "satisfaction",
                        "report_in_time",
                    )
                ],
                "band_ids": [
                    Command.create({"minimum": 90.0, "multiplier": 1.2}),
                    Command.create({"minimum": 0.0, "multiplier": 0.8}),
                ],
            }
        )

    def _score(self, stations=None, month=None):
        return self.env["aftersales.station.score"]._score(
            self.company, month or self.month, stations or self.station_north
        )

    def _make_job(self, good=True, station=None):
        """A job in time in every way, or late in every way."""
        order = self.make_installation_order(station)
        day = timedelta(days=1)
        done = order.done_at
        order._unguarded().write(
            {
                "offered_at": done - day,
                "answer_by": done - day / 2,
                "accepted_at": done - day if good else done - day / 4,
                "reported_at": done if good else done + 5 * day,
            }
        )
        order.ticket_id.resolve_deadline = done + day if good else done - day
        followup = self.env["aftersales.followup"]._unguarded()
        followup.create(
            {
                "work_order_id": order.id,
                "ticket_id": order.ticket_id.id,
                "station_id": order.station_id.id,
                "due_date": self.work_date,
                "state": "done",
                "done_at": done,
                "satisfaction": 5 if good else 1,
            }
        )
        return order

    def test_a_good_month_scores_a_hundred(self):
        self._make_job()
        score = self._score()
        self.assertEqual((score.value, score.multiplier), (100.0, 1.2))
        self.assertEqual(len(score.line_ids), 4)
        self.assertEqual(set(score.line_ids.mapped("points")), {100.0})

    def test_a_bad_month_scores_nothing(self):
        self._make_job(good=False)
        score = self._score()
        self.assertEqual((score.value, score.multiplier), (0.0, 0.8))

    def test_every_measure_counts_its_jobs(self):
        for good in (True, True, True, False):
            self._make_job(good)
        lines = self._score().line_ids
        self.assertEqual(set(lines.mapped("event_count")), {4.0})
        self.assertEqual(set(lines.mapped("good_count")), {3.0})
        self.assertEqual(set(lines.mapped("share")), {75.0})

    def test_small_samples_lean_on_the_network(self):
        self.card.pseudo_count = 5.0
        self._make_job(good=False)
        for _number in range(5):
            self._make_job(station=self.station_south)
        scores = self._score(self.station_north | self.station_south)
        north = scores.filtered(lambda row: row.station_id == self.station_north)
        # 5 of 6 jobs in the network are good: (0 + 5 × 5/6) / (1 + 5).
        self.assertAlmostEqual(north.value, 69.44, places=2)
        south = scores - north
        # (5 + 5 × 5/6) / (5 + 5)
        self.assertAlmostEqual(south.value, 91.67, places=2)

    def test_nothing_measured_has_no_value_and_multiplier_one(self):
        score = self._score()
        self.assertFalse(score.has_value)
        self.assertEqual(score.multiplier, 1.0)

    def test_score_is_frozen(self):
        self._make_job()
        score = self._score()
        self._make_job(good=False)
        self.assertEqual(self._score(), score)
        self.assertEqual(score.value, 100.0)
        with self.assertRaises(UserError):
            score.value = 1.0
        with self.assertRaises(UserError):
            score.line_ids[0].points = 1.0
        self.assertEqual(score.facts["score"]["multiplier"], "1.2")

    def test_a_frozen_score_is_computed_again_from_its_facts(self):
        self.card.measure_ids[0].point_ids = [
            Command.create({"minimum": 60.0, "points": 70.0}),
            Command.create({"minimum": 90.0, "points": 100.0}),
        ]
        self.card.pseudo_count = 3.0
        for good in (True, True, False):
            self._make_job(good)
        self._make_job(station=self.station_south)
        scores = self._score(self.station_north | self.station_south)
        self.card.measure_ids.weight = 7.0
        self.card.band_ids.multiplier = 3.0
        self.assertEqual(scores._verify(), [])
        for column, value in (("value", 12.34), ("multiplier", 1.234)):
            self.cr.execute(
                f"UPDATE aftersales_station_score SET {column} = %s WHERE id = %s",
                [value, scores[0].id],
            )
            self.env.invalidate_all()
            with self.subTest(column=column):
                self.assertEqual(len(scores._verify()), 1)

    def test_one_who_asks_freezes_the_month_for_all(self):
        self._make_job()
        self._make_job(good=False, station=self.station_south)
        self._score(self.station_north)
        self._make_job(station=self.station_south)
        south = self._score(self.station_south)
        self.assertEqual(south.value, 0.0)
        self.assertEqual(south.line_ids[0].network_share, 50.0)

    def test_each_has_its_place_among_all_and_in_its_grade(self):
        (self.station_north | self.station_south).station_grade = "a"
        other = self.make_station("Best", self.north, station_grade="b")
        idle = self.make_station("Idle", self.north, station_grade="b")
        self._make_job()
        self._make_job(station=other)
        self._make_job(good=False, station=self.station_south)
        scores = self._score(self.station_north | self.station_south | other | idle)
        places = {
            row.station_id: (row.place, row.grade, row.grade_place) for row in scores
        }
        self.assertEqual(places[self.station_north], (1, "a", 1))
        self.assertEqual(places[other][:2], (1, "b"))
        self.assertEqual(places[self.station_south][1:], ("a", 2))
        self.assertGreater(places[self.station_south][0], places[idle][0])
        self.assertEqual(scores[0].place_count, len(self._all_scored()))

    def _all_scored(self):
        return self.env["aftersales.station.score"].search(
            [("period_start", "=", self.month), ("has_value", "=", True)]
        )

    def test_measure_has_points_of_its_own(self):
        self.card.measure_ids = [
            Command.clear(),
            Command.create(
                {
                    "code": "answer_in_time",
                    "point_ids": [
                        Command.create({"minimum": 50.0, "points": 60.0}),
                        Command.create({"minimum": 100.0, "points": 100.0}),
                    ],
                }
            ),
        ]
        self.assertEqual(self.card.measure_ids.point_text, "100 % → 100, 50 % → 60")
        for good in (True, True, False):
            self._make_job(good)
        self.assertEqual(self._score().value, 60.0)

    def test_a_month_that_is_not_over_has_no_score(self):
        with self.assertRaises(UserError):
            self._score(month=fields.Date.today().replace(day=1))

    def test_multiplier_of_the_month_of_the_installation(self):
        order = self._make_job()
        self.approve(order._make_claims())
        sheet = self.settle()
        self.assertEqual(
            [(line.kind, line.amount) for line in sheet.line_ids],
            [("claim", 300.0), ("multiplier", 60.0)],
        )
        self.assertEqual(sheet.score_id.multiplier, 1.2)
        self.assertIn("1.2", sheet.line_ids[1].why)
        self.assertFalse(sheet._verify())

    def test_late_approval_keeps_the_multiplier_of_the_work(self):
        order = self._make_job()
        claim = self.approve(order._make_claims())
        later = (self.month + timedelta(days=40)).replace(day=1)
        claim._write_guarded({"approved_at": self.company._get_month_moments(later)[0]})
        sheet = self.settle(month=later)
        self.assertEqual(sheet.amount_total, 360.0)
        self.assertFalse(sheet.score_id)

    def test_fee_settled_early_gets_its_multiplier_later(self):
        order = self._make_job()
        claim = self.approve(order._make_claims())
        today = fields.Date.today()
        claim._write_guarded({"work_date": today.replace(day=1)})
        sheet = self.settle(month=today)
        self.assertEqual(sheet.amount_total, 300.0)
        sheet._send()
        sheet._confirm()
        claim._write_guarded({"work_date": self.work_date})
        following = self.settle(month=(today + timedelta(days=40)).replace(day=1))
        self.assertEqual(following.line_ids.mapped("kind"), ["multiplier"])
        self.assertEqual(following.amount_total, 60.0)

    def test_multiplier_leaves_with_its_disputed_fee(self):
        order = self._make_job()
        claim = self.approve(order._make_claims())
        sheet = self.settle()
        sheet._send()
        sheet.line_ids.filtered(lambda line: line.kind == "multiplier")._dispute("Why?")
        self.assertFalse(sheet.line_ids)
        self.approve(claim)
        later = (self.month + timedelta(days=40)).replace(day=1)
        claim._write_guarded({"approved_at": self.company._get_month_moments(later)[0]})
        self.assertEqual(self.settle(month=later).amount_total, 360.0)

    def test_dispatch_asks_for_the_last_score(self):
        self._make_job()
        self._make_job(good=False, station=self.station_south)
        stations = self.station_north | self.station_south
        self._score(stations)
        found = stations._get_dispatch_scores()
        self.assertGreater(found[self.station_north.id], 1.0)
        self.assertLess(found[self.station_south.id], 1.0)
        other = self.make_station("New", self.north)
        self.assertEqual(other._get_dispatch_scores(), {other.id: 1.0})

    def test_query_count_does_not_grow_with_the_stations(self):
        def make(count):
            return self.make_many(
                count, lambda: self.make_station(f"S {self._next()}", self.north)
            )

        one, fifty = self.count_queries(make, self._score)
        self.assertEqual(one, fifty)

    def test_run_scores_every_station_and_settles_every_one(self):
        self.approve(self._make_job()._make_claims())
        self.make_approved(self.station_south)
        Run = self.env["aftersales.run"].sudo()
        month = fields.Date.to_string(self.month)
        run = Run._start("score", {"month": month})
        self.assertEqual(run._work_score(), 0)
        run = Run._start("settlement", {"month": month})
        self.assertEqual(run._work_settlement(), 0)
        sheets = self.env["aftersales.settlement"].search(
            [("period_start", "=", self.month)]
        )
        self.assertEqual(sheets.station_id, self.station_north | self.station_south)

    def test_manager_starts_a_run_from_the_dialog(self):
        self.approve(self._make_job()._make_claims())
        wizard = self.env["aftersales.settlement.start"].with_user(self.manager)
        dialog = wizard.create({"month": self.month})
        self.assertEqual(dialog.station_count, 1)
        action = dialog.action_start()
        run = self.env["aftersales.run"].browse(action["res_id"])
        self.assertEqual((run.kind, run.user_id), ("settlement", self.manager))
        run._work_batch()
        self.assertEqual(run.state, "done")
        self.assertTrue(run.with_user(self.manager).read(["state", "progress"]))
        results = run.with_user(self.manager).action_open_results()
        sheets = self.env[results["res_model"]].search(results["domain"])
        self.assertEqual(sheets.station_id, self.station_north)
