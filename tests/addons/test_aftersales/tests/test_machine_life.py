from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.fields import Command
from odoo.tests import Form, tagged

from odoo.addons.aftersales_service.tests.portal_common import make_picture
from odoo.addons.aftersales_service.tests.test_network_stock import NetworkStockCase

from .common import StoryCase

REQUEST_FORM = "aftersales_service.request_view_form"


@tagged("post_install", "-at_install")
class TestMachineLife(StoryCase, NetworkStockCase):
    """One machine from the delivery to its dealer to the answer of the engineers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._promise_twelve_months(cls.unit_south)
        cls.dealer_user = cls.make_portal_user(cls.dealer, "dealer-north")
        cls.department = cls.make_user("department", cls.north)
        cls.works = cls.env["helpdesk.ticket.team"].create(
            {"name": "Engine works", "user_ids": [Command.set(cls.department.ids)]}
        )
        cls.part.failed_part_return = "always"
        cls.city_north.write({"latitude": 36.65, "longitude": 117.12})
        cls.city_south.write({"latitude": 22.82, "longitude": 108.32})

    def setUp(self):
        super().setUp()
        self.machine = self.make_unit(
            "LF-0001", owner=False, sale_date=False, shipping_date=False
        )

    def test_a_machine_from_its_delivery_to_the_engineers_answer(self):
        self.delivery_puts_it_into_the_dealers_stock()
        self.dealer_sells_it_on_his_phone()
        self.anybody_asks_whether_it_is_genuine()
        request = self.customer_asks_for_service_with_a_photo()
        self.second_call_about_it_is_recognised(request)
        self.agent_finds_it_by_the_last_digits()
        order = self.office_dispatches_all_that_waits(request)
        trips = self.station_needs_a_second_visit(order)
        self.station_hands_in(self.station_north_user, order, **trips)
        self.assertEqual(order.travel_km, 70.0)
        self.failed_part_comes_back_and_is_inspected(order)
        self.customer_rates_the_service(request)
        self.department_answers_the_problem_sheet(request)
        self.file_of_the_machine_tells_all_of_it(request, order)
        self.extended_warranty_outlives_the_policy()
        self.copied_serial_far_away_becomes_a_case()
        self.recall_finds_it_and_plans_the_work()
        self.headquarters_sees_what_is_late()

    def delivery_puts_it_into_the_dealers_stock(self):
        self.stock(self.engine, self.our_stock, 1, lot_id=self.machine)
        self.deliver(self.dealer, self.engine, lot=self.machine)
        self.assertEqual(self.machine.selling_partner_id, self.dealer)
        self.assertTrue(self.machine.shipping_date)

    def dealer_sells_it_on_his_phone(self):
        self.login(self.dealer_user)
        self.assertIn("LF-0001", self.get("/my/stock").text)
        self.post(
            "/my/stock/sale/new",
            {
                "serial": "lf 0001",
                "moved_on": fields.Date.to_string(self._today()),
                "condition": "new",
                "quantity": "1",
                "customer_name": "Zhao",
                "customer_phone": "+86 139 1234 0000",
            },
        )
        self.owner = self.machine.owner_id
        self.assertEqual(self.owner.name, "Zhao")
        self.assertEqual(self.machine.sale_date, self._today())
        self.assertNotIn("?serial=LF-0001", self.get("/my/stock").text)

    def anybody_asks_whether_it_is_genuine(self):
        self.authenticate(None, None)
        page = self.page(self.get("/verify/LF-0001")).text_content()
        self.assertIn("Genuine", page)
        self.assertNotIn("Zhao", page)

    def customer_asks_for_service_with_a_photo(self):
        self.user = self.make_portal_user(self.owner, "zhao")
        self.user.partner_id.email = "zhao@example.com"
        self.login(self.user)
        self.assertIn("LF-0001", self.get("/my/machines").text)
        response = self.post(
            "/submitted/ticket",
            {
                "request_type": self.repair.id,
                "serial": "LF-0001",
                "description": "Does not start",
            },
            files=[("attachment", ("a.jpg", make_picture(), "image/jpeg"))],
        )
        ticket_id = int(response.headers["Location"].rpartition("/")[2])
        request = self.env["helpdesk.ticket"].browse(ticket_id)
        self.assertEqual(request.unit_id, self.machine)
        self.assertEqual(request.serial_verdict, "genuine")
        self.assertEqual(request.territory_id, self.north)
        request.with_user(self.agent_north).symptom_id = self.symptom
        request.with_user(self.agent_north).action_decide_warranty()
        self.assertEqual(request.warranty_result, "covered")
        return request

    def second_call_about_it_is_recognised(self, request):
        tickets = self.env["helpdesk.ticket"].with_user(self.agent_north)
        call = Form(tickets, view=REQUEST_FORM)
        call.serial_typed = "lf0001"
        self.assertEqual(call.similar_ids[:], request)

    def agent_finds_it_by_the_last_digits(self):
        box = self.env["aftersales.search"].with_user(self.agent_north)
        rows = box.search_anything("F-0001")
        self.assertIn("LF-0001", [row["name"] for row in rows])

    def office_dispatches_all_that_waits(self, request):
        office = request.with_user(self.office_north)
        run = self.env["aftersales.run"].browse(
            office.action_dispatch_together()["res_id"]
        )
        self._work(run)
        self.assertIn("No other assignment is better", run.log)
        order = request.work_order_ids
        self.assertEqual(order.station_id, self.station_north)
        self.assertEqual(order.state, "offered")
        return order

    def station_needs_a_second_visit(self, order):
        later = fields.Date.to_string(order._get_local_today() + timedelta(days=1))
        self.station_posts(self.station_north_user, order, "accept")
        self.station_posts(self.station_north_user, order, "arrive")
        self.station_posts(
            self.station_north_user, order, "wait", reason="parts", visit_on=later
        )
        self.assertEqual(order.state, "waiting")
        # A night has passed: twice on one day would be one visit.
        first = order._get_made_visits()
        yesterday = first.arrived_at - timedelta(days=1)
        for record in (order, first):
            record._write_guarded({"arrived_at": yesterday})
        self.station_posts(self.station_north_user, order, "arrive")
        self.assertEqual(len(order._get_visit_days()), 2)
        return {f"visit-{visit.id}": "35" for visit in order.visit_ids}

    def failed_part_comes_back_and_is_inspected(self, order):
        part = order.part_return_ids
        self.assertEqual(part.state, "due")
        self.login(self.station_north_user)
        self.assertIn(part.name, self.get("/my/returns").text)
        self.post("/my/returns/send", {"part_id": str(part.id)})
        part.invalidate_recordset()
        self.assertEqual(part.state, "sent")
        inspector = part.with_user(self.quality)
        inspector.action_receive()
        inspector.result = "accepted"
        inspector.action_close()
        self.assertEqual(part.state, "closed")

    def customer_rates_the_service(self, request):
        self.login(self.user)
        self.post(f"/my/ticket/{request.id}/rate", {"stars": "2", "words": "Too late"})
        rating = self.env["rating.rating"].search([("res_id", "=", request.id)])
        self.assertEqual(rating.filtered("consumed").mapped("feedback"), ["Too late"])

    def department_answers_the_problem_sheet(self, request):
        action = request.with_user(self.office_north).action_new_problem_sheet()
        tickets = self.env["helpdesk.ticket"].with_user(self.office_north)
        with Form(tickets.with_context(**action["context"]), view=REQUEST_FORM) as form:
            form.team_id = self.works
        sheet = form.record.with_user(self.department)
        sheet.written_answer = "<p>Pump of batch 7: exchange the seal</p>"
        sheet.action_answer_problem()
        self.assertIn("exchange the seal", request.message_ids[:1].body)

    def file_of_the_machine_tells_all_of_it(self, request, order):
        file = self.machine.with_user(self.office_north)
        self.assertIn(request, file.request_ids)
        self.assertEqual(file.work_order_ids, order)
        self.assertEqual(file.reading_ids[:1].value, 120)

    def extended_warranty_outlives_the_policy(self):
        before = self.machine.warranty_end
        coverage = (
            self.env["aftersales.warranty.coverage"]
            .with_user(self.headquarters)
            .create(
                {
                    "unit_id": self.machine.id,
                    "valid_from": before,
                    "valid_to": before + timedelta(days=365),
                }
            )
        )
        coverage.action_grant()
        self.assertEqual(self.machine.warranty_end, coverage.valid_to)

    def copied_serial_far_away_becomes_a_case(self):
        lots = self.env["stock.lot"]
        lots.with_user(self.station_south_user)._check_serials(
            [{"text": "LF-0001"}], "station"
        )
        cases = self.env["aftersales.counterfeit.case"]
        cron = self.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")):
            cases._cron_find()
        case = cases.search([("serial_key", "=", "LF0001")])
        self.assertEqual(case.kind, "far_apart")
        offices = {self.north: self.office_north, self.south: self.office_south}
        judged = case.with_user(offices[case.territory_id])
        judged.conclusion = "A station read it from a photo"
        judged.action_dismiss()

    def recall_finds_it_and_plans_the_work(self):
        campaign = (
            self.env["aftersales.service.campaign"]
            .with_user(self.headquarters)
            .create(
                {
                    "name": "Seal of the pump",
                    "serial_from": "LF-0001",
                    "serial_to": "LF-0009",
                    "request_type_id": self.repair.id,
                    "instruction": "Exchange the seal.",
                }
            )
        )
        campaign.action_start()
        self.assertEqual(campaign.line_ids.unit_id, self.machine)
        self._work(
            self.env["aftersales.run"].browse(campaign.action_make_requests()["res_id"])
        )
        self.recall = campaign.line_ids.ticket_id
        self.assertEqual(self.recall.warranty_result, "covered")

    def headquarters_sees_what_is_late(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self.recall.sudo().answer_deadline = yesterday
        self.env.flush_all()
        watch = self.env["aftersales.request.monitor"].with_user(self.headquarters)
        row = watch.search([("ticket_id", "=", self.recall.id)])
        self.assertEqual((row.due_state, row.holder), ("late", "office"))
        self.assertEqual(row.territory_id, self.north)

    def _today(self):
        return self.env.company._get_today()

    def _work(self, run):
        while run._work_batch():
            pass
        self.assertEqual(run.state, "done", run.log)
