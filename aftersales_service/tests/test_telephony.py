import json
from datetime import timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..tools import telephony
from .common import AftersalesCase

URL = "/aftersales/telephony/event"
NUMBER = "13800138000"


class TelephonyCase(AftersalesCase):
    """An agent with an extension, a customer with a number, a telephone system."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent_north.phone_extension = "801"
        cls.agent_south.phone_extension = "802"
        cls.interface = cls.make_user("interface", login="pbx")
        cls.customer_north.phone = "+86 138 0013 8000"
        cls.customer_south.phone = "139 0000 0002"
        cls.now = fields.Datetime.now()

    def body(self, event="ringing", minute=0, **more):
        moment = self.now - timedelta(minutes=30 - minute)
        return {
            "call_id": "c-1",
            "event": event,
            "direction": "in",
            "caller": NUMBER,
            "called": "4006001234",
            "extension": "801",
            "moment": moment.isoformat(),
            **more,
        }

    def calls(self, call_id="c-1"):
        return self.env["aftersales.interaction"].search([("call_id", "=", call_id)])

    def card_messages(self):
        """(partner id of the screen, message) sent so far."""
        self.env.cr.precommit.run()
        sent = []
        for row in self.env["bus.bus"].search([], order="id"):
            message = json.loads(row.message)
            if message["type"] == "aftersales.call":
                sent.append((json.loads(row.channel)[2], message["payload"]))
        return sent


@tagged("post_install", "-at_install")
class TestTelephony(TelephonyCase, HttpCase):
    """A telephone system tells calls over HTTP."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls.make_key(cls.interface)

    @classmethod
    def make_key(cls, user):
        expiry = fields.Datetime.now() + timedelta(days=1)
        keys = cls.env["res.users.apikeys"].with_user(user)
        return keys._generate("rpc", "Telephone system", expiry)

    def tell(self, body=None, key=None, **more):
        """Post an event; the response."""
        self.env.flush_all()
        text = body if isinstance(body, str) else json.dumps(body or self.body(**more))
        return self.url_open(
            URL,
            data=text.encode(),
            headers={
                "Authorization": f"Bearer {key or self.key}",
                "Content-Type": "application/json",
            },
        )

    def test_a_call_becomes_an_interaction_of_agent_and_customer(self):
        response = self.tell()
        self.assertEqual(response.status_code, 200, response.text)
        call = self.calls()
        self.assertEqual(response.json(), {"id": call.id, "is_new": True})
        self.assertEqual(call.partner_id, self.customer_north)
        self.assertEqual(call.user_id, self.agent_north)
        self.assertEqual(call.territory_id, self.north)
        self.assertEqual(call.medium, "phone")
        self.assertEqual((call.number, call.line_number), (NUMBER, "4006001234"))
        self.assertEqual(
            self.card_messages(),
            [
                (
                    self.agent_north.partner_id.id,
                    {"id": call.id, "event": "ringing", "state": "ringing"},
                )
            ],
        )

    def test_told_again_nothing_changes_and_nobody_is_told(self):
        self.tell()
        before = self.calls().read()
        response = self.tell()
        self.assertFalse(response.json()["is_new"])
        self.env.invalidate_all()
        self.assertEqual(self.calls().read(), before)
        self.assertEqual(len(self.card_messages()), 1)

    def test_late_events_do_not_reopen_a_call(self):
        self.tell(event="ended", minute=5)
        self.assertEqual(self.calls().call_state, "missed")
        self.tell(event="answered", minute=1)
        self.tell(event="ringing", minute=0)
        self.env.invalidate_all()
        call = self.calls()
        self.assertEqual(call.call_state, "ended")
        self.assertEqual(call.duration_minutes, 4)
        self.assertEqual([m["event"] for _who, m in self.card_messages()], ["ended"])

    def test_a_recording_is_kept(self):
        self.tell(event="answered")
        address = "https://pbx.example/r/1"
        self.tell(event="recorded", minute=9, recording_url=address)
        self.env.invalidate_all()
        self.assertEqual(self.calls().recording_url, address)
        self.assertEqual(self.calls().call_state, "answered")

    def test_an_unknown_extension_is_a_row_without_a_card(self):
        self.assertEqual(self.tell(extension="999").status_code, 200)
        call = self.calls()
        self.assertFalse(call.user_id)
        self.assertEqual(call.partner_id, self.customer_north)
        self.assertEqual(call.territory_id, self.north)
        self.assertEqual(self.card_messages(), [])

    def test_what_is_refused_says_why(self):
        table = [
            (400, "call_id", json.dumps({"event": "ringing"})),
            (400, "JSON", "[]"),
            (400, "JSON", "{"),
            (400, "JSON", "[" * 9000),
            (400, "ringing", json.dumps(self.body(event="boom"))),
            (400, "128", json.dumps(self.body(call_id="1" * 200))),
            (400, "recording_url", json.dumps(self.body(recording_url="file:///x"))),
        ]
        for status, word, body in table:
            with self.subTest(body=body[:60]):
                response = self.tell(body)
                self.assertEqual(response.status_code, status, response.text)
                self.assertIn(word, response.json()["error"])
        self.assertFalse(self.calls())

    def test_only_an_interface_user_tells(self):
        response = self.tell(key=self.make_key(self.agent_north))
        self.assertEqual(response.status_code, 403)
        self.assertIn("interface", response.json()["error"])
        with mute_logger("odoo.http"):
            self.assertEqual(self.tell(key="f" * 40).status_code, 401)
        self.assertFalse(self.calls())

    def test_a_long_body_is_not_read(self):
        with mute_logger("odoo.http"):
            response = self.tell(json.dumps(self.body(caller="1" * 20000)))
        self.assertEqual(response.status_code, 413)

    def test_twelve_queries_at_most_whatever_the_customers(self):
        self.env["res.partner"].create(
            [
                {"name": f"Caller {number}", "phone": NUMBER, "parent_id": parent.id}
                for number in range(30)
                for parent in self.customer_north
            ]
        )
        for number in range(2):
            self.tell(call_id=f"warm-{number}")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            self.tell(call_id="c-9")
        self.assertFalse(self.calls("c-9").partner_id, "several have the number")


