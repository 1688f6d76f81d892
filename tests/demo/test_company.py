"""The demo company as setup/demo builds it: who and what is in it, and every log-in.

It is built at the worst moment of a year: on the first of a month, half an hour after
midnight in China, while in UTC the last month has not ended. A second play of the
same moment, on a clone, must make the same company.
"""

import http.cookiejar
import os
import re
import signal
import subprocess
import sys
import unittest
import urllib.parse
import urllib.request
from datetime import date
from pathlib import Path

import psycopg2
from _lib import (
    demo_database,
    demo_server,
    layout,
    log_check,
    odoo_run,
    odoo_source,
    processes,
)

from tests.harness import databases

#: In UTC. The company's day is the first of March.
MOMENT = "2026-02-28T16:30:00"
TODAY = date(2026, 3, 1)
TWIN = "demo_twin"
#: Components with a number of their own are machines of the register, too.
ENGINES = "SELECT count(*) FROM stock_lot WHERE left(name, 2) = 'HY'"
#: A clone to serve: the cron of a server would go on with the company's life.
SERVED = "demo_served"
#: Every role of the design and where it begins its day.
LANDINGS = {
    **dict.fromkeys(
        (
            "agent",
            "office",
            "own team",
            "office south",
            "office north",
            "headquarters",
            "administrator",
            "quality",
            "account manager",
            "department",
            "interface",
            "auditor",
            "settlement manager",
            "accountant",
            "editor",
            "approver",
        ),
        "/odoo",
    ),
    **dict.fromkeys(
        ("station", "technician", "station south", "dealer", "customer"), "/my"
    ),
}
#: Tables whose rows must be the same in two plays, ids and all.
COMPARED = (
    "stock_lot",
    "res_partner",
    "helpdesk_ticket",
    "aftersales_work_order",
    "aftersales_work_order_operation",
    "aftersales_work_order_part",
    "aftersales_warranty_decision",
    "aftersales_followup",
    "aftersales_claim",
    "aftersales_claim_line",
    "aftersales_station_score",
    "aftersales_settlement",
    "aftersales_settlement_line",
    "account_move",
    "account_move_line",
)
#: setup/demo itself, on the database and the server of this test.
START = """
import contextlib, runpy, sys
setup, name, port = sys.argv[1:]
sys.path.insert(0, setup)
from _lib import demo_database, postgres
demo_database.Demo.name = name
@contextlib.contextmanager
def running():
    yield postgres.Server({})
postgres.running = running
sys.argv = ["demo", "--port", port]
runpy.run_path(setup + "/demo", run_name="__main__")
"""
#: Columns that are random on purpose, or the time of the server.
RANDOM = ("access_token", "create_date", "write_date", "signup_type")


class FrozenDemo(demo_database.Demo):
    """The demo company under another name, told twice at one moment."""

    name = "demo_tested"
    story = Path(__file__).with_name("frozen_story.py")

    def _tell(self, name):
        self.databases.clone(name, TWIN)
        tell = super()._tell
        processes.side_by_side(lambda: tell(name), lambda: tell(TWIN))


