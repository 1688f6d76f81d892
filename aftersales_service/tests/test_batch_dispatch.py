import base64
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.dispatch import aftersales_run_batch_dispatch
from .test_dispatch import DispatchCase

TODAY = fields.Date.to_date("2026-05-11")


@tagged("post_install", "-at_install")
class TestBatchDispatch(DispatchCase):
    """All waiting requests at once: best for all together, in a run."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["helpdesk.ticket"].search([]).active = False

    def setUp(self):
        super().setUp()
        self.commits = []
        committing = patch.object(
            self.registry["ir.cron"],
            "_commit_progress",
            lambda *args, **kwargs: self.commits.append(1) or float("inf"),
        )
        committing.start()
        self.addCleanup(committing.stop)

    def make_ready(self, count=1, **vals):
        """Requests that wait for dispatch, each of a machine of its own."""
        tickets = self.env["helpdesk.ticket"]
        for _number in range(count):
            serial = f"BD-{self.env['stock.lot'].search_count([])}"
            unit = self.make_unit(serial, owner=self.customer_north)
            tickets |= self.make_request(unit, **vals)
        tickets.action_check_serial()
        tickets.action_decide_warranty()
        self.assertEqual(set(tickets.mapped("next_step")), {"dispatch"})
        return tickets

    def dispatch_together(self, tickets=None, user=None):
        tickets = self.env["helpdesk.ticket"] if tickets is None else tickets
        action = tickets.with_user(user or self.office_north).action_dispatch_together()
        run = self.env["aftersales.run"].browse(action["res_id"])
        run._work_to_end()
        self.assertEqual(run.state, "done", run.log)
        return run

    def test_an_office_dispatches_all_that_wait_in_its_territory(self):
        mine = self.make_ready(3)
        theirs = self.make_request(self.unit_south)
        run = self.dispatch_together()
        self.assertEqual(set(mine.work_order_ids.mapped("state")), {"offered"})
        self.assertFalse(theirs.work_order_ids)
        self.assertEqual((run.done_count, run.refused_count), (3, 0))
        self.assertIn("No other assignment is better", run.log)
        self.assertIn("Offered: 3.", run.log)

    def test_best_for_all_beats_best_for_each_and_says_so(self):
        self.policy.write({"horizon_days": 1, "load_weight": 0})
        (self.station_north | self.station_second).station_daily_capacity = 1
        north, second = self.station_north, self.station_second
        north.write({"partner_latitude": 39.0, "partner_longitude": 117})
        second.write({"partner_latitude": 39.0, "partner_longitude": 117.5})
        # Both are nearest to North; the first has Second next door.
        between, far = self.make_ready(2)
        between.write({"site_latitude": 39.0, "site_longitude": 117.2})
        far.write({"site_latitude": 39.0, "site_longitude": 116.0})
        self.dispatch_together()
        self.assertEqual(between.work_order_ids.station_id, second)
        self.assertEqual(far.work_order_ids.station_id, north)
        why = between.work_order_ids.with_user(self.office_north).dispatch_why
        self.assertIn("better for all requests together", why)
        self.assertIn("Distance", why)
        self.assertNotIn("better for all", far.work_order_ids.dispatch_why)
        self.assertFalse(between.work_order_ids.dispatch_reason)

    def test_who_gets_nobody_is_listed_with_the_reason(self):
        self.policy.horizon_days = 1
        (self.station_north | self.station_second).station_daily_capacity = 1
        tickets = self.make_ready(3)
        run = self.dispatch_together()
        self.assertEqual(run.refused_count, 1)
        [left] = tickets.filtered(lambda t: t.work_order_ids.state == "draft")
        content = base64.b64decode(run.refused_file).decode("utf-8-sig")
        self.assertIn(left.number, content)
        self.assertIn("All places of the stations that can do it are given.", content)
        self.assertIn("No station found: 1.", run.log)

    def test_where_no_station_can_the_causes_are_counted(self):
        (self.station_north | self.station_second).is_station_open = False
        ticket = self.make_ready()
        run = self.dispatch_together()
        content = base64.b64decode(run.refused_file).decode("utf-8-sig")
        self.assertIn("Takes no jobs (2)", content)
        self.assertIn("Takes no jobs", ticket.work_order_ids.dispatch_why)

    def test_the_urgent_gets_the_last_place(self):
        self.policy.horizon_days = 1
        self.station_second.is_station_open = False
        self.station_north.station_daily_capacity = 1
        ordinary, urgent = self.make_ready(2)
        urgent.priority = "3"
        self.dispatch_together()
        self.assertEqual(urgent.work_order_ids.state, "offered")
        self.assertEqual(ordinary.work_order_ids.state, "draft")

    def test_a_policy_by_hand_is_left_to_the_office(self):
        self.policy.mode = "off"
        ticket = self.make_ready()
        run = self.dispatch_together()
        self.assertEqual(ticket.work_order_ids.state, "draft")
        content = base64.b64decode(run.refused_file).decode("utf-8-sig")
        self.assertIn("leaves the choice to the office", content)

    def test_work_is_spread_over_stations_of_equal_worth(self):
        coverage = self.station_second.station_coverage_ids
        coverage.rank = 1
        (self.station_north | self.station_second).station_daily_capacity = 8
        tickets = self.make_ready(6)
        self.dispatch_together()
        counts = tickets.work_order_ids.grouped("station_id")
        self.assertEqual([len(orders) for orders in counts.values()], [3, 3])

    def test_what_was_dispatched_meanwhile_is_passed_over(self):
        one, other = self.make_ready(2)
        action = (one | other).with_user(self.office_north).action_dispatch_together()
        run = self.env["aftersales.run"].browse(action["res_id"])
        run._work_batch()
        one.with_user(self.office_north).action_dispatch_best()
        station = one.work_order_ids.station_id
        run._work_to_end()
        self.assertEqual(len(one.work_order_ids), 1)
        self.assertEqual(one.work_order_ids.station_id, station)
        self.assertEqual(other.work_order_ids.state, "offered")
        self.assertEqual(run.refused_count, 1)
        self.assertIn("Offered: 1.", run.log)

    def test_a_place_lost_meanwhile_gives_the_next_place(self):
        ticket = self.make_ready()
        run = self.env["aftersales.run"].browse(
            ticket.with_user(self.office_north).action_dispatch_together()["res_id"]
        )
        run._work_batch()
        self.fill(self.station_north, TODAY)
        run._work_to_end()
        order = ticket.work_order_ids
        self.assertEqual(order.station_id, self.station_north)
        self.assertEqual(str(order.planned_date), "2026-05-12")

    def test_a_killed_run_goes_on_where_it_was(self):
        tickets = self.make_ready(3)
        run = self.env["aftersales.run"].browse(
            tickets.with_user(self.office_north).action_dispatch_together()["res_id"]
        )
        with patch.object(aftersales_run_batch_dispatch, "BATCH_SIZE", 1):
            run._work_batch()
            run._work_batch()
            self.assertEqual(len(run.checkpoint["todo"]), 2)
            run._work_to_end()
        self.assertEqual(set(tickets.work_order_ids.mapped("state")), {"offered"})
        self.assertEqual(len(tickets.work_order_ids), 3)

    def test_an_agent_may_not_start_it(self):
        tickets = self.make_ready()
        with self.assertRaises(AccessError):
            tickets.with_user(self.agent_north).action_dispatch_together()

    def test_requests_of_another_office_are_left_alone(self):
        tickets = self.make_ready()
        with self.assertRaises(UserError):
            tickets.with_user(self.office_south).action_dispatch_together()
        run = (
            self.env["aftersales.run"]
            .with_user(self.office_south)
            ._start("batch_dispatch", {"ticket_ids": tickets.ids})
        )
        run.sudo()._work_to_end()
        self.assertFalse(tickets.work_order_ids)

    def test_queries_of_a_plan_do_not_grow_with_the_number(self):
        def count(number):
            orders = self.make_ready(number)._get_orders_to_dispatch()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            orders._plan_batch()
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(50))

    def test_a_day_is_promised_only_when_the_parts_are_there(self):
        self.symptom.part_ids = self.part
        self.policy.parts_days = 2
        self.station_second.is_station_open = False
        ticket, other = self.make_ready(2)
        order = self.dispatch(ticket)
        self.assertEqual(str(order.planned_date), "2026-05-13")
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.station_north.station_stock_location_id, 3
        )
        self.dispatch_together(other)
        self.assertEqual(other.work_order_ids.planned_date, TODAY)
