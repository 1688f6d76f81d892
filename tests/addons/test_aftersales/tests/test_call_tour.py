import json
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .test_tours import ToursCase


@tagged("post_install", "-at_install", "tour")
class TestCallTours(ToursCase):
    """The telephone rings over HTTP, and the agent works from the card."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent_north.phone_extension = "801"
        url = "https://pbx.example.com/dial?to={number}&from={extension}"
        cls.env.company.dial_url = url
        cls.customer_north.phone = "+86 138 0013 8000"
        interface = cls.make_user("interface", login="pbx")
        expiry = fields.Datetime.now() + timedelta(days=1)
        keys = cls.env["res.users.apikeys"].with_user(interface)
        cls.key = keys._generate("rpc", "Telephone system", expiry)

    def ring(self, caller):
        body = {
            "call_id": "c-1",
            "event": "ringing",
            "direction": "in",
            "caller": caller,
            "called": "4006001234",
            "extension": "801",
        }
        response = self.url_open(
            "/aftersales/telephony/event",
            data=json.dumps(body),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        self.assertEqual(response.status_code, 200, response.text)
        # What the end of the transaction does.
        self.env.cr.precommit.run()
        self.env.flush_all()
        return self.env["aftersales.interaction"].search([("call_id", "=", "c-1")])

    def show(self, tour):
        self.start_tour("/odoo", tour, login=self.agent_north.login)

    def test_agent_works_from_the_card_of_a_known_customer(self):
        call = self.ring("13800138000")
        self.show("aftersales_call")
        request = self.unit_north.request_ids
        self.assertEqual(request.partner_id, self.customer_north)
        self.assertEqual(request.contact_phone, "13800138000")
        self.assertEqual(call.ticket_id, request)

    def test_agent_makes_a_customer_of_a_new_number(self):
        call = self.ring("13700000007")
        self.show("aftersales_call_new")
        self.assertEqual(call.partner_id.name, "新客户")
        self.assertEqual(call.partner_id.territory_id, self.north)
