from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from .common import StoryCase


@tagged("post_install", "-at_install")
class TestStory(StoryCase):
    """From a serial on the telephone to a posted vendor bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._promise_twelve_months(cls.unit_north)
        cls.env["aftersales.article"].create(
            {
                "name": "Pump gives no fuel",
                "remedy": "<p>Bleed, then replace the pump.</p>",
                "audience": "station",
                "fault_code_ids": [Command.set(cls.symptom.ids)],
            }
        )._write_guarded({"state": "published"})

    def test_a_repair_from_serial_to_bill(self):
        request = self.agent_types_the_serial_once()
        self.machine_is_genuine_and_in_warranty(request)
        self.knowledge_offers_the_remedy(request)
        order = self.office_sends_the_best_station(request)
        self.station_accepts_and_arrives(order)
        self.station_reports_with_coded_choices(order)
        self.part_left_the_stations_stock(order)
        self.customer_is_called_back_within_two_days(order)
        claim = self.claim_is_made_and_approved_by_itself(order)
        sheet = self.month_is_settled(claim)
        self.station_confirms(sheet)
        self.accountant_finds_a_posted_bill(sheet)
        self.request_is_closed(request)

    def test_a_counterfeit_becomes_chargeable_work(self):
        request = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent_north)
            .create(
                {
                    "request_type_id": self.repair.id,
                    "partner_id": self.customer_north.id,
                    "serial_typed": "NOBODY-MADE-1",
                    "symptom_id": self.symptom.id,
                }
            )
        )
        self.assertEqual(request.serial_verdict, "unknown")
        request.action_decide_warranty()
        self.assertEqual(request.warranty_result, "chargeable")
        order = self.office_sends_the_best_station(request)
        self.station_accepts_and_arrives(order)
        self.station_reports_with_coded_choices(order)
        self.assertEqual(order.state, "done")
        claim = self.env["aftersales.claim"].search([("work_order_id", "=", order.id)])
        self.assertFalse(sum(claim.line_ids.mapped("amount")))

    def test_a_declined_job_goes_to_the_next_station(self):
        second = self.make_station("Station North 2", self.north)
        request = self.agent_types_the_serial_once()
        first = self.office_sends_the_best_station(request)
        self.station_posts(
            self.make_portal_user(first.station_id, "st-first"),
            first,
            "decline",
            reason="No technician this week",
        )
        self.assertEqual(first.state, "declined")
        self.assertFalse(first.slot_ids)
        request.with_user(self.office_north).action_dispatch_best()
        order = request.work_order_ids - first
        self.assertEqual(order.previous_id, first)
        self.assertEqual(
            order.station_id, (self.station_north | second) - first.station_id
        )

    def agent_types_the_serial_once(self):
        request = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent_north)
            .create(
                {
                    "request_type_id": self.repair.id,
                    "serial_typed": "ｄｘ-0001 ",
                    "symptom_id": self.symptom.id,
                    "fault_text": "Does not start in the morning",
                }
            )
        )
        self.assertEqual(request.unit_id, self.unit_north)
        self.assertEqual(request.partner_id, self.customer_north)
        self.assertEqual(request.territory_id, self.north)
        self.assertTrue(request.answer_deadline)
        return request

    def machine_is_genuine_and_in_warranty(self, request):
        self.assertEqual(request.serial_verdict, "genuine")
        self.assertEqual(len(request.serial_check_ids), 1)
        request.action_decide_warranty()
        decision = request.warranty_decision_id
        self.assertEqual(decision.result, "covered")
        self.assertEqual(decision.start_date, self.sold_on)
        self.assertIn("12", decision.why)

    def knowledge_offers_the_remedy(self, request):
        titles = [item["title"] for item in request._get_suggestions()]
        self.assertIn("Pump gives no fuel", titles)

    def office_sends_the_best_station(self, request):
        request.with_user(self.office_north).action_dispatch_best()
        order = request.sudo().work_order_ids
        self.assertEqual(order.state, "offered")
        self.assertEqual(order.station_id, self.station_north)
        self.assertTrue(order.ranking["ranked"])
        self.assertEqual(len(order.slot_ids), 1)
        self.assertTrue(order.answer_by)
        return order

    def station_accepts_and_arrives(self, order):
        self.station_posts(self.station_north_user, order, "accept")
        self.station_posts(self.station_north_user, order, "arrive")
        self.assertEqual(order.ticket_id.service_state, "in_progress")

    def station_reports_with_coded_choices(self, order):
        self.station_hands_in(self.station_north_user, order)

    def part_left_the_stations_stock(self, order):
        move = order.part_line_ids.sudo().move_id
        self.assertEqual(move.state, "done")
        self.assertEqual(move.location_id, self.station_north.station_stock_location_id)

    def customer_is_called_back_within_two_days(self, order):
        followup = order.followup_ids
        self.assertEqual(followup.state, "due")
        self.assertEqual((followup.due_date - order.done_at.date()).days, 2)
        self.agent_asks_the_customer(self.agent_north, followup)

    def claim_is_made_and_approved_by_itself(self, order):
        claim = self.env["aftersales.claim"].search([("work_order_id", "=", order.id)])
        self.assertEqual(len(claim), 1)
        self.assertEqual(claim.state, "submitted")
        self.run_audit_cron()
        self.assertEqual(claim.state, "approved", claim.finding_ids.mapped("code"))
        labor = claim.line_ids.filtered(lambda line: line.kind == "labor")
        self.assertEqual(labor.amount, 200.0)
        self.assertIn("80", labor.why)
        return claim

    def month_is_settled(self, claim):
        month = fields.Date.today().replace(day=1)
        start = self.env["aftersales.settlement.start"].with_user(self.manager)
        start.create({"month": month}).action_start()
        self.env.ref("aftersales_service.ir_cron_run_work").method_direct_trigger()
        self.env.invalidate_all()
        sheet = claim.settlement_ids
        self.assertEqual(sheet.station_id, self.station_north)
        self.assertEqual(sheet.amount_total, sum(claim.line_ids.mapped("amount")))
        sheet.with_user(self.manager).action_send()
        return sheet

    def station_confirms(self, sheet):
        self.login(self.station_north_user)
        self.post(f"{sheet.access_url}/confirm")
        self.assertEqual(sheet.state, "confirmed")
        self.assertEqual(sheet.confirmed_by_id, self.station_north_user)
        self.assertTrue(sheet.seal)

    def accountant_finds_a_posted_bill(self, sheet):
        sheet.with_user(self.manager).action_bill()
        self.assertEqual(sheet.state, "billed")
        self.env.invalidate_all()
        bill = sheet.with_user(self.accountant).bill_id
        self.assertEqual((bill.move_type, bill.state), ("in_invoice", "posted"))
        self.assertEqual(bill.amount_untaxed, sheet.amount_total)
        self.assertEqual(bill.partner_id.name, "Station North")
        self.login(self.station_north_user)
        self.assertIn(bill.name, self.get("/my/invoices").text)

    def request_is_closed(self, request):
        self.assertFalse(request._get_open_step())
        request.with_user(self.agent_north).action_close()
        self.assertTrue(request.closed)
