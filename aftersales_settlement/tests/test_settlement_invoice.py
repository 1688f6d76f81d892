import csv
import io
from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.http import Request
from odoo.tests import Form, HttpCase, tagged

from .common import SettlementCase


class OwnInvoiceCase(SettlementCase):
    """The company waits for the invoice its stations write."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.settlement_billing = "own_invoice"
        cls.today = cls.company._get_day(fields.Datetime.now())

    @classmethod
    def make_waiting(cls):
        sheet = cls.make_confirmed()
        sheet._bill()
        return sheet


@tagged("post_install", "-at_install")
class TestStationInvoice(OwnInvoiceCase):
    """Number, date and amount must match the sheet before its bill is posted."""

    def test_the_bill_waits_as_a_draft(self):
        sheet = self.make_waiting()
        self.assertEqual((sheet.bill_id.state, sheet.state), ("draft", "confirmed"))
        self.assertTrue(sheet.waits_for_invoice)
        with self.assertRaisesRegex(UserError, "not there yet"):
            sheet.bill_id.action_post()

    def test_a_match_gives_the_bill_number_and_date(self):
        sheet = self.make_waiting()
        wizard = self.env["aftersales.settlement.invoice"].with_user(self.accountant)
        action = sheet.with_user(self.accountant).action_enter_invoice()
        with Form(wizard.with_context(**action["context"])) as form:
            form.number = " F-2024  7 "
            form.date = fields.Date.to_string(self.today)
            form.amount = 434.0
        form.record.action_take()
        bill = sheet.bill_id
        self.assertEqual((bill.ref, bill.invoice_date), ("F-2024 7", self.today))
        bill.action_post()
        self.assertEqual(sheet.state, "billed")

    def test_what_does_not_match_is_refused_in_one_sentence(self):
        sheet = self.make_waiting()
        day = self.today
        for words, number, when, amount in (
            ("same to the cent", "F1", day, 434.01),
            ("same to the cent", "F1", day, -434.0),
            ("number and date", "  ", day, 434.0),
            ("number and date", "F1", None, 434.0),
            ("in the future", "F1", day + timedelta(days=1), 434.0),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                sheet._take_invoice(number, when, amount)
        self.assertFalse(sheet.invoice_number)

    def test_one_invoice_pays_one_sheet(self):
        first = self.make_waiting()
        first._take_invoice("F1", self.today, 434.0)
        with self.assertRaisesRegex(UserError, "waits for no invoice"):
            first._take_invoice("F2", self.today, 434.0)
        self.make_approved()
        later = (self.month + timedelta(days=40)).replace(day=1)
        second = self.settle(month=later)
        second._send()
        second._confirm()
        second._bill()
        with self.assertRaisesRegex(UserError, "another settlement"):
            second._take_invoice("F1", self.today, 434.0)

    def test_a_self_billed_sheet_waits_for_nothing(self):
        self.company.settlement_billing = "self_billing"
        sheet = self.make_waiting()
        self.assertEqual(sheet.state, "billed")
        with self.assertRaises(UserError):
            sheet._take_invoice("F1", self.today, 434.0)


@tagged("post_install", "-at_install")
class TestSheetFiles(SettlementCase):
    """The sheet lies on its bill as PDF and CSV, once, and goes out with it."""

    def _attach(self):
        cron = self.env.ref("aftersales_settlement.ir_cron_settlement_attach")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _billed(self):
        sheet = self.make_confirmed()
        sheet._bill()
        return sheet

    def test_files_lie_on_the_posted_bill_once(self):
        sheet = self._billed()
        self._attach()
        self._attach()
        names = sheet._get_files().mapped("name")
        stem = f"{sheet.name} {sheet.period}"
        self.assertEqual(sorted(names), [f"{stem}.csv", f"{stem}.pdf"])

    def test_a_bill_that_is_sent_takes_its_files_along(self):
        sheet = self._billed()
        found = self.env["account.move.send"]._get_invoice_extra_attachments(
            sheet.bill_id
        )
        self.assertLessEqual(sheet._get_files(), found)
        self.assertEqual(len(sheet._get_files()), 2)

    def test_the_file_has_every_line_with_its_sentence(self):
        sheet = self._billed()
        text = sheet._make_file("csv").decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text)))
        self.assertEqual(len(rows), 1 + len(sheet.line_ids))
        self.assertEqual(
            [row[6] for row in rows[1:]], sheet.line_ids.sorted().mapped("why")
        )
        self.assertEqual(sum(float(row[7]) for row in rows[1:]), 434.0)

    def test_a_reason_is_no_formula(self):
        self.make_approved()
        self.env["aftersales.settlement.line"]._unguarded().create(
            {
                "kind": "manual",
                "station_id": self.station_north.id,
                "currency_id": self.company.currency_id.id,
                "amount": -1.0,
                "reason": "=HYPERLINK(1)",
            }
        )
        text = self.settle()._make_file("csv").decode("utf-8-sig")
        self.assertIn("'=HYPERLINK(1)", text)

    def test_tax_of_the_rate_card_is_on_its_lines(self):
        tax = self.env["account.tax"].create(
            {
                "name": "Nine",
                "amount": 9.0,
                "type_tax_use": "purchase",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        self.rate_card.tax_ids = tax
        self.make_approved()
        self.env["aftersales.settlement.line"]._unguarded().create(
            {
                "kind": "manual",
                "station_id": self.station_north.id,
                "currency_id": self.company.currency_id.id,
                "amount": -34.0,
                "reason": "Advance",
            }
        )
        sheet = self.settle()
        sheet._send()
        sheet._confirm()
        sheet._bill()
        lines = sheet.bill_id.invoice_line_ids
        self.assertEqual(lines[:3].tax_ids, tax)
        self.assertFalse(lines[3].tax_ids)
        self.assertEqual(sheet.bill_id.amount_total, 439.06)

    def test_links_lead_from_the_bill_to_the_job(self):
        sheet = self._billed()
        found = self.env["aftersales.settlement.line"]
        for line in sheet.bill_id.invoice_line_ids:
            action = line.with_user(self.accountant).action_view_settlement_lines()
            rows = found.search(action["domain"])
            self.assertEqual(sum(rows.mapped("amount")), line.price_subtotal)
            found |= rows
        self.assertEqual(found, sheet.line_ids)
        claim = found[0].action_view_claim()
        self.assertEqual(claim["res_id"], found[0].claim_id.id)
        job = found[0].action_view_work_order()
        self.assertEqual(job["res_id"], found[0].claim_id.work_order_id.id)


@tagged("post_install", "-at_install")
class TestPortalInvoice(OwnInvoiceCase, HttpCase):
    """The station hands its invoice in and takes its sheet home."""

    def setUp(self):
        super().setUp()
        self.sheet = self.make_waiting()
        self.url = f"/my/settlements/{self.sheet.id}"
        self.authenticate(self.station_north_user.login, self.station_north_user.login)

    def _hand_in(self, amount, number="F 7"):
        # As the page's form does it.
        token = Request.csrf_token(self)
        data = {"number": number, "date": fields.Date.to_string(self.today)}
        return self.url_open(
            f"{self.url}/invoice", data={**data, "amount": amount, "csrf_token": token}
        )

    def test_station_hands_in_its_invoice(self):
        self.assertIn("/invoice", self.url_open(self.url).text)
        self.assertIn("matches the settlement", self._hand_in("434.00").text)
        self.assertEqual(self.sheet.invoice_number, "F 7")
        self.assertNotIn("/invoice", self.url_open(self.url).text)

    def test_a_wrong_amount_is_told_and_nothing_is_lost(self):
        for amount in ("433.99", "1e3", "-434", "x", ""):
            page = self._hand_in(amount)
            self.assertIn("same to the cent", page.text)
            self.assertIn("F 7", page.text)
        self.assertFalse(self.sheet.invoice_number)

    def test_another_station_hands_in_nothing(self):
        self.authenticate(self.station_south_user.login, self.station_south_user.login)
        self._hand_in("434.00")
        self.assertFalse(self.sheet.invoice_number)
        response = self.url_open(f"{self.url}/sheet.csv")
        self.assertNotIn(self.sheet.name, response.text)

    def test_station_takes_its_sheet_home(self):
        response = self.url_open(f"{self.url}/sheet.csv")
        self.assertIn("text/csv", response.headers["Content-Type"])
        self.assertIn(self.sheet.name, response.content.decode("utf-8-sig"))
        response = self.url_open(f"{self.url}/sheet.exe")
        self.assertNotIn("Content-Disposition", response.headers)

    def test_lines_lead_to_their_claims(self):
        claim = self.sheet.line_ids.claim_id
        self.assertIn(f'href="{claim.access_url}"', self.url_open(self.url).text)
        self.assertIn(claim.name, self.url_open(claim.access_url).text)
