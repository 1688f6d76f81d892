"""The calls of doc/interface.md as another system sends them, to a real server."""

import json
import re
import shlex
import urllib.error
import urllib.request

from tests import ROOT
from tests.harness import DatabaseCase, OdooProcess, OdooServer

PAGES = ("aftersales_service", "aftersales_settlement")

PREPARE = """
from datetime import timedelta
from odoo import fields
from odoo.fields import Command
from odoo.tests import new_test_user

def step(env):
    env.company.country_id = env.ref("base.cn")
    root = env.ref("aftersales_service.territory_headquarters")
    north = env["aftersales.territory"].create({"name": "N", "parent_id": root.id})
    product = env["product.product"].create(
        {"name": "Engine", "is_storable": True, "tracking": "serial"})
    env["stock.lot"].create({"name": "DX-0001", "product_id": product.id,
                             "territory_id": north.id})
    keys = {}
    for login, territory in (("shop", root), ("stranger", None)):
        roles = ("aftersales_service.group_aftersales_interface,"
                 "aftersales_service.group_aftersales_agent,"
                 "aftersales_settlement.group_settlement_auditor")
        if not territory:
            roles = "aftersales_service.group_aftersales_interface"
        user = new_test_user(env, login, roles,
                             territory_ids=territory.ids if territory else [])
        expiry = fields.Datetime.now() + timedelta(days=1)
        key = env["res.users.apikeys"].with_user(user)
        keys[login] = key._generate("rpc", "Shop", expiry)
    ticket = env["helpdesk.ticket"].create({
        "name": "Other", "description": "Other",
        "request_type_id": env.ref("aftersales_service.request_type_repair").id})
    return keys, ticket.id
"""
REPAIR = """
from datetime import timedelta
from odoo import fields
from odoo.fields import Command

def step(env, request):
    env["aftersales.rate.card"].create({
        "name": "Rates", "sequence": 0,
        "rate_ids": [Command.create({"kind": "labor", "hourly_rate": 80.0})]})
    station = env["res.partner"].create(
        {"name": "Station", "aftersales_role": "station"})
    done = fields.Datetime.now() - timedelta(days=1)
    env["aftersales.warranty.decision"].create({
        "ticket_id": request, "result": "covered", "covers_labor": True})
    order = env["aftersales.work.order"]._unguarded().create({
        "ticket_id": request, "station_id": station.id, "state": "done",
        "labor_hours": 2.5, "started_on": done.date(), "reported_at": done,
        "done_at": done})
    order._guarded_again()._make_claims()
"""


class TestInterface(DatabaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        process = OdooProcess(cls.databases, cls.database, PREPARE)
        cls.addClassCleanup(process.close)
        cls.keys, cls.request = process.ask()
        cls.server = OdooServer(cls.databases, cls.database)
        cls.addClassCleanup(cls.server.close)
        cls.server.wait_ready()

    def calls(self):
        """(path, body) of every curl line of the pages, in their order."""
        for addon in PAGES:
            text = (ROOT / addon / "doc" / "interface.md").read_text()
            for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
                words = shlex.split(block)
                [path] = re.findall(r"(/json/2/\S+)", words[1])
                yield path, words[words.index("-d") + 1]

    def send(self, path, body, login="shop"):
        """(status, answer)"""
        question = urllib.request.Request(
            f"{self.server.address}{path}",
            data=body.encode(),
            headers={
                "Authorization": f"bearer {self.keys[login]}",
                "Content-Type": "application/json",
            },
        )
        try:
            with urllib.request.urlopen(question, timeout=120) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def fill(self, body, facts):
        return re.sub(r"\$(\w+)", lambda match: str(facts[match[1]]), body)

    def test_the_pages_tell_the_truth(self):
        facts, answers = {}, {}
        for path, body in self.calls():
            model = path.split("/")[3]
            if model == "aftersales.work.order":
                self.odoo(REPAIR, request=facts["REQUEST"])
            status, answer = self.send(path, self.fill(body, facts))
            self.assertEqual(status, 200, f"{path}: {answer}")
            answers[model] = answer
            if path.endswith("res.partner/create"):
                [facts["CUSTOMER"]] = answer
            elif path.endswith("ticket/create"):
                [facts["REQUEST"]] = answer
            elif model == "aftersales.request.type":
                facts["KIND"] = answer[0]["id"]
        [machine] = answers["stock.lot"]
        [request] = answers["helpdesk.ticket"]
        self.assertEqual(request["serial_verdict"], "genuine")
        self.assertEqual(request["unit_id"][0], machine["id"])
        [order] = answers["aftersales.work.order"]
        self.assertEqual(order["state"], "done")
        [claim] = answers["aftersales.claim"]
        self.assertEqual(claim["amount"], 200.0)
        [line] = answers["aftersales.claim.line"]
        self.assertIn("2.5", line["why"])

    def test_a_key_without_a_role_reads_nothing(self):
        for path, body in self.calls():
            model = path.split("/")[3]
            filled = re.sub(r"\$\w+", str(self.request), body)
            with self.subTest(path=path):
                status, answer = self.send(path, filled, "stranger")
                if model == "aftersales.request.type":
                    self.assertEqual(status, 200, "words that every colleague reads")
                elif status == 200:
                    # Odoo lets every colleague search the address book.
                    self.assertEqual((model, answer), ("res.partner", []))
                else:
                    self.assertEqual(status, 403, answer)

    def test_a_wrong_value_is_a_sentence_and_nothing_stays(self):
        body = json.dumps({"vals_list": [{"name": "x", "serial_typed": "DX-0001"}]})
        path = "/json/2/helpdesk.ticket/create"
        status, answer = self.send(path, body.replace("serial_typed", "no_field"))
        self.assertGreaterEqual(status, 400)
        self.assertIn("no_field", answer["message"])
        status, answer = self.send(path, '{"vals_list": [{"request_type_id": 99999}]}')
        self.assertGreaterEqual(status, 400)
        self.assertNotIn("Traceback", answer["message"])
        with self.connect().cursor() as cursor:
            cursor.execute("SELECT count(*) FROM helpdesk_ticket WHERE name = 'x'")
            self.assertEqual(cursor.fetchone(), (0,))