class TestCompany(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.databases = databases()
        cls.demo = FrozenDemo(cls.databases, odoo_source.find_or_fetch())
        for name in (cls.demo.name, cls.demo.building, TWIN):
            cls.addClassCleanup(cls.databases.drop, name)
        os.environ["AFTERSALES_MOMENT"] = MOMENT
        cls.addClassCleanup(os.environ.pop, "AFTERSALES_MOMENT")
        cls.database = cls.demo.prepare(fresh=True)

    def rows(self, sql, *params, database=None):
        with psycopg2.connect(dbname=database or self.database) as connection:
            self.addCleanup(connection.close)
            with connection.cursor() as cursor:
                cursor.execute(sql, params)
                return cursor.fetchall()

    def value(self, sql, *params):
        [[value]] = self.rows(sql, *params)
        return value

    def values(self, sql, *params):
        return {value for (value,) in self.rows(sql, *params)}

    def test_nothing_is_wrong_in_the_logs(self):
        for step in ("creating", "installing", "telling"):
            log = self.demo.log_file(step, self.demo.name)
            self.assertTrue(log_check.entries(log), f"{log} is empty")
            self.assertEqual(log_check.complaints(log), [])

    def test_the_company_is_chinese_and_so_is_its_money(self):
        found = self.rows(
            "SELECT country.code, currency.name, company.chart_template"
            " FROM res_company company"
            " JOIN res_partner partner ON partner.id = company.partner_id"
            " JOIN res_country country ON country.id = partner.country_id"
            " JOIN res_currency currency ON currency.id = company.currency_id"
        )
        self.assertEqual([row[:2] for row in found], [("CN", "CNY")])
        self.assertEqual(
            self.values(
                "SELECT DISTINCT currency.name FROM account_move move"
                " JOIN res_currency currency ON currency.id = move.currency_id"
            ),
            {"CNY"},
        )

    def test_no_demo_data_of_others(self):
        self.assertFalse(
            self.values("SELECT name FROM ir_module_module WHERE demo IS TRUE")
        )
        self.assertFalse(
            self.values(
                "SELECT partner.name FROM res_partner partner"
                " JOIN res_country country ON country.id = partner.country_id"
                " WHERE country.code <> 'CN'"
            )
        )

    def test_both_languages_are_there(self):
        codes = self.values("SELECT code FROM res_lang WHERE active")
        self.assertEqual(codes, {"zh_CN", "en_US"})
        untranslated = self.values(
            "SELECT name->>'en_US' FROM aftersales_fault_code"
            " WHERE coalesce(name->>'zh_CN', name->>'en_US') = name->>'en_US'"
        )
        self.assertEqual(untranslated, set())

    def test_headquarters_three_offices_and_twelve_stations(self):
        offices = self.value(
            "SELECT count(*) FROM aftersales_territory WHERE parent_id ="
            " (SELECT id FROM aftersales_territory WHERE parent_id IS NULL)"
        )
        self.assertEqual(offices, 3)
        stations = self.rows(
            "SELECT count(*), count(*) FILTER (WHERE is_internal_team)"
            " FROM res_partner WHERE aftersales_role = 'station'"
        )
        self.assertEqual(stations, [(12, 1)])

    def test_engines_and_fault_codes(self):
        self.assertEqual(self.value(ENGINES), 300)
        self.assertGreaterEqual(
            self.value("SELECT count(*) FROM aftersales_fault_code"), 80
        )

    def test_engines_in_cover_and_out_of_it(self):
        months = self.values(
            "SELECT months FROM aftersales_warranty_policy_line line"
            " JOIN aftersales_warranty_policy policy ON policy.id = line.policy_id"
            " WHERE coalesce(component_class, 'main') = 'main'"
        )
        self.assertEqual(months, {9, 18, 12, 24})
        for condition in ("<", ">"):
            # Older than the longest term, younger than the shortest one.
            day = date(2024, 3, 1) if condition == "<" else date(2025, 6, 1)
            some = self.value(
                f"SELECT count(*) FROM stock_lot WHERE sale_date {condition} %s", day
            )
            self.assertGreater(some, 5, (condition, day))
        self.assertIsNone(
            self.value(
                "SELECT max(name) FROM stock_lot WHERE sale_date > %s"
                " OR installation_date > %s OR production_date > %s",
                *[TODAY] * 3,
            )
        )

    def test_several_serials_nobody_made(self):
        verdicts = self.rows(
            "SELECT serial_typed FROM helpdesk_ticket"
            " WHERE serial_verdict = 'unknown' AND unit_id IS NULL"
        )
        self.assertGreaterEqual(len(verdicts), 3)

    def test_requests_and_jobs_at_every_stage(self):
        self.assertLessEqual(
            {"offered", "accepted", "on_site", "waiting", "reported", "returned"}
            | {"declined", "done"},
            self.values("SELECT DISTINCT state FROM aftersales_work_order"),
        )
        self.assertEqual(
            {"new", "to_dispatch", "offered", "in_progress", "waiting"}
            | {"to_follow_up", "done"},
            self.values("SELECT DISTINCT service_state FROM helpdesk_ticket"),
        )

    def test_a_year_of_service(self):
        months = self.values(
            "SELECT DISTINCT to_char(done_at, 'YYYY-MM') FROM aftersales_work_order"
            " WHERE state = 'done'"
        )
        self.assertGreaterEqual(len(months), 12)
        states = self.values("SELECT DISTINCT state FROM aftersales_followup")
        self.assertLessEqual({"due", "done", "unreachable"}, states)

    def test_claims_approved_and_in_review(self):
        states = self.values("SELECT DISTINCT state FROM aftersales_claim")
        self.assertLessEqual({"approved", "review"}, states)

    def test_last_month_is_settled_and_this_month_open(self):
        last = dict(
            self.rows(
                "SELECT state, count(*) FROM aftersales_settlement"
                " WHERE period_start = %s GROUP BY state",
                date(2026, 2, 1),
            )
        )
        # One waits for the answer of the station that can be logged in to.
        self.assertEqual(last, {"billed": last.get("billed"), "sent": 1})
        self.assertGreaterEqual(last["billed"], 3)
        after = self.values(
            "SELECT name FROM aftersales_settlement WHERE period_start >= %s", TODAY
        )
        self.assertEqual(after, set())
        months = "SELECT count(DISTINCT period_start) FROM aftersales_settlement"
        self.assertEqual(self.value(months), 12)

    def test_the_department_has_a_sheet_to_answer(self):
        sheets = self.value(
            "SELECT count(*) FROM helpdesk_ticket ticket"
            " JOIN helpdesk_ticket_team_res_users_rel member"
            "   ON member.helpdesk_ticket_team_id = ticket.team_id"
            " JOIN res_users ON res_users.id = member.res_users_id"
            " JOIN helpdesk_ticket_stage stage ON stage.id = ticket.stage_id"
            " WHERE login = 'department' AND NOT stage.closed"
        )
        self.assertGreater(sheets, 0)

    def test_every_screen_of_office_and_headquarters_has_something_to_show(self):
        for table, condition, least in (
            ("stock_lot", "installer_id IS NOT NULL", 200),
            ("aftersales_territory", "manager_id IS NOT NULL", 4),
            ("aftersales_dealer_movement", "kind = 'sale'", 1),
            ("aftersales_dealer_movement", "kind = 'transfer'", 1),
            ("aftersales_warranty_tryout", "is_changed", 1),
            ("aftersales_service_campaign_unit", "state = 'done'", 1),
            ("aftersales_service_campaign_unit", "state <> 'done'", 1),
            ("aftersales_request_mark", "state = 'asked'", 1),
            ("aftersales_unit_registration", "state = 'asked'", 2),
            ("aftersales_quality_signal", "ticket_id IS NOT NULL", 1),
            ("aftersales_diagnosis", "state = 'published'", 1),
            ("helpdesk_ticket", "diagnosis_end_id IS NOT NULL", 10),
        ):
            with self.subTest(table=table, condition=condition):
                found = self.value(f"SELECT count(*) FROM {table} WHERE {condition}")
                self.assertGreaterEqual(found, least)

    def test_money_of_every_kind_is_there_to_be_explained(self):
        for table, condition, least in (
            ("aftersales_claim_line", "occasion = 'night'", 1),
            ("aftersales_claim_line", "occasion = 'holiday'", 1),
            ("aftersales_claim_line", "occasion = 'remote'", 1),
            ("aftersales_work_order_authorisation", "state = 'asked'", 1),
            ("aftersales_work_order_authorisation", "state = 'granted'", 1),
            ("aftersales_settlement_line", "kind = 'multiplier'", 1),
            ("aftersales_settlement_line", "kind = 'cash'", 1),
            ("aftersales_customer_charge", "state = 'paid'", 1),
            ("aftersales_recovery", "supplier_id IS NOT NULL", 1),
            ("aftersales_rebate", "active", 2),
            ("aftersales_tryout", "difference <> 0", 1),
            ("aftersales_manager_score", "value > 0", 1),
        ):
            with self.subTest(table=table, condition=condition):
                found = self.value(f"SELECT count(*) FROM {table} WHERE {condition}")
                self.assertGreaterEqual(found, least)

    def test_people_asked_and_not_the_system(self):
        for table in ("aftersales_serial_check", "aftersales_followup"):
            with self.subTest(table=table):
                found = self.value(f"SELECT count(*) FROM {table} WHERE user_id = 1")
                self.assertEqual(found, 0)

    def test_a_second_play_of_the_same_moment_is_the_same(self):
        for table in COMPARED:
            with self.subTest(table=table):
                first, second = (
                    self.contents(table, database)
                    for database in (self.database, self.databases.full_name(TWIN))
                )
                self.assertGreater(len(first), 5)
                self.assertEqual(first - second, set())
                self.assertEqual(second - first, set())

    def contents(self, table, database):
        """Every row of a table as text."""
        sql = f"SELECT (to_jsonb(line) - %s::text[])::text FROM {table} line"
        return {row for (row,) in self.rows(sql, list(RANDOM), database=database)}

    def test_a_second_start_only_looks(self):
        before = self.value("SELECT max(write_date) FROM ir_module_module")
        self.assertEqual(self.demo.prepare(fresh=False), self.database)
        after = self.value("SELECT max(write_date) FROM ir_module_module")
        self.assertEqual(before, after)

    def test_everybody_who_is_printed_gets_to_work(self):
        logins = self.demo.logins()
        self.assertEqual({role for role, _login, _name in logins}, set(LANDINGS))
        port = odoo_run.free_port()
        served = self.serve_a_clone()
        with demo_server.serving(self.databases, served, port):
            for role, login, _name in logins:
                with self.subTest(role=role):
                    path = self.log_in(demo_server.address(port), login)
                    self.assertEqual(path[: len(LANDINGS[role])], LANDINGS[role])
        log = layout.log_file(f"{served}_server")
        self.assertEqual(log_check.complaints(log), [])

    def serve_a_clone(self):
        """The full name of a clone of the company, as good as built."""
        self.databases.clone(self.demo.name, SERVED)
        self.addCleanup(self.databases.drop, SERVED)
        self.demo._remember(SERVED, self.demo._made_of())
        return self.databases.full_name(SERVED)

    def test_ctrl_c_stops_all_that_setup_demo_started(self):
        port = odoo_run.free_port()
        words = [sys.executable, "-u", "-c", START, layout.SETUP, SERVED, port]
        self.serve_a_clone()
        with subprocess.Popen(
            [str(word) for word in words], stdout=subprocess.PIPE, text=True
        ) as command:
            printed = ""
            while "Ctrl-C stops it all" not in printed:
                line = command.stdout.readline()
                self.assertTrue(line, printed)
                printed += line
            started = processes.ask(["pgrep", "-P", command.pid]).stdout.split()
            self.assertTrue(started)
            command.send_signal(signal.SIGINT)
            self.assertEqual(command.wait(60), 130)
        for role, login, _name in self.demo.logins():
            self.assertRegex(printed, rf"(?m)^{role} +{re.escape(login)} ")
        for pid in started:
            self.assertFalse(Path(f"/proc/{pid}").exists())
        demo_server.check_port(port)

    def log_in(self, address, login):
        """The path of the page that answers 200 after the log-in form."""
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        opener = urllib.request.build_opener(jar)
        with opener.open(f"{address}/web/login") as page:
            token = re.search(r'name="csrf_token" value="(\w+)"', page.read().decode())
        form = {"csrf_token": token[1], "login": login, "password": login}
        data = urllib.parse.urlencode(form).encode()
        with opener.open(f"{address}/web/login", data) as page:
            self.assertEqual(page.status, 200)
            return urllib.parse.urlsplit(page.url).path
