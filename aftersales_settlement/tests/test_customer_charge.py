import pytz

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


class ChargeCase(SettlementCase):
    """A maker who earns chargeable repairs, with the accounts to invoice them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.receivable, cls.income = cls.env["account.account"].create(
            [
                {
                    "name": "Receivable",
                    "code": "T110",
                    "account_type": "asset_receivable",
                    "reconcile": True,
                },
                {"name": "Service income", "code": "T400", "account_type": "income"},
            ]
        )
        cls.env["ir.default"].set(
            "res.partner",
            "property_account_receivable_id",
            cls.receivable.id,
            company_id=cls.company.id,
        )
        cls.env["account.journal"].create(
            [
                {
                    "name": "Service invoices",
                    "code": "TSRV",
                    "type": "sale",
                    "default_account_id": cls.income.id,
                },
                {"name": "Entries", "code": "TENT", "type": "general"},
            ]
        )
        cls.rule = cls.env["aftersales.charge.rule"].create({"earner": "maker"})


@tagged("post_install", "-at_install")
class TestCustomerCharge(ChargeCase):
    """Chargeable work: who earns it, its invoice, and the cash stations hold."""

    def _balance(self, account, partner=None):
        lines = self.env["account.move.line"].search(
            [
                ("account_id", "=", account.id),
                ("parent_state", "=", "posted"),
                *([("partner_id", "=", partner.id)] if partner else []),
            ]
        )
        return sum(lines.mapped("balance"))

    def test_done_job_keeps_what_was_asked(self):
        order = self.make_done_order(
            result="chargeable",
            charge_line_ids=[
                Command.create({"amount": 120.0}),
                Command.create({"amount": 30.0, "is_collected": False}),
            ],
        )
        order._write_guarded({"state": "reported", "done_at": False})
        order._finish()
        charge = order.customer_charge_ids
        self.assertEqual((charge.amount, charge.collected_amount), (150.0, 120.0))
        self.assertEqual(charge.partner_id, order.ticket_id.partner_id)
        self.assertEqual(charge.state, "to_invoice")

    def test_a_rule_without_a_type_says_so(self):
        self.assertEqual(self.rule.type_text, "Every other type")
        self.assertEqual(self.rule.display_name, "Every other type: We")

    def test_a_job_without_charges_has_none(self):
        order = self.make_done_order()
        self.assertFalse(self.env["aftersales.customer.charge"]._keep(order))

    def test_without_a_rule_the_station_keeps_it(self):
        self.rule.unlink()
        charge = self.make_charge()
        self.assertEqual(charge.state, "kept")
        self.assertNotIn(charge, charge.search(charge._get_to_invoice_domain()))
        with self.assertRaises(UserError):
            charge.with_user(self.manager).action_invoice()

    def test_charges_are_kept_once(self):
        charge = self.make_charge()
        again = charge._keep(charge.work_order_id)
        self.assertFalse(again)
        with self.assert_index_refuses("work_order_uniq"):
            charge.create(charge.copy_data())

    def test_invoice_has_each_charge(self):
        charge = self.make_charge(amounts=((120.0, False), (30.0, False)))
        charge.with_user(self.manager).action_invoice()
        invoice = charge.invoice_id
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.amount_total, 150.0)
        self.assertEqual(len(invoice.invoice_line_ids), 2)
        self.assertEqual(invoice.partner_id, charge.partner_id)
        self.assertEqual(charge.state, "invoiced")
        self.assertFalse(charge.settlement_line_ids)

    def test_invoice_is_due_on_its_own_day_wherever_the_company_is(self):
        far = -12 if fields.Datetime.now().hour < 10 else 14
        zone = pytz.timezone(f"Etc/GMT{-far:+d}")
        self.patch(type(self.company), "_get_service_zone", lambda company: zone)
        charge = self.make_charge()
        charge._invoice()
        invoice = charge.invoice_id
        self.assertNotEqual(invoice.invoice_date, fields.Date.today())
        self.assertEqual(invoice.invoice_date_due, invoice.invoice_date)

    def test_a_second_click_makes_no_second_invoice(self):
        charge = self.make_charge()
        charge._invoice()
        with self.assertRaisesRegex(UserError, "invoiced already"):
            charge._invoice()

    def test_cash_pays_the_invoice_and_waits_for_the_next_sheet(self):
        charge = self.make_charge(amounts=((120.0, True), (30.0, False)))
        charge._invoice()
        self.assertEqual(charge.invoice_id.amount_residual, 30.0)
        line = charge.settlement_line_ids
        self.assertEqual((line.kind, line.amount), ("cash", -120.0))
        self.assertEqual(line.why.count(charge.invoice_id.name), 1)
        self.assertEqual(self._balance(self.company.station_cash_account_id), 120.0)

    def test_cash_that_pays_everything(self):
        charge = self.make_charge(amounts=((120.0, True),))
        charge._invoice()
        self.assertEqual(charge.state, "paid")
        self.assertEqual(charge.invoice_id.amount_residual, 0.0)

    def test_the_bill_returns_the_cash(self):
        """The sheet takes the cash off; nothing stays on the account of cash."""
        charge = self.make_charge(amounts=((50.0, True),))
        charge._invoice()
        sheet = self.make_confirmed()
        self.assertIn(charge.settlement_line_ids, sheet.line_ids)
        sheet._bill()
        sheet._check_balance()
        self.assertEqual(self._balance(self.company.station_cash_account_id), 0.0)
        self.assertEqual(
            self._balance(self.expense), sheet.amount_total + 50.0, "cash is no cost"
        )

    def test_cash_of_an_own_team_is_no_settlement(self):
        self.station_north.is_internal_team = True
        charge = self.make_charge()
        charge._invoice()
        self.assertFalse(charge.settlement_line_ids)
        self.assertEqual(charge.state, "invoiced")

    def test_cash_comes_once(self):
        charge = self.make_charge()
        charge._invoice()
        line = charge.settlement_line_ids
        with self.assert_index_refuses("cash_once"):
            line._unguarded().create(charge._prepare_cash_line_vals())

    def test_state_follows_the_invoice(self):
        charge = self.make_charge(amounts=((120.0, False),))
        charge._invoice()
        charge.invoice_id._reverse_moves(cancel=True)
        self.assertEqual(charge.state, "reversed")

    def test_a_cancelled_invoice_is_made_again(self):
        charge = self.make_charge(amounts=((120.0, False),))
        charge._invoice()
        first = charge.invoice_id
        first.button_draft()
        first.button_cancel()
        self.assertEqual(charge.state, "to_invoice")
        charge._invoice()
        self.assertNotEqual(charge.invoice_id, first)

    def test_what_cannot_be_invoiced_says_why(self):
        good, bad = self.make_charge(), self.make_charge()
        bad.partner_id = False
        (good | bad)._invoice_or_tell()
        self.assertTrue(good.invoice_id)
        self.assertFalse(bad.invoice_id)
        self.assertIn("names no customer", bad.invoice_error)

    def test_cron_invoices_what_is_open(self):
        charge = self.make_charge()
        with self.enter_registry_test_mode():
            self.env.ref(
                "aftersales_settlement.ir_cron_customer_charge_invoice"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertEqual(charge.state, "paid")

    def test_an_invoiced_job_is_not_returned(self):
        charge = self.make_charge()
        charge._invoice()
        with self.assertRaisesRegex(UserError, "take it back first"):
            charge.work_order_id._return_to_station("Wrong")

    def test_a_returned_job_asks_anew(self):
        charge = self.make_charge()
        order = charge.work_order_id
        order._return_to_station("Wrong")
        self.assertFalse(charge.exists())
        order.charge_line_ids.amount = 80.0
        order._submit_report()
        self.assertEqual(order.customer_charge_ids.amount, 80.0)

    def test_customers_pay_what_they_were_asked(self):
        """The tax of a rule lies within the amount."""
        tax = self.env["account.tax"].create(
            {
                "name": "13 % included",
                "amount": 13.0,
                "type_tax_use": "sale",
                "price_include_override": "tax_included",
            }
        )
        self.rule.tax_ids = tax
        charge = self.make_charge(amounts=((113.0, False),))
        charge._invoice()
        self.assertEqual(charge.invoice_id.amount_total, 113.0)
        self.assertEqual(charge.invoice_id.amount_untaxed, 100.0)

    def test_the_station_is_paid_for_what_we_earn(self):
        charge = self.make_charge()
        claim = charge.work_order_id._make_claims()
        self.assertTrue(claim.is_chargeable)
        self.assertTrue(claim.amount)
        claim._audit()
        self.assertNotIn("not_covered", claim.finding_ids.mapped("code"))

    def test_the_station_is_not_paid_for_what_it_keeps(self):
        self.rule.earner = "station"
        charge = self.make_charge()
        self.assertFalse(charge.work_order_id._make_claims())

    def test_only_accountants_and_managers_invoice(self):
        charge = self.make_charge()
        self.assertTrue(charge.with_user(self.accountant).can_invoice)
        self.assertFalse(charge.with_user(self.auditor).can_invoice)
        with self.assertRaises(UserError):
            charge.with_user(self.auditor).action_invoice()

    def test_margin_is_income_less_what_the_job_cost(self):
        charge = self.make_charge(amounts=((500.0, False),))
        claim = charge.work_order_id._make_claims()
        Report = self.env["aftersales.paid.service.report"]
        row = Report.browse(charge.id)
        self.assertEqual((row.asked, row.income, row.margin), (500.0, 0.0, 0.0))
        charge._invoice()
        self.approve(claim)
        self.env.flush_all()
        row.invalidate_recordset()
        self.assertEqual(row.income, 500.0)
        self.assertEqual(row.station_cost, claim.approved_amount)
        self.assertEqual(row.margin, 500.0 - claim.approved_amount)
        credit = charge.invoice_id._reverse_moves(cancel=True)
        self.assertEqual(credit.state, "posted")
        self.env.flush_all()
        row.invalidate_recordset()
        self.assertEqual(row.income, 0.0)

    def test_claims_in_another_currency_cost_what_they_are_worth(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.env["res.currency.rate"].search(
            [("currency_id", "in", (euro | self.company.currency_id).ids)]
        ).unlink()
        self.env["res.currency.rate"].create(
            {"currency_id": euro.id, "rate": 0.5, "name": "2020-01-01"}
        )
        self.rate_card.currency_id = euro
        charge = self.make_charge()
        claim = self.approve(charge.work_order_id._make_claims())
        self.env.flush_all()
        row = self.env["aftersales.paid.service.report"].browse(charge.id)
        self.assertEqual(claim.currency_id, euro)
        self.assertEqual(row.station_cost, 2 * claim.approved_amount)

    def test_facts_are_read_for_all_jobs_at_once(self):
        one, many = self.count_queries(
            lambda count: self.make_many(
                count,
                lambda: self.make_done_order(
                    result="chargeable",
                    charge_line_ids=[Command.create({"amount": 10.0})],
                ),
            ),
            self.env["aftersales.customer.charge"]._keep,
        )
        self.assertEqual(one, many)
