from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import AftersalesCase

PRICE = {
    "what": "approve",
    "name": "Price agreed",
    "role": "headquarters",
    "is_gate": True,
    "only_if": "customer_pays",
    "sequence": 35,
}


@tagged("post_install", "-at_install")
class TestRequestRoad(AftersalesCase):
    """The steps of a request type are data, and none of them is skipped."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hq.manager_id = cls.headquarters
        cls.repair.step_ids.filtered(lambda s: s.what == "dispatch").sequence = 50
        cls.repair.step_ids = [Command.create(PRICE)]
        cls.price = cls.repair.step_ids.filtered(lambda s: s.what == "approve")

    def take(self, result="chargeable", **vals):
        """A request whose warranty is decided."""
        ticket = self.make_request(**vals)
        decision = self.env["aftersales.warranty.decision"].create(
            {"ticket_id": ticket.id, "result": result}
        )
        ticket.warranty_decision_id = decision
        ticket._ask_approvals()
        return ticket

    def test_a_required_approval_stands_before_the_dispatch(self):
        ticket = self.take()
        office = ticket.with_user(self.office_north)
        self.assertFalse(office.next_step)
        self.assertIn("Headquarters", office.open_step)
        for dispatch in (
            office.action_dispatch_best,
            office.action_open_dispatch,
            lambda: office.action_dispatch_to(self.station_north.id),
        ):
            with self.assertRaisesRegex(UserError, "Price agreed"):
                dispatch()
        order = self.make_work_order(ticket, state="draft", station=False)
        with self.assertRaisesRegex(UserError, "Price agreed"):
            order._offer(self.station_north)
        self.assertFalse(order._dispatch_best())
        ticket.with_user(self.headquarters).action_approve_step()
        self.env.invalidate_all()
        self.assertEqual(office.next_step, "dispatch")
        office.action_dispatch_best()
        self.assertEqual(order.state, "offered")

    def test_feedback_is_closed_once_its_kind_is_chosen(self):
        kind = self.env.ref("aftersales_service.request_type_feedback")
        price = self.env.ref("aftersales_service.ticket_category_price")
        vals = {"request_type_id": kind.id, "unit_id": False, "serial_typed": False}
        ticket = self.make_request(**vals).with_user(self.agent_north)
        self.assertFalse(ticket.closed)
        self.assertIn("kind is not chosen", ticket.open_step)
        ticket.category_id = price
        self.assertTrue(ticket.closed)
        self.assertTrue(self.make_request(**vals, category_id=price.id).closed)
        self.assertFalse(self.make_request(category_id=price.id).closed)

    def test_the_batch_leaves_out_what_waits_for_an_approval(self):
        ticket = self.take()
        with self.assertRaises(UserError):
            ticket.with_user(self.office_north).action_dispatch_together()
        self.env["helpdesk.ticket"]._cron_dispatch_waiting()
        self.assertFalse(ticket.work_order_ids.station_id)

    def test_only_the_named_role_approves(self):
        ticket = self.take()
        for user in (self.agent_north, self.office_north, self.quality):
            with self.assertRaises(AccessError):
                ticket.with_user(user).action_approve_step()
        ticket.with_user(self.headquarters).action_approve_step()
        mark = ticket.mark_ids
        self.assertEqual(mark.marked_by_id, self.headquarters)
        self.assertEqual((mark.step_name, mark.state), ("Price agreed", "approved"))
        with self.assertRaises(AccessError):
            ticket.with_user(self.headquarters).action_approve_step()

    def test_who_approves_is_asked_once(self):
        ticket = self.take()
        self.assertEqual(ticket.mark_ids.state, "asked")
        self.assertEqual(ticket.activity_ids.user_id, self.headquarters)
        ticket._ask_approvals()
        self.assertEqual(len(ticket.mark_ids), 1)
        marks = self.env["aftersales.request.mark"].with_user(self.headquarters)
        self.assertIn(ticket.mark_ids, marks.search([("can_mark", "=", True)]))
        ticket.with_user(self.headquarters).action_approve_step()
        self.assertFalse(ticket.activity_ids)

    def test_a_refusal_has_a_reason_and_can_be_asked_again(self):
        ticket = self.take()
        boss = ticket.with_user(self.headquarters)
        action = boss.action_refuse_step()
        refusal = self.env["aftersales.request.refusal"].with_user(self.headquarters)
        with Form(refusal.with_context(**action["context"])) as form:
            form.reason = "Too dear"
        form.record.action_confirm()
        office = ticket.with_user(self.office_north)
        self.env.invalidate_all()
        self.assertIn("Too dear", office.open_step)
        with self.assertRaises(UserError):
            office.action_dispatch_best()
        with self.assertRaises(AccessError):
            boss.action_approve_step()
        self.assertTrue(office.can_ask_again)
        office.action_ask_again()
        self.assertEqual(ticket.mark_ids.state, "asked")
        boss.action_approve_step()
        self.env.invalidate_all()
        self.assertEqual(office.next_step, "dispatch")

    def test_a_condition_spares_the_step(self):
        ticket = self.take("covered")
        self.assertFalse(ticket.mark_ids)
        self.assertEqual(ticket.with_user(self.office_north).next_step, "dispatch")
        with self.assertRaises(ValidationError):
            self.price.sequence = 5

    def test_marks_come_by_buttons_only(self):
        ticket = self.take()
        for user in (self.office_north, self.headquarters):
            mark = ticket.mark_ids.with_user(user)
            with self.assertRaises(AccessError):
                mark.state = "approved"
            with self.assertRaises(AccessError):
                mark.create({"ticket_id": ticket.id, "state": "approved"})
        with self.assertRaises(AccessError):
            ticket.with_user(self.office_north).write(
                {"mark_ids": [Command.update(ticket.mark_ids.id, {"state": "done"})]}
            )

    def test_a_task_is_done_by_its_role_before_closing(self):
        kind = self.env["aftersales.request.type"].create(
            {
                "name": "Layout",
                "code": "layout",
                "step_ids": [
                    Command.create({"what": "task", "name": "Draw", "role": "agent"})
                ],
            }
        )
        ticket = self.make_request(request_type_id=kind.id)
        agent = ticket.with_user(self.agent_north)
        self.assertEqual(agent.next_step, "task")
        self.assertIn("Draw", agent._get_open_step())
        agent.action_finish_task()
        self.assertEqual(agent.next_step, "close")
        agent.action_close()
        self.assertTrue(ticket.closed)

    def test_a_design_is_approved_drawn_and_answered_in_this_order(self):
        engineer = new_test_user(
            self.env, "drawer", "aftersales_service.group_aftersales_department"
        )
        team = self.env["helpdesk.ticket.team"].create(
            {"name": "Drawing office", "user_ids": [Command.set(engineer.ids)]}
        )
        ticket = self.make_request(
            request_type_id=self.env.ref("aftersales_service.request_type_design").id,
            team_id=team.id,
        )
        theirs = ticket.with_user(engineer)
        theirs.written_answer = "<p>See the drawing</p>"
        self.assertFalse(theirs.next_step)
        with self.assertRaises(AccessError):
            theirs.action_finish_task()
        with self.assertRaisesRegex(UserError, "Effort of the design agreed"):
            theirs.action_answer_problem()
        ticket.with_user(self.headquarters).action_approve_step()
        self.env.invalidate_all()
        self.assertEqual(theirs.next_step, "task")
        self.assertFalse(ticket.with_user(self.office_north).next_step)
        with self.assertRaisesRegex(UserError, "Drawing made"):
            theirs.action_answer_problem()
        theirs.action_finish_task()
        self.env.invalidate_all()
        self.assertEqual(theirs.next_step, "answer")
        theirs.action_answer_problem()
        self.env.invalidate_all()
        self.assertEqual(ticket.with_user(self.office_north).next_step, "close")

    def test_a_callback_is_made_by_the_rule_of_its_step(self):
        rule = self.env["aftersales.followup.rule"].search([], limit=1)
        kind = self.env["aftersales.request.type"].create(
            {
                "name": "Advice",
                "code": "advice",
                "step_ids": [
                    Command.create({"what": "callback", "followup_rule_id": rule.id})
                ],
            }
        )
        ticket = self.make_request(request_type_id=kind.id)
        agent = ticket.with_user(self.agent_north)
        self.assertEqual(agent.next_step, "callback")
        with self.assertRaises(UserError):
            agent.action_close()
        action = agent.action_call_back()
        self.assertEqual(ticket.followup_ids.id, action["res_id"])
        self.assertEqual(ticket.followup_ids.survey_id, rule.survey_id)
        self.assertEqual(agent.action_call_back()["res_id"], action["res_id"])
        ticket.followup_ids._unguarded().state = "done"
        self.env.invalidate_all()
        self.assertEqual(agent.next_step, "close")

    def test_columns_of_a_type_follow_from_its_steps(self):
        kind = self.env["aftersales.request.type"].create(
            {"name": "Check", "code": "check", "needs_warranty_decision": False}
        )
        self.assertEqual(
            kind.step_ids.mapped("what"), ["machine", "dispatch", "callback"]
        )
        self.assertTrue(kind.needs_unit and kind.needs_work_order)
        kind.needs_report_approval = True
        self.assertIn("report", kind.step_ids.mapped("what"))
        kind.step_ids.filtered(lambda s: s.what == "dispatch").unlink()
        self.assertFalse(kind.needs_work_order)

    def test_the_report_is_not_accepted_before_its_gate(self):
        self.price.unlink()
        self.repair.step_ids = [
            Command.create({"what": "report", "sequence": 70}),
            Command.create(
                {
                    "what": "approve",
                    "name": "Engine opened",
                    "role": "quality",
                    "is_gate": True,
                    "sequence": 65,
                }
            ),
        ]
        ticket = self.take("covered")
        order = self.make_work_order(ticket)
        self.assertFalse(ticket.mark_ids)
        order.write(self.report_vals())
        order._submit_report()
        self.assertEqual(order.state, "reported")
        self.assertEqual(ticket.mark_ids.state, "asked")
        self.assertEqual(ticket.mark_ids.step_name, "Engine opened")
        with self.assertRaisesRegex(UserError, "Engine opened"):
            order.with_user(self.office_north).action_approve()
        ticket.with_user(self.quality).action_approve_step()
        office = ticket.with_user(self.office_north)
        self.env.invalidate_all()
        self.assertEqual(office.next_step, "report")
        order.with_user(self.office_north).action_approve()
        self.assertEqual(order.state, "done")

    def test_who_approves_is_asked_once_the_machine_is_named(self):
        self.price.write({"sequence": 15, "only_if": "always"})
        self.repair.step_ids.filtered(lambda s: s.what == "machine").is_gate = True
        vals = {"unit_id": False, "serial_typed": False}
        named, typed = self.make_request(**vals), self.make_request(**vals)
        self.assertFalse((named | typed).mark_ids)
        named.unit_id = self.unit_north
        self.assertEqual(named.mark_ids.state, "asked")
        typed.with_user(self.agent_north).serial_typed = "DX-0001"
        self.assertEqual(typed.mark_ids.state, "asked")

    def test_who_approves_is_asked_once_the_customer_was(self):
        rule = self.env["aftersales.followup.rule"].search([], limit=1)
        kind = self.env["aftersales.request.type"].create(
            {
                "name": "Advice",
                "code": "advice",
                "step_ids": [
                    Command.create({"what": "callback", "followup_rule_id": rule.id}),
                    Command.create({**PRICE, "only_if": "always", "sequence": 999}),
                ],
            }
        )
        ticket = self.make_request(request_type_id=kind.id)
        ticket.with_user(self.agent_north).action_call_back()
        self.assertFalse(ticket.mark_ids)
        ticket.followup_ids._cancel("No phone")
        self.assertEqual(ticket.mark_ids.state, "asked")

    def test_a_second_click_does_not_approve_the_next_step(self):
        second = {**PRICE, "name": "Second look", "sequence": 36}
        self.repair.step_ids = [Command.create(second)]
        ticket = self.take()
        boss = ticket.with_user(self.headquarters)
        self.assertEqual(boss.current_step_id, self.price)
        clicked = boss.with_context(aftersales_step=boss.current_step_id.id)
        clicked.action_approve_step()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            clicked.action_approve_step()
        self.assertNotEqual(boss.current_step_id, self.price)
        self.assertEqual(len(ticket.mark_ids.filtered("marked_by_id")), 1)
        arch = boss.get_view(view_type="form")["arch"]
        for name in ("action_approve_step", "action_finish_task"):
            [button] = html.fromstring(arch).xpath(f"//button[@name='{name}']")
            self.assertIn("current_step_id", button.get("context"))

    def test_the_road_is_shown_and_costs_the_same_for_many(self):
        few, many = self.take(), self.env["helpdesk.ticket"]
        for number in range(5):
            unit = self.make_unit(f"RD-{number}", owner=self.customer_north)
            many |= self.take(unit=unit)
        self.assertIn("Price agreed", few.road)

        def count(tickets):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            tickets.with_user(self.office_north).mapped("next_step")
            return self.env.cr.sql_log_count - before

        count(few)
        self.assertEqual(count(many), count(few))
