"""Processes settle, confirm or bill at once, or die: every claim is paid once."""

import contextlib
import os
import random
import time

from tests.harness import ProcessesCase

PROCESSES = 8
STATIONS = 3
JOBS = 20
AMOUNT = 300.0
#: Processes killed within one month's work; AFTERSALES_KILLS asks for more.
KILLS = int(os.environ.get("AFTERSALES_KILLS") or 8)
CROWD, CROWD_JOBS = 24, 2
#: Seconds a worker lives at most; the seed is told when a test fails.
LIFE = 0.8

SCRIPT = """
import logging
import time
from datetime import timedelta
from psycopg2.errors import UniqueViolation
from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import mute_logger

# Processes that meet, and connections that are cut, are what is tried here.
logging.getLogger("odoo.sql_db").setLevel(logging.CRITICAL)

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
    return make_claims(env, stations, jobs)

def make_claims(env, stations, jobs):
    month = last_month(env)
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

def next_turn(env):
    # A run that met another one on the same rows is still open: the cron comes back.
    runs = env["aftersales.run"].search(
        [("kind", "=", "settlement"), ("state", "in", ("queued", "running"))])
    for run in runs:
        run._work_to_end()
    return env["aftersales.run"].search_count(
        [("kind", "=", "settlement"), ("state", "!=", "done")])

def send(env, stations):
    sheets = env["aftersales.settlement"].search([("station_id", "in", stations)])
    sheets._send()
    return sheets.ids

def confirm(env, sheets, begin=0):
    sheets = env["aftersales.settlement"].browse(sheets)
    sheets.mapped("state")
    time.sleep(max(begin - time.time(), 0))
    try:
        sheets._confirm()
    except UserError:
        return "refused"
    return "confirmed"

def work_all(env, stations):
    # The whole month as the crons do it, in batches of two with a commit each.
    from odoo.addons.aftersales_settlement.models import settlement
    settlement.aftersales_run.STATION_BATCH = 2
    settlement.aftersales_settlement_billing.BILL_BATCH = 2
    Sheet = env["aftersales.settlement"]
    runs = env["aftersales.run"].search(
        [("kind", "=", "settlement"), ("state", "in", ("queued", "running"))])
    for run in runs:
        run._work_to_end()
    env.cr.commit()
    mine = [("station_id", "in", stations)]
    for state, step in (("computed", "_send"), ("sent", "_confirm")):
        while sheets := Sheet.search(mine + [("state", "=", state)], limit=2):
            getattr(sheets, step)()
            env.cr.commit()
    Sheet._cron_bill()
    env.cr.commit()
    return runs.mapped("state")

def start_run(env):
    return env["aftersales.run"]._start("settlement", {
        "month": fields.Date.to_string(last_month(env))}).id

def die(env, stations, seconds):
    # A worker of its own, killed after so many seconds if it is not done by then.
    import os, signal, traceback
    from odoo import sql_db
    from odoo.modules.registry import Registry
    database = env.cr.dbname
    child = os.fork()
    if not child:
        try:
            # The parent's connections are not ours to use or to close.
            sql_db._Pool = None
            with Registry(database).cursor() as cr:
                work_all(env(cr=cr), stations)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    end = time.time() + seconds
    while time.time() < end:
        gone, status = os.waitpid(child, os.WNOHANG)
        if gone:
            assert not status, "The worker failed, see its log."
            return "done"
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return "killed"

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
    return globals()[do](env, **facts)
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

    def row(self, sql, params=None):
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
                [stations],
            ),
            (STATIONS * JOBS, STATIONS * JOBS, STATIONS * JOBS * AMOUNT, STATIONS),
        )
        self.assertEqual(
            self.row(
                "SELECT count(*) FROM aftersales_claim_line line"
                " LEFT JOIN aftersales_settlement_line paid"
                " ON paid.id = line.settlement_line_id AND paid.claim_line_id = line.id"
                " WHERE line.station_id = ANY(%s) AND paid.id IS NULL",
                [stations],
            ),
            (0,),
        )

    def check_balance(self, stations, jobs, sheets):
        """Lines, sheets, bills and what was posted are the same money, to the cent."""
        due = sheets * jobs * AMOUNT
        paid = self.row(
            "SELECT sum(amount) FROM aftersales_settlement_line"
            " WHERE station_id = ANY(%s)",
            [stations],
        )[0]
        self.assertEqual(
            self.row(
                """
                SELECT (SELECT sum(approved_amount) FROM aftersales_claim
                         WHERE station_id = ANY(%(stations)s) AND state = 'settled'),
                       (SELECT sum(amount) FROM aftersales_settlement_line
                         WHERE station_id = ANY(%(stations)s) AND kind = 'claim'),
                       (SELECT sum(amount_total) FROM aftersales_settlement
                         WHERE station_id = ANY(%(stations)s)),
                       (SELECT sum(amount_untaxed) FROM account_move
                         WHERE partner_id = ANY(%(stations)s) AND state = 'posted'),
                       (SELECT sum(line.price_subtotal) FROM account_move_line line
                          JOIN account_move bill ON bill.id = line.move_id
                         WHERE bill.partner_id = ANY(%(stations)s)
                           AND line.display_type = 'product'),
                       (SELECT count(*) FROM account_move
                         WHERE partner_id = ANY(%(stations)s)),
                       (SELECT count(DISTINCT bill_id) FROM aftersales_settlement
                         WHERE station_id = ANY(%(stations)s) AND state = 'billed')
                """,
                {"stations": stations},
            ),
            (due, due, paid, paid, paid, sheets, sheets),
        )

    def check_nothing_half(self, stations):
        """What was committed is whole: mark and line, sheet and sum, bill and link."""
        self.assertEqual(
            self.row(
                """
                SELECT (SELECT count(*) FROM aftersales_claim_line line
                          FULL JOIN (SELECT * FROM aftersales_settlement_line
                                      WHERE kind = 'claim') paid
                            ON paid.claim_line_id = line.id
                         WHERE COALESCE(line.station_id, paid.station_id)
                               = ANY(%(stations)s)
                           AND (line.settlement_line_id IS DISTINCT FROM paid.id
                             OR line.settlement_id IS DISTINCT FROM paid.settlement_id)
                       ),
                       (SELECT count(*) FROM aftersales_settlement sheet
                         WHERE station_id = ANY(%(stations)s)
                           AND amount_total IS DISTINCT FROM (
                               SELECT sum(amount) FROM aftersales_settlement_line
                                WHERE settlement_id = sheet.id)),
                       (SELECT count(*) FROM account_move bill
                         WHERE partner_id = ANY(%(stations)s) AND (
                               bill.state <> 'posted' OR NOT EXISTS (
                               SELECT 1 FROM aftersales_settlement sheet
                                WHERE sheet.bill_id = bill.id
                                  AND sheet.amount_total = bill.amount_untaxed)))
                """,
                {"stations": stations},
            ),
            (0, 0, 0),
        )

    def send_all(self, stations):
        self.ask(do="settle", stations=stations, begin=0)
        return self.ask(do="send", stations=stations)

    def test_a_month_settled_by_all_at_once_pays_every_claim_once(self):
        stations = self.prepare()
        self.together(do="settle", stations=stations)
        self.check_paid_once(stations)

    def test_runs_at_once_pay_every_claim_once(self):
        stations = self.prepare()
        self.together(do="run")
        self.assertEqual(self.ask(do="next_turn"), 0)
        self.check_paid_once(stations)

    def test_sheets_confirmed_and_billed_by_all_at_once_have_one_bill(self):
        stations = self.prepare()
        sheets = self.send_all(stations)
        results = self.together(do="confirm", sheets=sheets)
        self.assertEqual(results.count("confirmed"), 1, results)
        results = self.together(do="bill", sheets=sheets)
        self.assertEqual(results.count("billed"), 1, results)
        self.check_balance(stations, JOBS, STATIONS)

    def test_sheets_billed_side_by_side_have_one_chain(self):
        self.ask(do="bill", sheets=self.confirm_all(self.prepare()), begin=0)
        stations = self.prepare()
        sheets = self.confirm_all(stations)
        begin = time.time() + 2
        for process, sheet in zip(self.processes, sheets, strict=False):
            process.start(do="bill", sheets=[sheet], begin=begin)
        workers = self.processes[: len(sheets)]
        results = [process.result() for process in workers]
        self.assertEqual(results, ["billed"] * len(sheets))
        self.check_balance(stations, JOBS, STATIONS)
        self.assertEqual(
            self.row(
                "SELECT count(DISTINCT chain_number), count(DISTINCT chain_seal)"
                " FROM aftersales_settlement WHERE id = ANY(%s)",
                [sheets],
            ),
            (STATIONS, STATIONS),
        )

    def confirm_all(self, stations):
        sheets = self.send_all(stations)
        self.ask(do="confirm", sheets=sheets)
        return sheets

    def test_a_second_click_changes_nothing(self):
        stations = self.prepare()
        sheets = self.send_all(stations)
        for expected in ("confirmed", "refused"):
            self.assertEqual(self.ask(do="confirm", sheets=sheets), expected)
        for expected in ("billed", "UserError"):
            self.assertEqual(self.ask(do="bill", sheets=sheets, begin=0), expected)
        self.ask(do="run", begin=0)
        self.check_balance(stations, JOBS, STATIONS)

    def test_killed_at_any_moment_and_continued_loses_nothing(self):
        seed = random.randrange(10**6)
        dice, killed = random.Random(seed), 0
        with self.subTest(seed=seed):
            while killed < KILLS:
                stations = self.ask(
                    do="prepare", stations=CROWD, jobs=CROWD_JOBS, amount=AMOUNT
                )
                self.ask(do="start_run")
                facts = {"do": "die", "stations": stations}
                while killed < KILLS:
                    seconds = dice.random() * LIFE
                    if self.ask(**facts, seconds=seconds) == "done":
                        break
                    killed += 1
                    self.check_nothing_half(stations)
                self.ask(**facts, seconds=600)
                self.check_balance(stations, CROWD_JOBS, CROWD)

    def test_a_connection_cut_by_the_database_loses_nothing(self):
        stations = self.ask(
            do="prepare", stations=CROWD, jobs=CROWD_JOBS, amount=AMOUNT
        )
        self.ask(do="start_run")
        worker = self.processes[-1]
        for seconds in (0.3, 0.9):
            worker.start(do="work_all", stations=stations)
            time.sleep(seconds)
            self.row(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            with contextlib.suppress(AssertionError):
                worker.result()
            self.check_nothing_half(stations)
        self.ask(do="die", stations=stations, seconds=600)
        self.check_balance(stations, CROWD_JOBS, CROWD)
