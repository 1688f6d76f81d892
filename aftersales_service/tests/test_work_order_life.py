from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from ..models.work_order.aftersales_work_order_life import ACTIONS
from ..tools.state import TransitionTable
from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestWorkOrderLife(AftersalesCase):
    """After the offer: who may take which step, and which never follows which."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.technician = cls.env["res.partner"].create(
            {
                "name": "Li",
                "parent_id": cls.station_north.id,
                "is_technician": True,
            }
        )
        cls.offered = cls.make_work_order(state="offered")

    def _put(self, order, state):
        order._write_guarded({"state": state})

    def test_every_absent_transition_is_refused(self):
        order = self.offered
        table = TransitionTable(order.TRANSITIONS)
        self.assertEqual(set(table.states), set(dict(order._fields["state"].selection)))
        for source, target in table.absent_pairs():
            self._put(order, source)
            with (
                self.subTest(source=source, target=target),
                self.assertRaises(UserError),
            ):
                order._update_state(target)

    def test_every_listed_transition_is_possible(self):
        order = self.offered
        for source, targets in order.TRANSITIONS.items():
            for target in targets:
                self._put(order, source)
                with self.subTest(source=source, target=target):
                    order._update_state(target)
                    self.assertEqual(order.state, target)

    def test_button_and_guard_agree_in_every_state_for_everybody(self):
        everybody = {
            self.office_north: {"station", "office"},
            self.agent_north: set(),
            self.station_north_user: {"station"},
        }
        for user, roles in everybody.items():
            order = self.offered.with_user(user)
            for state in self.offered.TRANSITIONS:
                self._put(self.offered, state)
                order.invalidate_recordset()
                for action, (states, role) in ACTIONS.items():
                    expected = state in states and role in roles
                    with self.subTest(user=user.login, state=state, action=action):
                        self.assertEqual(order[f"can_{action}"], expected)
                        if expected:
                            order._check_can(action)
                        else:
                            with self.assertRaises(UserError):
                                order._check_can(action)

    def test_station_accepts_goes_waits_and_goes_on(self):
        order = self.offered.with_user(self.station_north_user)
        order.action_accept()
        self.assertEqual(self.offered.state, "accepted")
        self.assertTrue(self.offered.accepted_at)
        order.action_arrive()
        self.assertEqual(self.offered.state, "on_site")
        self.offered._wait("parts")
        self.assertEqual(self.offered.wait_reason, "parts")
        order.action_resume()
        self.assertEqual(self.offered.state, "on_site")
        self.assertFalse(self.offered.wait_reason)

    def test_job_that_waited_before_the_visit_is_accepted_again(self):
        self.offered._accept(self.technician)
        self.assertEqual(self.offered.technician_id, self.technician)
        self.offered._wait("customer")
        self.offered._resume()
        self.assertEqual(self.offered.state, "accepted")

    def test_technician_of_another_station_is_refused(self):
        with self.assertRaises(UserError):
            self.offered._accept(self.station_south_user.partner_id)

    def test_other_station_can_do_nothing(self):
        order = self.offered.with_user(self.station_south_user)
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            order.action_accept()
        self.assertEqual(self.offered.state, "offered")

    def test_declining_needs_a_reason_and_frees_the_place(self):
        self.env["aftersales.station.slot"].create(
            {
                "station_id": self.station_north.id,
                "day": "2026-03-02",
                "number": 1,
                "work_order_id": self.offered.id,
            }
        )
        with self.assertRaises(UserError):
            self.offered._decline("   ")
        self.offered._decline(" too\nfar ")
        self.assertEqual(self.offered.state, "declined")
        self.assertEqual(self.offered.decline_reason, "too far")
        self.assertFalse(self.offered.slot_ids)

    def test_long_reason_is_cut(self):
        self.offered._decline("x" * 1000)
        self.assertEqual(len(self.offered.decline_reason), 200)

    @users("office-t-n")
    def test_office_gives_the_reason_in_a_dialog(self):
        order = self.offered.with_user(self.env.user)
        action = order.action_cancel()
        wizard = (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"reason": "Customer has sold it"})
        )
        wizard.action_confirm()
        self.assertEqual(order.state, "cancelled")
        self.assertEqual(order.decline_reason, "Customer has sold it")

    @users("office-t-n")
    def test_dialog_checks_again_when_the_state_has_moved(self):
        order = self.offered.with_user(self.env.user)
        action = order.action_decline()
        wizard = (
            self.env[action["res_model"]]
            .with_context(**action["context"])
            .create({"reason": "ill"})
        )
        self._put(self.offered, "expired")
        order.invalidate_recordset()
        with self.assertRaises(UserError):
            wizard.action_confirm()

    def test_waiting_names_what_for(self):
        self.offered._accept()
        wizard = self.env["aftersales.work.order.reason"].create(
            {"work_order_ids": self.offered.ids, "step": "wait"}
        )
        with self.assertRaises(UserError):
            wizard.action_confirm()
        wizard.wait_reason = "authorisation"
        wizard.action_confirm()
        self.assertEqual(self.offered.state, "waiting")

    def test_state_cannot_be_written_from_outside(self):
        for user in (self.office_north, self.headquarters):
            with self.assertRaises(AccessError):
                self.offered.with_user(user).write({"state": "done"})

    def test_order_stays_with_its_request(self):
        other = self.make_request()
        with self.assertRaises(AccessError):
            self.offered.with_user(self.office_north).ticket_id = other

    def test_report_is_open_until_it_is_submitted(self):
        for state in ("accepted", "on_site", "waiting", "returned"):
            self._put(self.offered, state)
            self.offered.with_user(self.office_north).travel_km = 3.0
        for state in ("reported", "done", "declined", "moved"):
            self._put(self.offered, state)
            with self.subTest(state=state):
                with self.assertRaises(UserError):
                    self.offered.with_user(self.office_north).travel_km = 4.0
                with self.assertRaises(UserError):
                    self.env["aftersales.work.order.part"].with_user(
                        self.office_north
                    ).create(
                        {
                            "work_order_id": self.offered.id,
                            "product_id": self.part.id,
                        }
                    )

    def test_agent_who_is_not_of_the_station_cannot_write_a_report(self):
        order = self.make_work_order(state="on_site")
        with self.assertRaises(AccessError), mute_logger("odoo.addons.base.models"):
            order.with_user(self.agent_north).travel_km = 3.0

    def test_technician_of_an_own_team_reports_in_the_web_client(self):
        team = self.make_station("Own team", self.north, is_internal_team=True)
        technician = self.make_user("agent", self.north, login="own-tech")
        technician.partner_id.parent_id = team
        order = self.make_work_order(station=team, state="accepted")
        mine = order.with_user(technician)
        self.assertTrue(mine.can_report)
        self.assertFalse(mine.can_cancel)
        mine.write(self.report_vals())
        mine.action_submit_report()
        self.assertEqual(order.state, "done")

    def test_next_deadline_follows_the_state(self):
        ticket = self.offered.ticket_id
        ticket.sudo().write(
            {
                "arrive_deadline": "2026-03-02 10:00:00",
                "resolve_deadline": "2026-03-02 12:00:00",
            }
        )
        self.assertEqual(self.offered.next_deadline, self.offered.answer_by)
        self.offered._accept()
        self.assertEqual(self.offered.next_deadline, ticket.arrive_deadline)
        self.offered._arrive()
        self.assertEqual(self.offered.next_deadline, ticket.resolve_deadline)
        self._put(self.offered, "done")
        self.assertFalse(self.offered.next_deadline)

    def test_next_step_is_told_until_the_end(self):
        for state in self.offered.TRANSITIONS:
            self._put(self.offered, state)
            final = not self.offered.TRANSITIONS[state] or state == "done"
            with self.subTest(state=state):
                self.assertEqual(bool(self.offered.next_step), not final)
