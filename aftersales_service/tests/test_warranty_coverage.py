from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestWarrantyCoverage(AftersalesCase):
    """What is promised beside the policy: by whom, for how long, to whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["aftersales.warranty.policy"].search([]).active = False
        cls.policy = cls.env["aftersales.warranty.policy"].create(
            {
                "name": "Engines",
                "line_ids": [(0, 0, {"name": "Whole machine", "months": 12})],
            }
        )
        cls.late = datetime(2027, 6, 1, 4)

    def ask(self, user=None, **vals):
        values = {"unit_id": self.unit_north.id, "valid_from": date(2027, 1, 1), **vals}
        Coverage = self.env["aftersales.warranty.coverage"]
        return Coverage.with_user(user or self.headquarters).create(values)

    def goodwill(self, ticket, user, **vals):
        values = {
            "kind": "goodwill",
            "ticket_id": ticket.id,
            "reason": "Loyal customer",
            "amount": 100.0,
            "valid_from": date(2027, 6, 1),
            **vals,
        }
        return self.ask(user, **values)

    def decide(self, ticket):
        return ticket._decide_warranty().result

    def test_an_extended_warranty_covers_once_it_is_granted(self):
        ticket = self.make_request(received_at=self.late)
        self.assertEqual(self.decide(ticket), "chargeable")
        coverage = self.ask(valid_to=date(2029, 12, 31))
        self.assertEqual(self.decide(ticket), "chargeable")
        unit = ticket.unit_id
        self.assertLess(unit.warranty_end, coverage.valid_to)
        coverage.action_grant()
        self.assertEqual(self.decide(ticket), "covered")
        self.assertEqual(unit.warranty_end, coverage.valid_to)
        self.assertIn("Extended warranty", ticket.warranty_decision_id.why)
        coverage.action_end()
        self.assertEqual(self.decide(ticket), "chargeable")

    def test_what_was_granted_stays_as_it_was(self):
        coverage = self.ask()
        coverage.action_grant()
        for vals in ({"valid_to": date(2040, 1, 1)}, {"state": "draft"}):
            with self.assertRaises(AccessError):
                coverage.write(vals)
        with self.assertRaises(AccessError):
            coverage.unlink()
        with self.assertRaises(AccessError):
            self.ask(state="granted")

    def test_what_is_only_asked_for_can_be_changed_and_deleted(self):
        coverage = self.ask(kind="extended", valid_to=date(2027, 12, 31))
        coverage.share_percent = 50
        self.assertEqual(coverage.share_percent, 50)
        coverage.unlink()
        self.assertFalse(coverage.exists())

    def test_an_office_grants_goodwill_up_to_the_limit_and_asks_above(self):
        self.env.company.goodwill_limit = 500
        ticket = self.make_request(received_at=self.late)
        for amount, may_grant in ((500.0, True), (500.01, False)):
            with self.subTest(amount):
                coverage = self.goodwill(ticket, self.office_north, amount=amount)
                self.assertEqual(coverage.can_grant, may_grant)
                self.assertEqual(coverage.can_request, not may_grant)
        with self.assertRaises(AccessError):
            coverage.action_grant()
        coverage.action_request()
        self.assertEqual(coverage.state, "to_approve")
        self.assertTrue(coverage.activity_ids)
        coverage.with_user(self.headquarters).action_grant()
        self.assertEqual(coverage.granted_by_id, self.headquarters)
        self.assertEqual(ticket.warranty_result, "covered")

    def test_an_office_does_not_extend_a_warranty_by_itself(self):
        coverage = self.ask(self.office_north)
        self.assertFalse(coverage.can_grant)
        with self.assertRaises(AccessError):
            coverage.action_grant()

    def test_a_share_of_goodwill_stands_on_the_decision(self):
        ticket = self.make_request(received_at=self.late)
        self.decide(ticket)
        ticket = ticket.with_user(self.office_north)
        self.assertTrue(ticket.can_offer_goodwill)
        context = ticket.action_offer_goodwill()["context"]
        Coverage = ticket.env["aftersales.warranty.coverage"].with_context(**context)
        coverage = Coverage.create(
            {"reason": "First failure", "amount": 80.0, "share_percent": 60}
        )
        coverage.action_grant()
        self.assertEqual(ticket.warranty_result, "covered")
        self.assertEqual(ticket.sudo().warranty_decision_id.share_percent, 60)

    def test_goodwill_is_for_its_request_only_and_explained(self):
        ticket = self.make_request(received_at=self.late)
        self.goodwill(ticket, self.headquarters).action_grant()
        other = self.make_request(received_at=self.late)
        self.assertEqual(self.decide(other), "chargeable")
        for vals in ({"reason": " "}, {"amount": 0.0}):
            with self.subTest(vals), self.assertRaises(ValidationError):
                self.goodwill(other, self.headquarters, **vals)

    def test_a_promise_to_the_owner_ends_when_the_machine_is_sold_on(self):
        personal = self.ask(is_transferable=False)
        lasting = self.ask()
        (personal | lasting).action_grant()
        self.unit_north.owner_id = self.customer_south
        self.assertEqual((personal | lasting).mapped("state"), ["ended", "granted"])
        self.assertIn("owner", personal.ended_reason)

    def test_a_fitted_part_gets_its_own_warranty_once(self):
        self.part.part_warranty_months = 6
        order = self.make_work_order(
            state="on_site", component_id=self.component.id, started_on="2027-02-10"
        )
        order.part_line_ids = [(0, 0, {"product_id": self.part.id})]
        order._update_state("reported")
        order._finish()
        coverage = self.unit_north.coverage_ids
        self.assertEqual(coverage.kind, "part")
        self.assertEqual(coverage.state, "granted")
        self.assertEqual(coverage.valid_to, date(2027, 8, 10))
        order._return_to_station("once more")
        order._update_state("reported")
        order._finish()
        self.assertEqual(self.unit_north.coverage_ids, coverage)
        table = [("2027-08-10", self.component, "covered")]
        table += [("2027-08-11", self.component, "chargeable")]
        table += [("2027-08-10", self.component.browse(), "chargeable")]
        for day, component, result in table:
            with self.subTest(day=day, component=component.name):
                ticket = self.make_request(
                    received_at=datetime.fromisoformat(day + " 04:00:00"),
                    component_id=component.id,
                )
                self.assertEqual(self.decide(ticket), result)

    def test_days_in_repair_and_a_holiday_move_the_end(self):
        self.policy.write({"extends_by_stops": True, "rolls_over_holidays": True})
        self.unit_north.sale_date = date(2026, 1, 10)
        told = self.make_request(received_at=datetime(2026, 3, 1, 4))
        self.make_work_order(told, state="done", done_at=datetime(2026, 3, 4, 4))
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "date_from": datetime(2027, 1, 13, 0),
                "date_to": datetime(2027, 1, 14, 12),
                "calendar_id": self.env.company.resource_calendar_id.id,
            }
        )
        self.assertEqual(self.unit_north.warranty_end, date(2027, 1, 15))
        for day, result in ((15, "covered"), (16, "chargeable")):
            ticket = self.make_request(received_at=datetime(2027, 1, day, 4))
            self.assertEqual(self.decide(ticket), result)
        self.assertIn("public holiday", ticket.warranty_decision_id.why)

    def test_a_repair_near_its_limit_is_told_once(self):
        self.policy.write({"repair_limit_days": 40, "repair_alarm_days": 10})
        self.north.manager_id = self.office_north
        ticket = self.make_request(received_at=datetime(2026, 3, 1, 4), user_id=False)
        order = self.make_work_order(ticket)
        self.decide(ticket)
        self.assertEqual(ticket.repair_limit_date, date(2026, 4, 10))
        self.assertEqual(order.repair_limit_date, date(2026, 4, 10))
        order._update_state("waiting")
        told = []
        for day in (29, 30, 30, 41):
            # The first of March and so many days.
            now = datetime(2026, 3, 1, 5) + timedelta(days=day)
            with freeze_time(now):
                due = ticket.search([("next_alert_at", "<=", now)]) & ticket
                due._tell_deadlines()
            alerts = ticket.alert_ids.filtered(lambda a: a.kind.startswith("repair"))
            told.append(sorted(alerts.mapped("kind")))
        early, warned = [], ["repair_warning"]
        late = ["repair_late", "repair_warning"]
        self.assertEqual(told, [early, warned, warned, late])
        warning = alerts.filtered(lambda alert: alert.kind == "repair_warning")
        self.assertEqual(warning.user_id, self.office_north)

    def test_a_report_sent_back_is_watched_again(self):
        self.policy.write({"repair_limit_days": 40, "repair_alarm_days": 10})
        ticket = self.make_request(received_at=datetime(2026, 3, 1, 4), user_id=False)
        order = self.make_work_order(ticket, state="reported")
        self.decide(ticket)
        order._finish()
        with freeze_time("2026-03-31 05:00:00"):
            ticket._tell_deadlines()
            self.assertFalse(ticket.next_alert_at)
            order._return_to_station("Photo missing")
        self.assertTrue(ticket.next_alert_at)

    def test_many_decisions_ask_no_more_queries_than_one(self):
        self.policy.write({"extends_by_stops": True, "rolls_over_holidays": True})
        tickets = self.env["helpdesk.ticket"]
        for _n in range(50):
            tickets |= self.make_request(received_at=datetime(2026, 3, 1, 4))
        for _n in range(10):
            earlier = self.make_request(received_at=datetime(2026, 2, 1, 4))
            self.make_work_order(earlier, state="done", done_at=datetime(2026, 2, 4))
        tickets[:1]._prepare_warranty_facts()
        counts = []
        for some in (tickets[:1], tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._prepare_warranty_facts()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_refused_is_final(self):
        coverage = self.ask()
        coverage.action_refuse()
        with self.assertRaises(UserError):
            coverage.action_grant()