@tagged("post_install", "-at_install")
class TestCallPlace(TelephonyCase):
    """Whose call it is, and where it lies."""

    def receive(self, **more):
        event = telephony.read(self.body(**more), self.now)
        interactions = self.env["aftersales.interaction"].with_user(self.interface)
        return interactions._receive_call_event(event)[0].with_env(self.env)

    def test_every_spelling_of_the_number_finds_the_customer(self):
        for stored in (
            "13800138000",
            "138-0013-8000",
            "+86 138 0013 8000",
            "0086(138)00138000",
            "013800138000",
            "１３８００１３８０００",
            "138 0013 8000 转 12",
        ):
            self.customer_north.phone = stored
            for told in ("13800138000", "+8613800138000", "013800138000"):
                with self.subTest(stored=stored, told=told):
                    found = self.env["aftersales.interaction"]._find_callers(told)
                    self.assertEqual(found, self.customer_north.sudo())

    def test_a_number_that_only_ends_alike_is_another(self):
        self.customer_north.phone = "+1 380 013 8000"
        found = self.env["aftersales.interaction"]._find_callers("3800138000")
        self.assertFalse(found)

    def test_a_withheld_number_and_an_extension_find_nobody(self):
        self.customer_north.phone = "801"
        for told in ("", "anonymous", "801"):
            with self.subTest(told):
                found = self.env["aftersales.interaction"]._find_callers(told)
                self.assertFalse(found)
        self.assertFalse(self.receive(caller="").partner_id)

    def test_several_customers_are_not_guessed(self):
        self.make_customer("Neighbour", self.north, phone=NUMBER)
        call = self.receive()
        self.assertFalse(call.partner_id)
        self.assertEqual(call.territory_id, self.north)

    def test_a_customer_behind_the_border_is_not_linked(self):
        call = self.receive(caller="13900000002")
        self.assertFalse(call.partner_id)
        self.assertEqual(call.territory_id, self.north)
        self.assertTrue(call.with_user(self.agent_north).has_access("read"))

    def test_a_call_handed_over_lies_where_it_is_answered(self):
        call = self.receive(caller="13900000002")
        self.receive(event="answered", caller="13900000002", extension="802", minute=1)
        self.assertEqual(call.user_id, self.agent_south)
        self.assertEqual(call.partner_id, self.customer_south)
        self.assertEqual(call.territory_id, self.south)
        self.assertFalse(call.with_user(self.agent_north).has_access("read"))

    def test_an_outgoing_call_is_with_who_was_called(self):
        call = self.receive(direction="out", caller="4006001234", called=NUMBER)
        self.assertEqual(call.partner_id, self.customer_north)
        self.assertEqual(call.number, NUMBER)

    def test_one_call_id_may_be_used_by_two_companies(self):
        first = self.receive()
        other = self.env["res.company"].create({"name": "Another maker"})
        self.interface.write(
            {"company_id": other.id, "company_ids": [Command.set(other.ids)]}
        )
        interactions = self.env["aftersales.interaction"].with_user(self.interface)
        event = telephony.read(self.body(), self.now)
        second = interactions.with_company(other)._receive_call_event(event)[0]
        self.assertNotEqual(first.id, second.id)
        self.assertFalse(second.user_id, "the extension is the first company's")
