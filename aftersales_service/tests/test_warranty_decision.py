import inspect
import re
from datetime import date, datetime

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..tools import warranty
from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestWarrantyDecision(AftersalesCase):
    """A request's warranty: the facts, the decision, and what explains it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["aftersales.warranty.policy"].create(
            {
                "name": "Engines",
                "sequence": 1,
                "product_categ_ids": [Command.set(cls.categ.ids)],
                "line_ids": [
                    Command.create(
                        {
                            "name": "Main parts",
                            "sequence": 1,
                            "component_class": "main",
                            "months": 24,
                            "max_hours": 3000.0,
                        }
                    ),
                    Command.create(
                        {
                            "name": "Whole machine",
                            "sequence": 2,
                            "months": 12,
                            "covers_travel": False,
                        }
                    ),
                ],
            }
        )
        cls.main_line, cls.whole_line = cls.policy.line_ids
        cls.unit_north.sale_date = date(2026, 1, 10)

    def request_on(self, day, **vals):
        return self.make_request(
            received_at=datetime.combine(day, datetime.min.time()), **vals
        )

    def test_machine_in_its_months_is_covered(self):
        ticket = self.request_on(date(2026, 6, 1), component_id=self.component.id)
        decision = ticket._decide_warranty()
        self.assertEqual(decision.result, "covered")
        self.assertEqual(decision.policy_line_id, self.main_line)
        self.assertEqual(decision.start_date, date(2026, 1, 10))
        self.assertEqual(decision.end_date, date(2028, 1, 10))
        self.assertEqual(ticket.warranty_decision_id, decision)
        self.assertEqual(ticket.warranty_result, "covered")

    def test_line_without_travel_is_partly_covered(self):
        decision = self.request_on(date(2026, 6, 1))._decide_warranty()
        self.assertEqual(decision.policy_line_id, self.whole_line)
        self.assertEqual(decision.result, "partly")
        self.assertTrue(decision.covers_parts and decision.covers_labor)
        self.assertFalse(decision.covers_travel)

    def test_expired_warranty_is_chargeable_and_says_since_when(self):
        decision = self.request_on(date(2027, 1, 20))._decide_warranty()
        self.assertEqual(decision.result, "chargeable")
        self.assertIn("01/10/2027", decision.why)
        self.assertIn("10 days", decision.why)

    def test_fault_day_is_that_of_the_company(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        ticket = self.make_request(received_at=datetime(2027, 1, 10, 16, 30))
        facts = ticket._prepare_warranty_facts()[0]
        self.assertEqual(facts.fault_date, date(2027, 1, 11))

    def test_unknown_serial_goes_on_as_chargeable(self):
        ticket = self.request_on(
            date(2026, 6, 1), unit_id=False, serial_typed="NOBODY-1"
        )
        self.assertEqual(ticket.serial_verdict, "unknown")
        decision = ticket._decide_warranty()
        self.assertEqual(decision.result, "chargeable")
        self.assertIn("Counterfeit suspect", decision.why)
        self.assertIn("Unknown serial", decision.why)

    def test_void_serial_goes_on_as_chargeable(self):
        self.unit_north.void_reason = "stolen"
        ticket = self.request_on(date(2026, 6, 1), unit_id=False, serial_typed="DX0001")
        self.assertEqual(ticket.serial_verdict, "void")
        self.assertFalse(ticket.unit_id)
        self.assertEqual(ticket._decide_warranty().result, "chargeable")

    def test_report_decides_on_what_was_found(self):
        ticket = self.request_on(date(2026, 6, 1))
        order = self.make_work_order(
            ticket,
            state="reported",
            component_id=self.component.id,
            cause_id=self.misuse.id,
            reading_value=3500.0,
        )
        decision = ticket._decide_warranty(order)
        self.assertEqual(decision.work_order_id, order)
        self.assertEqual(order.warranty_decision_id, decision)
        self.assertEqual(decision.policy_line_id, self.main_line)
        codes = [finding["code"] for finding in decision.findings]
        self.assertIn("usage_exceeded", codes)
        self.assertIn("cause_excluded", codes)
        self.assertIn("Wrong fuel", decision.why)
        self.assertEqual(decision.result, "chargeable")

    def test_after_an_exchanged_meter_both_count_up_to_the_day(self):
        self.env["aftersales.unit.reading"].create(
            [
                self.read_on(date(2026, 2, 1), 2900.0),
                self.read_on(date(2026, 3, 1), 5.0, "exchanged"),
                self.read_on(date(2026, 5, 1), 400.0),
                self.read_on(date(2026, 9, 1), 900.0),
            ]
        )
        days = {date(2026, 2, 15): 2900.0, date(2026, 6, 1): 3300.0}
        tickets = self.request_on(min(days)) | self.request_on(max(days))
        facts = tickets._prepare_warranty_facts()
        self.assertEqual([fact.usage["hours"] for fact in facts], list(days.values()))

    def read_on(self, day, value, reason=False):
        return {
            "unit_id": self.unit_north.id,
            "read_on": day,
            "value": value,
            "correction_reason": reason,
        }

    def test_start_falls_to_the_next_known_date(self):
        self.unit_north.write({"sale_date": False, "shipping_date": date(2026, 1, 1)})
        self.policy.grace_days = 30
        decision = self.request_on(date(2026, 6, 1))._decide_warranty()
        self.assertEqual(decision.start_date, date(2026, 1, 31))

    def test_decision_stays_as_it_was_made(self):
        decision = self.request_on(date(2026, 6, 1))._decide_warranty()
        with self.assertRaises(UserError):
            decision.write({"result": "covered"})
        with self.assertRaises(UserError):
            decision.sudo().write({"facts": {}})
        with self.assertRaises(UserError):
            decision.unlink()
        for user in (self.agent_north, self.headquarters, self.administrator):
            with self.assertRaises(AccessError):
                decision.with_user(user).create(
                    {"ticket_id": decision.ticket_id.id, "result": "covered"}
                )

    def test_changed_policy_leaves_old_decisions(self):
        ticket = self.request_on(date(2026, 6, 1))
        first = ticket._decide_warranty()
        self.whole_line.months = 1
        second = ticket._decide_warranty()
        self.assertEqual(first.result, "partly")
        self.assertEqual(second.result, "chargeable")
        self.assertEqual(ticket.warranty_decision_id, second)
        self.assertEqual(first.facts["lines"][0]["months"], 12)

    def test_agent_decides_by_button_and_reads_why(self):
        ticket = self.request_on(date(2026, 6, 1)).with_user(self.agent_north)
        self.assertEqual(ticket.next_step, "decide_warranty")
        ticket.action_decide_warranty()
        self.assertNotEqual(ticket.next_step, "decide_warranty")
        self.assertTrue(ticket.can_decide_again)
        self.assertIn("Whole machine", ticket.warranty_why)

    def test_machine_from_elsewhere_is_judged_by_its_whole_file(self):
        ticket = (
            self.env["helpdesk.ticket"]
            .with_user(self.agent_north)
            .create(
                {
                    "request_type_id": self.repair.id,
                    "serial_typed": self.unit_south.name,
                    "received_at": datetime(2026, 6, 1),
                }
            )
        )
        ticket.action_decide_warranty()
        self.assertEqual(ticket.warranty_result, "partly")

    def test_agent_cannot_write_the_decision_in_force(self):
        ticket = self.request_on(date(2026, 6, 1))
        decision = ticket._decide_warranty()
        other = self.request_on(date(2026, 6, 2)).with_user(self.agent_north)
        with self.assertRaises(AccessError):
            other.warranty_decision_id = decision

    def test_every_finding_of_the_handbook_has_words(self):
        codes = set(re.findall(r'code="(\w+)"', inspect.getsource(warranty)))
        templates = self.env["aftersales.warranty.decision"]._get_finding_templates()
        self.assertFalse(codes - templates.keys())

    def test_queries_do_not_grow_with_the_number_of_requests(self):
        units = self.env["stock.lot"].create(
            [
                {
                    "name": f"Q-{index}",
                    "product_id": (self.engine if index % 2 else self.engine_single).id,
                    "owner_id": self.customer_north.id,
                    "sale_date": date(2026, 1, 1 + index % 28),
                }
                for index in range(50)
            ]
        )
        tickets = self.env["helpdesk.ticket"].create(
            [
                {
                    "request_type_id": self.repair.id,
                    "unit_id": unit.id,
                    "component_id": self.component.id,
                }
                for unit in units
            ]
        )
        tickets._decide_warranty()
        counts = []
        for batch in (tickets[:1], tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._decide_warranty()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
