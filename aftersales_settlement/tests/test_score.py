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

    def test_first_time_fix_looks_back(self):
        self.card.measure_ids = [
            Command.clear(),
            Command.create({"code": "first_time_fix"}),
        ]
        days = self.card.repeat_days
        fixed, came_back = self.make_done_order(), self.make_done_order()
        again = self.make_request(came_back.unit_id)
        done = fields.Datetime.to_datetime(self.month) - timedelta(days=10)
        for order in (fixed, came_back):
            order._unguarded().done_at = done
        self.env.flush_all()
        self.cr.execute(
            "UPDATE helpdesk_ticket SET create_date = %s WHERE id = %s",
            [done + timedelta(days=days - 1), again.id],
        )
        line = self._score().line_ids
        self.assertEqual((line.good_count, line.event_count), (1.0, 2.0))

    def test_arrival_counts_where_there_was_a_deadline(self):
        self.card.measure_ids = [
            Command.clear(),
            Command.create({"code": "arrive_in_time"}),
        ]
        order = self.make_done_order()
        order.ticket_id.arrive_deadline = order.arrived_at - timedelta(hours=1)
        self.make_done_order()
        line = self._score().line_ids
        self.assertEqual((line.good_count, line.event_count), (0.0, 1.0))

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
