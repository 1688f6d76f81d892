import base64
import csv
import io
from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..models.run import aftersales_run_table_import
from .common import AftersalesCase

PARTNERS = "code,name,phone,city,street"
ORDERS = "number,serial,station,customer,received_on,done_on,component,reading,text"


@tagged("post_install", "-at_install")
class TestChangeOver(AftersalesCase):
    """Customers, stations and past work orders come in from files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.station_north.ref = "S-N"
        cls.customer_north.ref = "C-N"

    def load(self, kind, head, *rows, user=None):
        runs = self.env["aftersales.run"].with_user(user or self.headquarters)
        content = base64.b64encode("\n".join([head, *rows, ""]).encode())
        run = runs._start_table_import(kind, content, "old.csv")
        while run.sudo()._work_batch():
            self.env.flush_all()
            self.env.invalidate_all()
        self.env.invalidate_all()
        self.assertEqual(run.state, "done", run.log)
        return run

    def refused(self, run):
        """{line: reason} of the file that goes back."""
        if not run.refused_file:
            return {}
        text = base64.b64decode(run.refused_file).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline="")))[1:]
        return {int(line): reason for line, reason, *_rest in rows}

    def partner(self, code):
        return self.env["res.partner"].search([("ref", "=", code)])

    def order(self, number):
        return self.env["aftersales.work.order"].search(
            [("imported_number", "=", number)]
        )

    def test_customers_come_in_once(self):
        rows = (
            f"K-1,Farm One,138 0000 0001,{self.city_north.name},Mill road 1",
            f"K-2,Farm Two,,{self.city_south.name},",
        )
        run = self.load("customer_import", PARTNERS, *rows)
        first, second = self.partner("K-1"), self.partner("K-2")
        self.assertEqual(first.aftersales_role, "customer")
        self.assertEqual(
            (first.territory_id, first.state_id), (self.north, self.state_north)
        )
        self.assertEqual(second.territory_id, self.south)
        self.assertIn("2 registered, 0 completed, 0 known already", run.log)
        before = self.env["res.partner"].search_count([])
        stamp = first.write_date
        again = self.load("customer_import", PARTNERS, *rows)
        self.assertFalse(again.refused_count)
        self.assertEqual(self.env["res.partner"].search_count([]), before)
        self.assertEqual(first.write_date, stamp)
        self.load("customer_import", PARTNERS, "K-2,Farm Two,138 0000 0002,,")
        self.assertIn("138", second.phone)

    def test_refused_rows_come_back_with_line_and_reason(self):
        run = self.load(
            "customer_import",
            PARTNERS.replace("code", "客户编号"),
            ",Nobody,,,",
            "K-3,Farm,,Nowhere,",
            "K-4,=cmd(),,,",
            "K-4,Twice,,,",
            "C-N,Another name,,,",
            "S-N,Station North,,,",
        )
        reasons = self.refused(run)
        self.assertEqual(set(reasons), {2, 3, 5, 6, 7})
        self.assertEqual(reasons[2], "The column “客户编号” is empty.")
        self.assertIn("Nowhere", reasons[3])
        self.assertIn("line 4", reasons[5])
        self.assertTrue(self.partner("K-4"))
        self.assertEqual(self.customer_north.name, "Customer North")

    def test_an_office_imports_at_home_only(self):
        run = self.load(
            "customer_import",
            PARTNERS,
            f"K-5,North,,{self.city_north.name},",
            f"K-6,South,,{self.city_south.name},",
            user=self.office_north,
        )
        self.assertEqual(set(self.refused(run)), {3})
        self.assertTrue(self.partner("K-5"))
        self.assertFalse(self.partner("K-6"))
        with self.assertRaises(AccessError):
            self.load("customer_import", PARTNERS, "K-7,X,,,", user=self.agent_north)

    def test_a_station_from_a_file_takes_jobs(self):
        self.load(
            "station_import",
            f"{PARTNERS},capacity",
            f"S-9,Station Nine,,{self.city_north.name},,6",
        )
        station = self.partner("S-9")
        self.assertEqual(station.aftersales_role, "station")
        self.assertEqual(station.station_daily_capacity, 6)
        self.assertEqual(station.station_coverage_ids.territory_id, self.north)
        self.assertTrue(station.station_stock_location_id)
        self.station_north.is_station_open = False
        ticket = self.make_request()
        order = ticket.sudo()._get_orders_to_dispatch()
        self.assertTrue(order._dispatch_best())
        self.assertEqual(order.station_id, station)

    def test_a_contact_becomes_what_the_file_says(self):
        known = self.env["res.partner"].create(
            [
                {"name": "Farm One", "ref": "K-1"},
                {"name": "Station Nine", "ref": "S-9", "is_company": True},
            ]
        )
        self.load("customer_import", PARTNERS, f"K-1,Farm One,,{self.city_north.name},")
        row = f"S-9,Station Nine,,{self.city_north.name},,6"
        head = f"{PARTNERS},capacity"
        self.load("station_import", head, row, user=self.office_north)
        customer, station = known
        self.assertEqual(customer.aftersales_role, "customer")
        self.assertEqual(customer.territory_id, self.north)
        self.assertEqual(station.aftersales_role, "station")
        self.assertEqual(station.territory_id, self.north)
        self.assertEqual(station.station_daily_capacity, 6)
        self.assertEqual(station.station_coverage_ids.territory_id, self.north)
        self.assertTrue(station.station_skill_ids and station.station_stock_location_id)
        again = self.load("station_import", head, row)
        self.assertIn("1 known already", again.log)
        self.assertEqual(len(station.station_coverage_ids), 1)

    def test_a_contact_beyond_the_border_or_of_a_company_stays_what_it_is(self):
        person, lost = self.env["res.partner"].create(
            [
                {"name": "Clerk", "ref": "K-8", "parent_id": self.customer_north.id},
                {"name": "Farm South", "ref": "K-9"},
            ]
        )
        run = self.load(
            "customer_import",
            PARTNERS,
            "K-8,Clerk,,,",
            f"K-9,Farm South,,{self.city_south.name},",
            user=self.office_north,
        )
        self.assertEqual(set(self.refused(run)), {2, 3})
        self.assertEqual((person | lost).mapped("aftersales_role"), ["contact"] * 2)

    def test_beyond_the_border_nothing_is_told_of_a_partner(self):
        self.customer_south.ref = "C-S"
        reasons = self.refused(
            self.load(
                "customer_import",
                PARTNERS,
                f"C-S,Customer South,,{self.city_south.name},",
                "C-S,Another name,,,",
                user=self.office_north,
            )
        )
        self.assertIn("another territory", reasons[2])
        guessed = self.load(
            "customer_import", PARTNERS, "C-S,Another name,,,", user=self.office_north
        )
        self.assertEqual(self.refused(guessed)[2], reasons[2])

    def test_a_code_of_several_is_refused(self):
        self.env["res.partner"].create({"name": "Twin", "ref": "C-N"})
        run = self.load("customer_import", PARTNERS, "C-N,Customer North,,,")
        self.assertIn("Several", self.refused(run)[2])

    def test_codes_of_a_past_order_are_the_companys_own_or_shared(self):
        other = self.env["res.company"].create({"name": "Another maker"})
        faults = self.env["aftersales.fault.code"]
        common = {"kind": "component", "name": "X"}
        faults.create({**common, "code": "T-X1", "company_id": other.id})
        faults.create({**common, "code": "T-X2", "company_id": other.id})
        shared = faults.create({**common, "code": "T-X2"})
        faults.create({**common, "code": "T-X3"})
        own = faults.create(
            {**common, "code": "T-X3", "company_id": self.env.company.id}
        )
        row = "DX-0001,S-N,,,2025-03-04"
        run = self.load(
            "order_import",
            ORDERS,
            *(f"W-1{n},{row},T-X{n},," for n in (1, 2, 3)),
        )
        self.assertEqual(set(self.refused(run)), {2})
        self.assertEqual(self.order("W-12").component_id, shared)
        self.assertEqual(self.order("W-13").component_id, own)

    def test_a_past_order_names_one_station_and_one_customer(self):
        self.make_station("Station North 2", self.north, ref="S-N")
        self.make_customer("Customer North 2", self.north, ref="C-N")
        run = self.load(
            "order_import",
            ORDERS,
            "W-21,DX-0001,S-N,,,2025-03-04,,,",
            "W-22,DX-0001,,C-N,,2025-03-04,,,",
        )
        reasons = self.refused(run)
        self.assertIn("Several stations", reasons[2])
        self.assertIn("Several customers", reasons[3])

    def test_a_past_request_is_closed_or_refused(self):
        self.env["helpdesk.ticket.stage"].search([("closed", "=", True)]).closed = False
        run = self.load("order_import", ORDERS, "W-31,DX-0001,S-N,,,2025-03-04,,,")
        self.assertIn("no stage", self.refused(run)[2])
        self.assertFalse(self.order("W-31"))

    def test_stages_are_looked_up_once_for_all_rows(self):
        teams, asked = type(self.env["helpdesk.ticket.team"]), []
        known = teams._get_applicable_stages

        def ask(team):
            asked.append(team)
            return known(team)

        rows = [f"W-4{n},DX-0001,S-N,,,2025-03-04,,," for n in range(6)]
        with patch.object(teams, "_get_applicable_stages", ask):
            self.env.registry.clear_cache()
            self.load("order_import", ORDERS, rows[0])
            few = len(asked)
            # What is kept is asked for again.
            self.env.registry.clear_cache()
            self.load("order_import", ORDERS, *rows[1:])
        self.assertEqual(len(asked), 2 * few)

    def test_a_long_text_comes_whole_or_is_refused(self):
        row = "DX-0001,S-N,,,2025-03-04,,,"
        run = self.load(
            "order_import",
            ORDERS.replace("text", "处理情况"),
            f"W-51,{row}{'x' * 4000}",
            f"W-52,{row}{'x' * 4001}",
        )
        self.assertEqual(self.order("W-51").work_text, "x" * 4000)
        self.assertEqual(set(self.refused(run)), {3})
        self.assertIn("处理情况", self.refused(run)[3])

    def test_what_the_database_refuses_is_a_refused_row(self):
        row = "DX-0001,S-N,,,2025-03-04,,,"
        self.load("order_import", ORDERS, f"W-61,{row}")
        runs = type(self.env["aftersales.run"])
        with (
            patch.object(runs, "_find_known_orders", lambda *_args: {}),
            mute_logger("odoo.sql_db"),
        ):
            run = self.load("order_import", ORDERS, f"W-61,{row}", f"W-62,{row}")
        self.assertIn("imported already", self.refused(run)[2])
        self.assertEqual(len(self.order("W-61") | self.order("W-62")), 2)

    def test_a_past_order_is_history_and_nothing_else(self):
        row = "W-1,dx 0001,S-N,C-N,2025-03-01,2025-03-04,T-C1,80,Pump changed"
        self.load("order_import", ORDERS, row)
        order = self.order("W-1")
        ticket = order.ticket_id
        self.assertEqual((order.state, order.unit_id), ("done", self.unit_north))
        self.assertTrue(order.is_imported and ticket.is_imported and ticket.closed)
        self.assertEqual(order.done_at.date(), date(2025, 3, 4))
        self.assertEqual(ticket.received_at.date(), date(2025, 3, 1))
        self.assertEqual(ticket.closed_date.date(), date(2025, 3, 4))
        self.assertEqual(order.component_id, self.component)
        self.assertEqual(order.territory_id, self.north)
        self.assertIn(order, self.unit_north.work_order_ids)
        self.assertFalse(order.followup_ids | ticket.followup_ids)
        self.assertFalse(self.unit_north.reading_ids)
        self.assertFalse(ticket.activity_ids | order.activity_ids)
        count = self.env["aftersales.work.order"].search_count([])
        again = self.load("order_import", ORDERS, row)
        self.assertFalse(again.refused_count)
        self.assertEqual(self.env["aftersales.work.order"].search_count([]), count)

    def test_a_past_order_is_never_returned_nor_claimed(self):
        self.load("order_import", ORDERS, "W-2,DX-0001,S-N,,,2025-03-04,,,")
        order = self.order("W-2").with_user(self.office_north)
        self.assertFalse(order.can_return)
        with self.assertRaises(UserError):
            order.sudo()._return_to_station("Please")
        with self.assertRaises(AccessError):
            order.is_imported = False
        if "aftersales.claim" in self.env:
            self.assertFalse(order.sudo()._is_claimable())

    def test_a_past_order_that_cannot_be_is_refused(self):
        run = self.load(
            "order_import",
            ORDERS,
            "W-3,NOBODY,S-N,,,2025-03-04,,,",
            "W-4,DX-0001,S-X,,,2025-03-04,,,",
            "W-5,DX-0001,C-N,,,2025-03-04,,,",
            "W-6,DX-0001,S-N,,,2025-03-04,T-U1,,",
            "W-7,DX-0002,S-N,,,2025-03-04,,,",
            user=self.office_north,
        )
        self.assertEqual(set(self.refused(run)), {2, 3, 4, 5, 6})
        self.assertFalse(self.order("W-7"))

    def test_a_run_in_small_batches_ends_the_same(self):
        rows = [f"B-{n},Farm {n},,{self.city_north.name}," for n in range(7)]
        rows[3] = "B-3,,,,"
        with patch.object(aftersales_run_table_import, "CHUNK_SIZE", 2):
            run = self.load("customer_import", PARTNERS, *rows)
        self.assertEqual(set(self.refused(run)), {5})
        self.assertEqual(len(self.partner("B-0") | self.partner("B-6")), 2)
        self.assertEqual(run.refused_count, 1)

    def test_the_dialog_starts_each_kind(self):
        wizards = self.env["aftersales.unit.import.wizard"].with_user(self.office_north)
        for what, name in (
            ("unit_import", "machines"),
            ("customer_import", "customers"),
            ("station_import", "stations"),
            ("order_import", "past_work_orders"),
        ):
            with self.subTest(what):
                with Form(wizards) as form:
                    form.what = what
                    form.file = base64.b64encode(b"code,name\nX-1,Farm\n")
                url = form.record.action_download_template()["url"]
                self.assertIn(name, url)
                run = self.env["aftersales.run"].browse(
                    form.record.action_import()["res_id"]
                )
                self.assertEqual(run.kind, what)
