from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.aftersales_settlement.tests.common import SettlementCase


@tagged("post_install", "-at_install")
class TestStory(SettlementCase):
    """From a serial on the telephone to a posted vendor bill."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sold_on = fields.Date.today() - timedelta(days=60)
        cls.unit_north.write(
            {"sale_date": cls.sold_on, "shipping_date": cls.sold_on - timedelta(30)}
        )
        cls._promise_twelve_months()
        cls.env["aftersales.article"].create(
            {
                "name": "Pump gives no fuel",
                "remedy": "<p>Bleed, then replace the pump.</p>",
                "audience": "station",
                "fault_code_ids": [Command.set(cls.symptom.ids)],
            }
        )._update_state("published")

    @classmethod
    def _promise_twelve_months(cls):
        cls.env["aftersales.warranty.policy"].create(
            {
                "name": "Engines",
                "product_categ_ids": [Command.set(cls.categ.ids)],
                "line_ids": [
                    Command.create({"name": "Whole machine", "months": 12}),
                ],
            }
        )

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
        first._decline("No technician this week")
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
        order._accept()
        order._arrive()
        self.assertEqual(order.ticket_id.service_state, "in_progress")

    def station_reports_with_coded_choices(self, order):
        report = self.report_vals()
        lines = {name: report.pop(name) for name in tuple(report) if "line" in name}
        order._save_report(report)
        order.write(lines)
        order._submit_report()
        self.assertEqual(order.state, "done")
        order.invalidate_recordset()

    def part_left_the_stations_stock(self, order):
        move = order.part_line_ids.sudo().move_id
        self.assertEqual(move.state, "done")
        self.assertEqual(move.location_id, self.station_north.station_stock_location_id)

    def customer_is_called_back_within_two_days(self, order):
        followup = order.followup_ids
        self.assertEqual(followup.state, "due")
        self.assertEqual((followup.due_date - order.done_at.date()).days, 2)
        answers = {}
        for question in followup.survey_id.question_ids:
            if question.question_type == "simple_choice":
                choices = question.suggested_answer_ids.sorted("followup_value")
                is_good_high = question.followup_measure != "is_charged_extra"
                best = choices[-1:] if is_good_high else choices[:1]
                answers[str(question.id)] = best.id
            elif question.question_type == "scale":
                answers[str(question.id)] = 5
        followup = followup.with_user(self.agent_north)
        followup.answers = answers
        followup.action_answer()
        self.assertEqual((followup.state, followup.satisfaction), ("done", 5))

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
        sheet = self.settle(month=month)
        self.assertEqual(sheet.amount_total, sum(claim.line_ids.mapped("amount")))
        sheet.with_user(self.manager).action_send()
        return sheet

    def station_confirms(self, sheet):
        sheet._confirm(self.station_north_user)
        self.assertEqual(sheet.state, "confirmed")
        self.assertTrue(sheet.seal)

    def accountant_finds_a_posted_bill(self, sheet):
        sheet._bill()
        bill = sheet.bill_id
        self.assertEqual((bill.move_type, bill.state), ("in_invoice", "posted"))
        self.assertEqual(bill.amount_untaxed, sheet.amount_total)
        self.assertEqual(sheet.state, "billed")

    def request_is_closed(self, request):
        self.assertFalse(request._get_open_step())
        request.action_close()
        self.assertTrue(request.closed)
