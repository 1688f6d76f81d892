from collections import defaultdict
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from ..models.work_order.aftersales_work_order_report import ReportError
from .portal_common import PortalCase
from .test_work_order_report import ReportCase


class VisitCase(ReportCase):
    """A job on site that needs a second visit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.order = cls.make_work_order(
            cls.make_request(cls.make_unit("DX-V1", owner=cls.customer_north)),
            state="accepted",
        )
        cls.today = cls.order._get_local_today()
        cls.day = cls.today + timedelta(days=3)

    def visit_twice(self):
        """The station was there two days ago, and is there again."""
        self.visit_before()
        self.order._arrive()
        return self.order.visit_ids

    def visit_before(self):
        self.order._arrive()
        before = self.order.arrived_at - timedelta(days=2)
        self.order.visit_ids._write_guarded({"arrived_at": before})
        self.order._write_guarded({"arrived_at": before})
        self.order._plan_visit(self.day, "parts")


@tagged("post_install", "-at_install")
class TestVisit(VisitCase):
    """Several visits, one report; promise and calendar follow."""

    def test_arrival_is_a_visit(self):
        self.order._arrive()
        visit = self.order.visit_ids
        self.assertEqual((len(visit), visit.arrived_at), (1, self.order.arrived_at))
        self.assertEqual(visit._get_day(), self.today)

    def test_planned_visit_lets_the_job_wait_and_moves_the_promise(self):
        self.order._arrive()
        self.order._plan_visit(self.day, "parts")
        self.assertEqual(self.order.state, "waiting")
        self.assertEqual(self.order.wait_reason, "parts")
        self.assertEqual(self.order.planned_date, self.day)
        self.assertEqual(self.order.ticket_id.promised_date, self.day)
        planned = self.order._get_open_visit()
        self.assertEqual((planned.planned_date, planned.reason), (self.day, "parts"))
        self.assertEqual(self.order.slot_ids.mapped("day"), [self.day])
        self.assertIn("comes again", self.order.next_step)

    def test_next_arrival_makes_the_planned_visit(self):
        self.visit_before()
        first = self.order.arrived_at
        self.order._arrive()
        self.assertEqual(self.order.state, "on_site")
        self.assertFalse(self.order.wait_reason)
        self.assertEqual(len(self.order.visit_ids), 2)
        self.assertTrue(all(self.order.visit_ids.mapped("arrived_at")))
        # Arriving in time is asked of the first visit.
        self.assertEqual(self.order.arrived_at, first)

    def test_one_day_is_one_visit_however_often_somebody_arrives(self):
        for _time in range(3):
            self.order._arrive()
            self.order._plan_visit(self.today, "parts")
        self.order._arrive()
        self.assertEqual(len(self.order.visit_ids), 1)
        self.assertEqual(self.order._get_visit_days(), {self.today})

    def test_kilometres_told_before_the_second_visit_are_those_of_the_first(self):
        self.visit_before()
        self.order.travel_km = 40.0
        self.order._arrive()
        self.assertEqual(self.order.visit_ids.mapped("travel_km"), [40.0, 0.0])
        self.assertEqual(self.order.travel_km, 40.0)

    def test_place_that_others_take_meanwhile_is_not_tried_again(self):
        unit = self.make_unit("DX-T1", owner=self.customer_north)
        self.make_work_order(self.make_request(unit))._plan_visit(self.day, "parts")
        Slot = self.env["aftersales.station.slot"]
        unseen = defaultdict(lambda: defaultdict(set))
        with patch.object(type(Slot), "_get_taken", return_value=unseen):
            self.order._plan_visit(self.day, "parts")
        self.assertEqual(self.order.slot_ids.number, 2)

    def test_waiting_without_a_planned_visit_cannot_arrive(self):
        order = self.order.with_user(self.office_north)
        self.order._arrive()
        self.order._wait("parts")
        self.assertFalse(order.can_arrive)
        with self.assertRaises(UserError):
            order.action_arrive()
        self.order._plan_visit(self.day)
        order.invalidate_recordset()
        self.assertTrue(order.can_arrive)

    def test_planning_again_changes_the_visit_and_its_place(self):
        self.order._plan_visit(self.day, "customer")
        later = self.day + timedelta(days=1)
        self.order._plan_visit(later)
        self.assertEqual(self.order.visit_ids.planned_date, later)
        self.assertEqual(self.order.slot_ids.mapped("day"), [later])

    def test_full_day_takes_the_stations_own_promise(self):
        self.station_north.station_daily_capacity = 1
        units = [self.make_unit(f"DX-F{n}", owner=self.customer_north) for n in (1, 2)]
        for unit in units:
            order = self.make_work_order(self.make_request(unit))
            order._plan_visit(self.day, "parts")
        self.order._plan_visit(self.day, "parts")
        slots = self.order.slot_ids.search([("day", "=", self.day)])
        self.assertEqual(sorted(slots.mapped("number")), [1, 2, 3])

    def test_day_that_was_used_keeps_its_place(self):
        self.order._plan_visit(self.today, "customer")
        self.order._arrive()
        self.order._plan_visit(self.day, "parts")
        self.assertEqual(
            sorted(self.order.slot_ids.mapped("day")), [self.today, self.day]
        )

    def test_past_days_and_missing_reasons_are_refused(self):
        for day, reason in (
            (self.today - timedelta(days=1), "parts"),
            (False, "parts"),
            (self.day, None),
            (self.day, "weather"),
        ):
            with self.subTest(day=day, reason=reason), self.assertRaises(UserError):
                self.order._plan_visit(day, reason)
        self.assertEqual(self.order.state, "accepted")

    def test_report_covers_all_visits(self):
        first, second = self.visit_twice()
        self.order.write(self.report_vals())
        first.travel_km, second.travel_km = 40.0, 44.0
        self.assertEqual(self.order.travel_km, 84.0)
        self.order.travel_km = 10.0
        self.assertEqual(self.order.travel_km, 84.0, "the visits tell")
        self.order._submit_report()
        self.assertEqual(self.order._get_trips(), [40.0, 44.0])

    def test_office_tells_the_kilometres_of_each_visit_in_the_form(self):
        self.visit_twice()
        view = "aftersales_service.work_order_view_form"
        with Form(self.order.with_user(self.office_north), view) as form:
            for place, travel_km in enumerate((30.0, 35.0)):
                with form.visit_ids.edit(place) as visit:
                    visit.travel_km = travel_km
            with self.assertRaises(AssertionError):
                form.travel_km = 10.0
        self.assertEqual(self.order.travel_km, 65.0)

    def test_each_visit_has_the_longest_drive_as_its_limit(self):
        first, second = self.visit_twice()
        self.order.write(self.report_vals())
        first.travel_km, second.travel_km = 900000.0, 10.0
        with self.assertRaises(ReportError) as caught:
            self.order._submit_report()
        [(_order, field, key, _text)] = caught.exception.errors
        self.assertEqual((field, key), ("visit_ids", str(first.id)))
        first.travel_km, second.travel_km = 1600.0, 1700.0
        self.order._submit_report()
        self.assertEqual(self.order.travel_km, 3300.0)

    def test_visit_that_was_not_made_is_none(self):
        self.order._arrive()
        self.order._plan_visit(self.today, "parts")
        self.order._resume()
        self.order.write(self.report_vals())
        self.order.visit_ids[:1].travel_km = 40.0
        self.order._submit_report()
        self.assertEqual(self.order.travel_km, 40.0)
        self.assertEqual(len(self.order.visit_ids), 1)
        self.assertEqual(self.order.visit_ids.travel_km, 40.0)
        self.assertEqual(self.order._get_trips(), [40.0])

    def test_office_plans_in_the_web_client_but_writes_no_dates(self):
        self.order._arrive()
        order = self.order.with_user(self.office_north)
        wizard = self.env["aftersales.work.order.reason"].with_user(self.office_north)
        action = order.action_plan_visit()
        wizard.with_context(**action["context"]).create(
            {"wait_reason": "customer", "visit_on": self.day}
        ).action_confirm()
        self.assertEqual(self.order.planned_date, self.day)
        visit = self.order.visit_ids[:1].with_user(self.office_north)
        visit.travel_km = 12.0
        with self.assertRaises(AccessError):
            visit.planned_date = self.today
        foreign = self.order.visit_ids.with_user(self.office_south)
        with self.assertRaises(AccessError):
            foreign.read(["planned_date"])

    def test_visits_of_a_closed_report_stay(self):
        self.order._arrive()
        self.order.write(self.report_vals())
        self.order._submit_report()
        with self.assertRaises(UserError):
            self.order.visit_ids.travel_km = 99.0

    def test_arrivals_of_many_jobs_take_few_queries(self):
        units = [
            self.make_unit(f"DX-M{n}", owner=self.customer_north) for n in range(9)
        ]
        orders = self.order.union(
            *(self.make_work_order(self.make_request(unit)) for unit in units)
        )
        orders._arrive()
        self.assertEqual(len(orders.visit_ids), 10)
        self.assertTrue(all(orders.mapped("arrived_at")))


@tagged("post_install", "-at_install")
class TestPortalVisit(PortalCase, VisitCase):
    """A station plans its next visit on the phone and reports them all."""

    def setUp(self):
        super().setUp()
        self.login(self.station_north_user)
        self.url = self.order.access_url

    def test_station_plans_moves_and_makes_a_visit(self):
        self.post(f"{self.url}/arrive")
        day = fields.Date.to_string(self.day)
        self.post(f"{self.url}/wait", {"reason": "parts", "visit_on": day})
        self.assertEqual(self.order.planned_date, self.day)
        page = self.page(self.get(self.url))
        self.assertIn("Next visit", page.text_content())
        later = fields.Date.to_string(self.day + timedelta(days=2))
        self.post(f"{self.url}/visit", {"visit_on": later})
        self.assertEqual(fields.Date.to_string(self.order.planned_date), later)
        response = self.post(f"{self.url}/visit", {"visit_on": "<2026>"})
        self.assertIn("still to come", self.page(response).text_content())
        self.post(f"{self.url}/arrive")
        self.assertEqual(self.order.state, "on_site")

    def test_report_asks_the_kilometres_of_each_visit(self):
        first, second = self.visit_twice()
        data = {
            f"visit-{first.id}": "30",
            f"visit-{second.id}": "far",
            "action": "save",
        }
        response = self.post(f"{self.url}/report", data)
        self.assertEqual(
            self.sentences(response),
            {f"visit-{second.id}": "Enter a number, e.g. 12.5."},
        )
        self.post(f"{self.url}/report", {**data, f"visit-{second.id}": "34,5"})
        self.assertEqual(self.order.visit_ids.mapped("travel_km"), [30.0, 34.5])
        self.assertEqual(self.order.travel_km, 64.5)

    def test_kilometres_posted_past_the_visits_do_not_count(self):
        first, second = self.visit_twice()
        self.order.write(self.report_vals())
        data = {f"visit-{first.id}": "900000", "action": "save"}
        self.post(f"{self.url}/report", {**data, "travel_km": "7"})
        self.assertEqual(self.order.travel_km, 900000.0)
        response = self.post(
            f"{self.url}/report", {"travel_km": "10", "action": "submit"}
        )
        self.assertIn("too high", self.sentences(response)[f"visit-{first.id}"])
        self.assertEqual(self.order.state, "on_site")
        data = {f"visit-{first.id}": "30", f"visit-{second.id}": "40"}
        self.post(f"{self.url}/report", {**data, "action": "submit"})
        self.assertEqual((self.order.state, self.order.travel_km), ("done", 70.0))

    def test_visits_of_a_foreign_job_are_not_reached(self):
        self.login(self.station_south_user)
        day = fields.Date.to_string(self.day)
        response = self.post(f"{self.url}/visit", {"visit_on": day, "reason": "parts"})
        self.assertEqual(response.status_code, 404)
        self.assertFalse(self.order.visit_ids)
