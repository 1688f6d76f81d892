from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..tools import telephony
from .test_telephony import NUMBER, TelephonyCase


@tagged("post_install", "-at_install")
class TestCallCard(TelephonyCase):
    """What an agent sees of who calls, and what he does from the card."""

    def call(self, user=None, **more):
        event = telephony.read(self.body(**more), self.now)
        interactions = self.env["aftersales.interaction"].with_user(self.interface)
        call = interactions._receive_call_event(event)[0]
        return call.with_env(self.env).with_user(user or self.agent_north)

    def test_a_known_customer_comes_with_everything_at_once(self):
        self.customer_north.name = "Li Wei"
        order = self.make_work_order(state="done")
        ticket = order.ticket_id
        followup = self.env["aftersales.followup"].create(
            {
                "ticket_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "due_date": "2026-01-01",
            }
        )
        before = self.env["aftersales.interaction"].create(
            {"partner_id": self.customer_north.id, "summary": "Asked for a manual"}
        )
        card = self.call().get_call_card()
        self.assertEqual(card["customer"]["name"], "Li Wei")
        self.assertEqual([row["id"] for row in card["units"]], self.unit_north.ids)
        self.assertEqual(card["units"][0]["name"], "DX-0001")
        self.assertEqual([row["id"] for row in card["requests"]], ticket.ids)
        self.assertIn(followup.id, [row["id"] for row in card["callbacks"]])
        self.assertEqual([row["id"] for row in card["interactions"]], before.ids)
        self.assertEqual((card["state"], card["callers"]), ("ringing", []))

    def test_a_contact_of_a_company_shows_the_machines_of_the_company(self):
        self.customer_north.phone = False
        self.env["res.partner"].create(
            {"name": "Driver", "parent_id": self.customer_north.id, "phone": NUMBER}
        )
        card = self.call().get_call_card()
        self.assertEqual(card["customer"]["name"], "Driver")
        self.assertEqual([row["id"] for row in card["units"]], self.unit_north.ids)

    def test_of_several_the_agent_chooses_one(self):
        neighbour = self.make_customer("Neighbour", self.north, phone=NUMBER)
        call = self.call()
        card = call.get_call_card()
        self.assertFalse(card["customer"])
        self.assertEqual(
            {row["id"] for row in card["callers"]},
            {self.customer_north.id, neighbour.id},
        )
        card = call.choose_caller(neighbour.id)
        self.assertEqual(card["customer"]["id"], neighbour.id)
        self.assertEqual(call.partner_id, neighbour)
        with self.assertRaises(AccessError):
            call.choose_caller(self.customer_south.id)

    def test_a_new_number_becomes_a_customer(self):
        call = self.call(caller="13700000007")
        card = call.get_call_card()
        self.assertFalse(card["customer"] or card["callers"])
        self.env["res.partner"].with_user(self.agent_north).create(
            {
                "name": "New",
                "phone": card["number"],
                "aftersales_role": "customer",
            }
        )
        card = call.get_call_card()
        self.assertEqual(card["customer"]["name"], "New")
        self.assertFalse(card["is_linked"])

    def test_nothing_is_told_of_a_customer_behind_the_border(self):
        call = self.call(caller="13900000002")
        card = call.get_call_card()
        self.assertFalse(card["customer"] or card["callers"])
        self.assertNotIn("units", card)
        context = call.get_call_request_context()
        self.assertNotIn("default_partner_id", context)
        with self.assertRaises(AccessError):
            call.get_call_request_context(self.unit_south.id)

    def test_a_call_behind_the_border_has_no_card(self):
        call = self.call()
        foreign = call.with_user(self.agent_south)
        with self.assertRaises(AccessError):
            foreign.get_call_card()
        with self.assertRaises(AccessError):
            foreign.get_call_request_context()
        with self.assertRaises(AccessError):
            foreign.choose_caller(self.customer_south.id)

    def test_only_agents_have_cards(self):
        call = self.call()
        for user in (self.quality, self.interface, self.station_north_user):
            for method, args in (
                ("get_call_card", []),
                ("get_call_request_context", []),
                ("choose_caller", [self.customer_north.id]),
            ):
                with (
                    self.subTest(user=user.login, method=method),
                    self.assertRaises(AccessError),
                ):
                    getattr(call.with_user(user), method)(*args)

    def test_the_request_is_filled_and_is_what_the_call_was_about(self):
        call = self.call()
        context = call.get_call_request_context(self.unit_north.id)
        tickets = self.env["helpdesk.ticket"].with_user(self.agent_north)
        with Form(
            tickets.with_context(**context, default_request_type_id=self.repair.id)
        ) as form:
            self.assertEqual(form.partner_id, self.customer_north)
            self.assertEqual(form.unit_id, self.unit_north)
            self.assertEqual(form.contact_phone, NUMBER)
            form.symptom_id = self.symptom
        ticket = form.record
        self.assertEqual(
            ticket.channel_id.get_external_id()[ticket.channel_id.id],
            "helpdesk_mgmt.helpdesk_ticket_channel_phone",
        )
        self.assertEqual(call.ticket_id, ticket)

    def test_the_card_needs_the_same_queries_for_many_machines(self):
        self.make_request()
        call, counts = self.call(), []
        for number in range(3):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            call.get_call_card()
            counts.append(self.env.cr.sql_log_count - start)
            if number == 1:
                for more in range(50):
                    unit = self.make_unit(f"DX-1{more:03}", owner=self.customer_north)
                    self.make_request(unit)
        self.assertLessEqual(counts[2], counts[1])

    def test_an_extension_is_given_once_in_a_company(self):
        self.assertFalse(self.agent_north.copy({"login": "copy"}).phone_extension)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.agent_south.phone_extension = "801"
            self.agent_south.flush_recordset()
