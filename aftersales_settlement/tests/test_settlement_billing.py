from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementBilling(SettlementCase):
    """A confirmed sheet becomes a posted bill of the same amount; its state follows."""

    def _pay(self, bill):
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"journal_id": self.bank.id})
        )
        return wizard._create_payments()

    def test_bill_is_posted_in_the_self_billing_journal(self):
        sheet = self.make_confirmed()
        sheet.with_user(self.manager).action_bill()
        bill = sheet.bill_id
        self.assertEqual(sheet.state, "billed")
        self.assertEqual((bill.state, bill.move_type), ("posted", "in_invoice"))
        self.assertTrue(bill.journal_id.is_self_billing)
        self.assertEqual(bill.partner_id, self.station_north)
        self.assertEqual(bill.ref, sheet.name)

    def test_bill_has_one_line_per_kind_and_balances(self):
        sheet = self.make_confirmed(self.make_done_order(), self.make_done_order())
        sheet._bill()
        lines = sheet.bill_id.invoice_line_ids
        self.assertEqual(sorted(lines.mapped("price_subtotal")), [90.0, 378.0, 400.0])
        self.assertEqual(sheet.bill_id.amount_untaxed, 868.0)
        sheet._check_balance()

    def test_cost_is_the_journals_whatever_else_the_station_sends_bills_for(self):
        rent = self.expense.copy({"name": "Rent", "code": "S690"})
        others = self.env["account.move"].create(
            [
                {
                    "move_type": "in_invoice",
                    "partner_id": self.station_north.id,
                    "invoice_date": self.company._get_today(),
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Rent", "price_unit": 9.0, "account_id": rent.id}
                        )
                    ],
                }
                for _number in range(2)
            ]
        )
        others.action_post()
        sheet = self.make_confirmed()
        sheet._bill()
        accounts = sheet.bill_id.invoice_line_ids.account_id
        self.assertEqual(
            accounts, self.company.settlement_journal_id.default_account_id
        )

    def test_imbalance_is_refused(self):
        sheet = self.make_confirmed()
        self.company.settlement_tax_ids = self.env["account.tax"].create(
            {
                "name": "Included",
                "amount": 6.0,
                "type_tax_use": "purchase",
                "price_include_override": "tax_included",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        with self.assertRaises(UserError), self.cr.savepoint():
            sheet._bill()

    def test_tax_comes_on_top(self):
        self.company.settlement_tax_ids = self.env["account.tax"].create(
            {
                "name": "Six",
                "amount": 6.0,
                "type_tax_use": "purchase",
                "country_id": self.company.account_fiscal_country_id.id,
            }
        )
        sheet = self.make_confirmed()
        sheet._bill()
        self.assertEqual(sheet.bill_id.amount_untaxed, 434.0)
        self.assertEqual(sheet.bill_id.amount_total, 460.04)

    def test_negative_sheet_becomes_a_credit_note(self):
        self.make_approved()
        self.env["aftersales.settlement.line"]._unguarded().create(
            {
                "kind": "manual",
                "station_id": self.station_north.id,
                "currency_id": self.company.currency_id.id,
                "amount": -500.0,
                "reason": "Advance",
            }
        )
        sheet = self.settle()
        sheet._send()
        sheet._confirm()
        sheet._bill()
        self.assertEqual(sheet.amount_total, -66.0)
        self.assertEqual(sheet.bill_id.move_type, "in_refund")
        self.assertEqual(sheet.bill_id.amount_untaxed, 66.0)
        sheet._check_balance()

    def test_payment_makes_it_paid_and_undoing_billed(self):
        sheet = self.make_confirmed()
        sheet._bill()
        payments = self._pay(sheet.bill_id)
        self.assertEqual(sheet.state, "paid")
        payments.action_cancel()
        self.assertEqual(sheet.state, "billed")
        self._pay(sheet.bill_id)
        self.assertEqual(sheet.state, "paid")
        sheet.bill_id.line_ids.remove_move_reconcile()
        self.assertEqual(sheet.state, "billed")

    def test_cancelled_bill_makes_it_confirmed_and_billable_again(self):
        sheet = self.make_confirmed()
        sheet._bill()
        first = sheet.bill_id
        first.button_cancel()
        self.assertEqual(sheet.state, "confirmed")
        self.assertTrue(sheet.with_user(self.manager).can_bill)
        sheet._bill()
        self.assertNotEqual(sheet.bill_id, first)
        self.assertEqual(sheet.state, "billed")
        self.assertEqual(sheet.chain_number, 1)

    def test_bill_set_to_draft_and_posted_again(self):
        sheet = self.make_confirmed()
        sheet._bill()
        sheet.bill_id.button_draft()
        self.assertEqual(sheet.state, "confirmed")
        with self.assertRaises(UserError):
            sheet._bill()
        sheet.bill_id.action_post()
        self.assertEqual(sheet.state, "billed")

    def test_reversed_bill_makes_it_confirmed(self):
        sheet = self.make_confirmed()
        sheet._bill()
        sheet.bill_id._reverse_moves(
            [{"invoice_date": fields.Date.today()}], cancel=True
        )
        self.assertEqual(sheet.state, "confirmed")
        self.assertTrue(sheet._is_billable())

    def test_only_confirmed_sheets_are_billed(self):
        self.is_tampered = True
        for state in ("draft", "computed", "sent", "billed", "paid"):
            sheet = self.make_confirmed()
            sheet._write_guarded({"state": state, "period_start": "2020-01-01"})
            with self.subTest(state=state), self.assertRaises(UserError):
                sheet._bill()
            sheet._write_guarded({"station_id": self.make_station("S", self.north).id})

    def test_sealed_sheets_are_chained(self):
        first = self.make_confirmed()
        first._bill()
        claim = self.make_approved(self.station_south)
        second = self.settle(self.station_south)
        second._send()
        second._confirm()
        second._bill()
        self.assertEqual(claim.state, "settled")
        self.assertEqual(second.chain_number, first.chain_number + 1)
        self.assertNotEqual(second.chain_seal, second.seal)

    def test_cron_bills_and_names_what_it_cannot(self):
        good = self.make_confirmed()
        self.make_approved(self.station_south)
        bad = self.settle(self.station_south)
        bad._send()
        bad._confirm()
        self.env.flush_all()
        self.is_tampered = True
        self.cr.execute(
            "UPDATE aftersales_settlement SET seal = %s WHERE id = %s",
            ["0" * 64, bad.id],
        )
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            cron = self.env.ref("aftersales_settlement.ir_cron_settlement_bill")
            cron.method_direct_trigger()
        self.assertEqual((good.state, bad.state), ("billed", "confirmed"))
        self.assertIn(bad.name, bad.billing_error)

    def test_station_finds_the_bill_among_its_own(self):
        sheet = self.make_confirmed()
        sheet._bill()
        Move = self.env["account.move"]
        found = Move.with_user(self.station_north_user).search([])
        self.assertEqual(found, sheet.bill_id)
        self.assertFalse(Move.with_user(self.station_south_user).search([]))

    def test_a_journal_is_made_where_there_is_none(self):
        self.company.settlement_journal_id = False
        self.journal.is_self_billing = False
        self.company.expense_account_id = self.expense
        journal = self.company._get_settlement_journal()
        self.assertTrue(journal.is_self_billing)
        self.assertEqual(self.company.settlement_journal_id, journal)

    def test_self_billed_bill_may_be_sent(self):
        sheet = self.make_confirmed()
        sheet._bill()
        Send = self.env["account.move.send"]
        self.assertFalse(Send._get_move_constraints(sheet.bill_id))

    def test_accountant_sees_the_sheet_of_a_bill(self):
        sheet = self.make_confirmed()
        sheet._bill()
        bill = sheet.bill_id.with_user(self.accountant)
        self.assertEqual(bill.settlement_ids, sheet)
        self.assertEqual(bill.settlement_ids.line_ids.mapped("kind"), ["claim"] * 3)

    def test_two_sheets_are_billed_at_once(self):
        first = self.make_confirmed()
        self.make_approved(self.station_south)
        second = self.settle(self.station_south)
        second._send()
        second._confirm()
        (first | second)._bill()
        self.assertEqual((first | second).mapped("state"), ["billed", "billed"])
        self.assertNotEqual(first.bill_id, second.bill_id)

    def test_an_empty_sheet_is_closed_without_a_bill(self):
        sheet = self.make_sent()
        sheet.line_ids._dispute("All wrong")
        sheet._confirm()
        sheet._bill()
        self.assertEqual((sheet.state, sheet.bill_id.id), ("paid", False))

    def test_self_billing_journal_numbers_per_station(self):
        sheet = self.make_confirmed()
        sheet._bill()
        self.assertIn(str(self.station_north.id), sheet.bill_id.name)
        self.assertEqual(sheet.bill_id.invoice_line_ids.tax_ids.ids, [])
