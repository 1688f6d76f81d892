"""Two auditors press at once: a claim is decided once, and never by one alone twice."""

import time

from tests.harness import ProcessesCase

SCRIPT = """
import time
from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

AUDITOR = "aftersales_settlement.group_settlement_auditor"

def prepare(env, limit):
    policy = env.ref("aftersales_settlement.audit_policy_default")
    policy.limit_ids = [Command.clear()]
    if limit is not None:
        policy.limit_ids = [Command.create({"role": "auditor", "amount": limit})]
    env["aftersales.rate.card"].create({
        "name": "Rates", "sequence": 0,
        "rate_ids": [Command.create({"kind": "installation", "fee": 300.0})]})
    users = env["res.users"].with_context(no_reset_password=True)
    group = env.ref(AUDITOR)
    mark = time.time_ns()
    auditors = users.create([
        {"name": f"Auditor {number}", "login": f"auditor-{mark}-{number}",
         "group_ids": [Command.link(group.id)]} for number in range(2)])
    station = env["res.partner"].create({
        "name": "Station", "aftersales_role": "station"})
    kind = env.ref("aftersales_service.request_type_installation")
    ticket = env["helpdesk.ticket"].create({
        "name": "Install", "description": "Install", "request_type_id": kind.id})
    done = fields.Datetime.now()
    order = env["aftersales.work.order"]._unguarded().create({
        "ticket_id": ticket.id, "station_id": station.id, "state": "done",
        "started_on": done.date(), "reported_at": done, "done_at": done})
    claim = order._guarded_again()._make_claims()
    claim._update_state("review")
    return {"claim": claim.id, "auditors": auditors.ids}

def press(env, claim, auditor, decision, begin):
    claim = env["aftersales.claim"].with_user(auditor).browse(claim)
    # The view of the row is older than what the other writes.
    claim.mapped("state")
    time.sleep(max(begin - time.time(), 0))
    try:
        with mute_logger("odoo.sql_db"):
            if decision == "approve":
                claim.action_approve()
            else:
                reason = env["aftersales.claim.reason"].search(
                    [("kind", "=", "reject")], limit=1)
                claim._decide("rejected", reason)
            env.flush_all()
    except UserError as error:
        env.cr.rollback()
        return "refused"
    return decision

def look(env, claim):
    claim = env["aftersales.claim"].browse(claim)
    return [claim.state, claim.first_approved_by_id.id, claim.decided_by_id.id]

def step(env, do, **facts):
    return {"prepare": prepare, "press": press, "look": look}[do](env, **facts)
"""


class TestClaimDecision(ProcessesCase):
    SCRIPT = SCRIPT
    PROCESSES = 2

    def prepare(self, limit=None):
        return self.processes[0].ask(do="prepare", limit=limit)

    def look(self, claim):
        return self.processes[0].ask(do="look", claim=claim)

    def press(self, claim, *presses):
        """Each process presses for its auditor at the same moment; the results."""
        # Time enough for every process to read before the first one writes.
        begin = time.time() + 2
        for process, (auditor, decision) in zip(self.processes, presses, strict=True):
            process.start(
                do="press",
                claim=claim,
                auditor=auditor,
                decision=decision,
                begin=begin,
            )
        return [process.result() for process in self.processes]

    def test_one_approves_and_one_rejects_and_one_word_counts(self):
        made = self.prepare()
        first, second = made["auditors"]
        results = self.press(made["claim"], (first, "approve"), (second, "reject"))
        self.assertEqual(results.count("refused"), 1, results)
        state, _first, decided_by = self.look(made["claim"])
        winner = 1 if results[0] == "refused" else 0
        self.assertEqual(state, ("approved", "rejected")[winner])
        self.assertEqual(decided_by, (first, second)[winner])

    def test_two_approve_at_once_and_it_is_approved_once(self):
        made = self.prepare()
        first, second = made["auditors"]
        results = self.press(made["claim"], (first, "approve"), (second, "approve"))
        self.assertEqual(sorted(results), ["approve", "refused"])
        self.assertEqual(self.look(made["claim"])[0], "approved")

    def test_a_second_click_is_no_second_person(self):
        made = self.prepare(limit=100.0)
        auditor = made["auditors"][0]
        results = self.press(made["claim"], (auditor, "approve"), (auditor, "approve"))
        self.assertEqual(sorted(results), ["approve", "refused"])
        self.assertEqual(self.look(made["claim"]), ["review", auditor, False])
