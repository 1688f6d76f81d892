"""A telephone system tells 50 calls at once over HTTP, some of them twice."""

import json
import threading
import urllib.error
import urllib.request

from tests.harness import DatabaseCase

CALLS = 50
URL = "/aftersales/telephony/event"

SCRIPT = """
from datetime import timedelta

from odoo import fields
from odoo.tests import new_test_user

def step(env):
    env.company.country_id = env.ref("base.cn")
    root = env.ref("aftersales_service.territory_headquarters")
    new_test_user(
        env,
        "agent-801",
        "aftersales_service.group_aftersales_agent",
        territory_ids=root.ids,
        phone_extension="801",
    )
    env["res.partner"].create(
        [
            {
                "name": f"Caller {number}",
                "aftersales_role": "customer",
                "phone": f"138 0013 80{number:02}",
            }
            for number in range(25)
        ]
    )
    pbx = new_test_user(env, "pbx", "aftersales_service.group_aftersales_interface")
    expiry = fields.Datetime.now() + timedelta(days=1)
    keys = env["res.users.apikeys"].with_user(pbx)
    return keys._generate("rpc", "Telephone system", expiry)
"""


class TestTelephonySystem(DatabaseCase):
    """Every call is written once, whatever is told twice, late or at the same time."""

    def setUp(self):
        super().setUp()
        self.key = self.odoo(SCRIPT)

    def tell(self, server, body):
        question = urllib.request.Request(
            f"{server.address}{URL}",
            data=json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.key}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(question, timeout=120) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def tell_all(self, server, bodies):
        """All of them at once; the answers."""
        answers = [None] * len(bodies)
        gate = threading.Barrier(len(bodies))

        def work(number, body):
            gate.wait()
            answers[number] = self.tell(server, body)

        threads = [
            threading.Thread(target=work, args=item) for item in enumerate(bodies)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers

    def body(self, number, event="ringing", minute=0):
        return {
            "call_id": f"call-{number}",
            "event": event,
            "direction": "in",
            "caller": f"138001380{number:02}",
            "called": "4006001234",
            "extension": "801",
            "moment": f"2026-06-01T08:{minute:02}:00+00:00",
        }

    def rows(self, what):
        with self.connect().cursor() as cursor:
            cursor.execute(f"SELECT {what} FROM aftersales_interaction")
            return cursor.fetchone()

    def test_fifty_calls_at_once_some_told_twice(self):
        server = self.odoo_server()
        server.wait_ready()
        bodies = [self.body(number) for number in range(CALLS)]
        twice = [self.body(number) for number in range(0, CALLS, 3)]
        answers = self.tell_all(server, [*bodies, *twice])
        self.assertEqual([status for status, _ in answers], [200] * len(answers))
        news = [answer["is_new"] for _status, answer in answers]
        self.assertEqual(news.count(True), CALLS)
        self.assertEqual(
            self.rows("count(*), count(DISTINCT call_id), count(partner_id)"),
            (CALLS, CALLS, 25),
        )
        with self.connect().cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM bus_bus WHERE message LIKE '%aftersales.call%'"
            )
            self.assertEqual(cursor.fetchone()[0], CALLS)
        self.tell_ends(server)

    def tell_ends(self, server):
        """The end and the answer of each call arrive together, the end twice."""
        events = [
            self.body(number, event, minute)
            for number in range(0, CALLS, 5)
            for event, minute in (("ended", 5), ("answered", 1), ("ended", 5))
        ]
        answers = self.tell_all(server, events)
        self.assertEqual([status for status, _ in answers], [200] * len(answers))
        ended = "count(*) FILTER (WHERE call_state = 'ended' AND duration_minutes = 4)"
        self.assertEqual(self.rows(f"count(*), {ended}"), (CALLS, CALLS // 5))
