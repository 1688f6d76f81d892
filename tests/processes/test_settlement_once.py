"""Two processes settle, confirm or bill at once: every claim is paid once."""

import time

from tests.harness import ProcessesCase

PROCESSES = 2
STATIONS = 3
JOBS = 20
AMOUNT = 300.0

SCRIPT = """
import time
from datetime import timedelta
from psycopg2.errors import UniqueViolation
from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

def last_month(env):
    first = env.company._get_day(fields.Datetime.now()).replace(day=1)
    return (first - timedelta(days=1)).replace(day=1)

def prepare_accounting(env):
    Account = env["account.account"]
    payable = Account.create({"name": "Payable", "code": "P210", "reconcile": True,
                              "account_type": "liability_payable"})
    expense = Account.create({"name": "Cost", "code": "P600",
                              "account_type": "expense"})
    env["ir.default"].set("res.partner", "property_account_payable_id", payable.id,
                          company_id=env.company.id)
    env.company.settlement_journal_id = env["account.journal"].create({
        "name": "Stations", "code": "PSET", "type": "purchase",
        "is_self_billing": True, "default_account_id": expense.id})

def prepare(env, stations, jobs, amount):
    month = last_month(env)
    if not env.company.settlement_journal_id:
        prepare_accounting(env)
    env["aftersales.rate.card"].create({
        "name": "Rates", "sequence": 0,
        "rate_ids": [Command.create({"kind": "installation", "fee": amount})]})
    stations = env["res.partner"].create([
        {"name": f"Station {number}", "aftersales_role": "station"}
        for number in range(stations)])
    kind = env.ref("aftersales_service.request_type_installation")
    done = fields.Datetime.to_datetime(month) + timedelta(days=9, hours=12)
    tickets = env["helpdesk.ticket"].create([
        {"name": "Install", "description": "Install", "request_type_id": kind.id}
        for _number in range(jobs * len(stations))])
    orders = env["aftersales.work.order"]._unguarded().create([
        {"ticket_id": ticket.id, "station_id": stations[number % len(stations)].id,
         "state": "done", "started_on": done.date(), "reported_at": done,
         "done_at": done}
        for number, ticket in enumerate(tickets)])
    claims = orders._guarded_again()._make_claims()
    claims._write_guarded({"state": "approved", "approved_at": done})
    return stations.ids

def settle(env, stations, begin):
    stations = env["res.partner"].browse(stations)
    month = last_month(env)
    # The snapshot is older than what the other writes.
    env["aftersales.settlement"]._get_stations_to_settle(env.company, month)
    time.sleep(max(begin - time.time(), 0))
    env["aftersales.settlement"]._settle(env.company, month, stations)
    env.flush_all()
    return True

def run(env, begin):
    # As a user does it: a run each, worked side by side with a commit per batch.
    run = env["aftersales.run"]._start("settlement", {
        "month": fields.Date.to_string(last_month(env))})
    env.cr.commit()
    time.sleep(max(begin - time.time(), 0))
    run._work_to_end()
    return run.state

def confirm(env, stations):
    sheets = env["aftersales.settlement"].search([("station_id", "in", stations)])
    sheets._send()
    sheets._confirm()
    return sheets.ids

def bill(env, sheets, begin):
    sheets = env["aftersales.settlement"].browse(sheets)
    sheets.mapped("state")
    time.sleep(max(begin - time.time(), 0))
    try:
        with mute_logger("odoo.sql_db"):
            sheets._bill()
            env.flush_all()
    except (UserError, UniqueViolation) as error:
        env.cr.rollback()
        return type(error).__name__
    return "billed"

def step(env, do, **facts):
    return {"prepare": prepare, "settle": settle, "run": run, "confirm": confirm,
            "bill": bill}[do](env, **facts)
"""


class TestSettlementOnce(ProcessesCase):
    SCRIPT = SCRIPT
    PROCESSES = PROCESSES

    def ask(self, **facts):
        return self.processes[0].ask(**facts)

    def together(self, **facts):
        """The same step in every process at the same moment; the results."""
        # Time enough for every process to read before the first one writes.
        begin = time.time() + 2
        for process in self.processes:
            process.start(begin=begin, **facts)
        return [process.result() for process in self.processes]

    def prepare(self):
        return self.ask(do="prepare", stations=STATIONS, jobs=JOBS, amount=AMOUNT)

    def row(self, sql, *params):
        with self.connect().cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchone()

    def check_paid_once(self, stations):
        """Every claim line is on one sheet, once, and says on which."""
        self.assertEqual(
            self.row(
                "SELECT count(*), count(DISTINCT line.claim_line_id), sum(line.amount),"
                " count(DISTINCT line.settlement_id)"
                " FROM aftersales_settlement_line line"
                " WHERE line.kind = 'claim' AND line.station_id = ANY(%s)",
                stations,
            ),
            (STATIONS * JOBS, STATIONS * JOBS, STATIONS * JOBS * AMOUNT, STATIONS),
        )
        self.assertEqual(
            self.row(
                "SELECT count(*) FROM aftersales_claim_line line"
                " LEFT JOIN aftersales_settlement_line paid"
                " ON paid.id = line.settlement_line_id AND paid.claim_line_id = line.id"
                " WHERE line.station_id = ANY(%s) AND paid.id IS NULL",
                stations,
            ),
            (0,),
        )

    def test_a_month_settled_twice_at_once_pays_every_claim_once(self):
        stations = self.prepare()
        self.together(do="settle", stations=stations)
        self.check_paid_once(stations)

    def test_two_runs_at_once_pay_every_claim_once(self):
        stations = self.prepare()
        states = self.together(do="run")
        self.assertIn("done", states)
        self.check_paid_once(stations)

    def test_a_sheet_billed_twice_at_once_has_one_bill(self):
        stations = self.prepare()
        self.ask(do="settle", stations=stations, begin=0)
        sheets = self.ask(do="confirm", stations=stations)
        results = self.together(do="bill", sheets=sheets)
        self.assertEqual(results.count("billed"), 1, results)
        bills = self.row(
            "SELECT count(*), sum(amount_untaxed) FROM account_move"
            " WHERE partner_id = ANY(%s)",
            stations,
        )
        paid = self.row(
            "SELECT count(DISTINCT settlement_id), sum(amount)"
            " FROM aftersales_settlement_line WHERE station_id = ANY(%s)",
            stations,
        )
        self.assertEqual(bills, paid)
        self.assertEqual(bills[0], STATIONS)
