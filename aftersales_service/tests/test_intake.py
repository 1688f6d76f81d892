from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ..tools import telephony
from .test_telephony import NUMBER, TelephonyCase


@tagged("post_install", "-at_install")
class TestIntake(TelephonyCase):
    """Who calls is met with the right words, and one form ends in his request."""

    def call(self, **more):
        event = telephony.read(self.body(**more), self.now)
        interactions = self.env["aftersales.interaction"].with_user(self.interface)
        call = interactions._receive_call_event(event)[0]
        return call.with_env(self.env).with_user(self.agent_north)

    def guide(self, call=None, user=None):
        guides = self.env["aftersales.intake"].with_user(user or self.agent_north)
        call_id = call.id if call else False
        return Form(guides.with_context(default_interaction_id=call_id))

    def go_on(self, form):
        """The request as the agent saves it."""
        action = form.save().action_make_request()
        tickets = self.env["helpdesk.ticket"].with_user(self.agent_north)
        with Form(tickets.with_context(**action["context"])) as request:
            if not request.request_type_id:
                request.request_type_id = self.repair
        return request.record

    def test_a_known_customer_is_greeted_by_name(self):
        self.customer_north.name = "Li Wei"
        form = self.guide(self.call())
        self.assertEqual(form.partner_id, self.customer_north)
        self.assertIn("Good day Li Wei,", form.script_text)
        self.assertIn(self.agent_north.name, form.script_text)
        self.assertEqual(form.unit_id, self.unit_north)

    def test_a_new_one_is_asked_who_he_is(self):
        form = self.guide(self.call(caller="13700000007"))
        self.assertFalse(form.partner_id)
        self.assertIn("May I have your name", form.script_text)
        self.assertEqual(form.phone, "13700000007")
        form.partner_id = self.customer_north
        self.assertIn("Good to hear from you", form.script_text)

    def test_the_request_knows_what_was_asked(self):
        call = self.call()
        form = self.guide(call)
        form.request_type_id = self.repair
        form.fault_text = "Smokes since Monday"
        ticket = self.go_on(form)
        self.assertEqual(ticket.partner_id, self.customer_north)
        self.assertEqual(ticket.unit_id, self.unit_north)
        self.assertEqual(ticket.fault_text, "Smokes since Monday")
        self.assertEqual(ticket.contact_phone, NUMBER)
        self.assertEqual(call.ticket_id, ticket)

    def test_a_new_customer_is_kept_with_his_call(self):
        call = self.call(caller="13700000007")
        form = self.guide(call)
        form.customer_name = "Wang"
        form.street = "Main street 1"
        form.serial_typed = "DX-0001"
        ticket = self.go_on(form)
        customer = ticket.partner_id
        self.assertEqual((customer.name, customer.street), ("Wang", "Main street 1"))
        self.assertEqual(customer.aftersales_role, "customer")
        self.assertEqual(customer.territory_id, self.north)
        self.assertEqual(call.partner_id, customer)
        self.assertEqual(ticket.unit_id, self.unit_north)

    def test_it_works_without_a_call(self):
        form = self.guide()
        with self.assertRaises(UserError):
            self.env["aftersales.intake"].create({}).action_make_request()
        form.customer_name = "Zhao"
        self.assertEqual(self.go_on(form).partner_id.name, "Zhao")

    def test_nothing_is_told_across_the_border(self):
        form = self.guide(self.call(caller="13900000002"))
        self.assertFalse(form.partner_id)
        foreign = self.env["aftersales.intake"].with_user(self.agent_south)
        call = self.call(call_id="of-north")
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            foreign.create({"interaction_id": call.id})
        with self.assertRaises(AccessError):
            guide = foreign.create({"partner_id": self.customer_north.id})
            guide.action_make_request()
        foreign_unit = {"customer_name": "Me", "unit_id": self.unit_north.id}
        with self.assertRaises(AccessError):
            foreign.create(foreign_unit).action_make_request()

    def test_a_script_names_what_is_known(self):
        script = self.env.ref("aftersales_service.intake_script_new")
        with self.assertRaises(ValidationError):
            script.text = "Good day {user_ids}"
        with self.assertRaises(AccessError):
            script.with_user(self.agent_north).text = "Yes?"

    def test_the_first_that_fits_the_company_is_said(self):
        other = self.env["res.company"].create({"name": "Other"})
        script = self.env.ref("aftersales_service.intake_script_new")
        script.copy({"text": "Foreign", "sequence": 1, "company_id": other.id})
        self.assertNotIn("Foreign", self.guide().script_text)
        script.copy({"text": "Own", "sequence": 2, "company_id": self.env.company.id})
        self.assertEqual(self.guide().script_text, "Own")

    def test_phrases_are_those_that_are_shared_with_the_agent(self):
        agents = self.env.ref("aftersales_service.group_aftersales_agent")
        phrases = self.env["mail.canned.response"].create(
            [
                {
                    "source": "wait",
                    "substitution": "One moment, please.",
                    "group_ids": [Command.set(agents.ids)],
                },
                {"source": "own", "substitution": "Nobody else's"},
            ]
        )
        script = self.env.ref("aftersales_service.intake_script_new")
        script.phrase_ids = phrases
        self.env.invalidate_all()
        self.assertEqual(self.guide().phrase_ids.ids, phrases[:1].ids)
