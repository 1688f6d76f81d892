from datetime import date

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import BaseCase, tagged

from ..tools.extended_warranty import Term, extend
from .test_customer_charge import ChargeCase


@tagged("post_install", "-at_install")
class TestExtendedWarrantyRule(BaseCase):
    """Which days the months a customer bought are."""

    CASES = (
        ("no warranty known", None, 12, date(2026, 3, 10), date(2027, 3, 9)),
        ("over", date(2026, 3, 9), 12, date(2026, 3, 10), date(2027, 3, 9)),
        ("ends today", date(2026, 3, 10), 12, date(2026, 3, 11), date(2027, 3, 10)),
        ("runs on", date(2026, 8, 31), 6, date(2026, 9, 1), date(2027, 2, 28)),
    )

    def test_days(self):
        for name, end, months, first, last in self.CASES:
            with self.subTest(name):
                term = extend(date(2026, 3, 10), end, months)
                self.assertEqual(term, Term(first=first, last=last))

    def test_no_months_are_no_extension(self):
        with self.assertRaises(ValueError):
            extend(date(2026, 3, 10), None, 0)


@tagged("post_install", "-at_install")
class TestExtendedWarranty(ChargeCase):
    """A posted invoice line grants the warranty it sells."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product = cls.env["product.product"].create(
            {
                "name": "Two more years",
                "type": "service",
                "extended_warranty_months": 24,
                "list_price": 300.0,
                "taxes_id": False,
            }
        )
        cls.unit = cls.make_unit("EXT-1", owner=cls.customer_north)

    def _make_invoice(self, units=None, **vals):
        units = self.unit if units is None else units
        return self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer_north.id,
                "invoice_date": date(2026, 3, 10),
                "invoice_line_ids": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "unit_id": unit.id,
                            "tax_ids": False,
                            **vals,
                        }
                    )
                    for unit in units
                ],
            }
        )

    def _coverages(self, unit=None):
        return self.env["aftersales.warranty.coverage"].search(
            [("unit_id", "=", (unit or self.unit).id), ("kind", "=", "extended")]
        )

    def test_posting_grants(self):
        end = self.unit._get_warranty_ends().get(self.unit.id)
        invoice = self._make_invoice()
        self.assertFalse(self._coverages())
        invoice.with_user(self.accountant).action_post()
        coverage = self._coverages()
        self.assertEqual(coverage.state, "granted")
        self.assertEqual(coverage.reference, invoice.name)
        term = extend(invoice.invoice_date, end, 24)
        self.assertEqual(coverage.valid_from, term.first)
        self.assertEqual(coverage.valid_to, term.last)
        self.unit.invalidate_recordset()
        self.assertEqual(self.unit.warranty_end, term.last)

    def test_months_sold_together_follow_each_other(self):
        invoice = self._make_invoice([self.unit, self.unit])
        invoice.action_post()
        first, second = self._coverages().sorted("valid_from")
        self.assertEqual((second.valid_from - first.valid_to).days, 1)

    def test_a_line_names_one_machine(self):
        nothing = self.env["stock.lot"]
        for invoice in (
            self._make_invoice([nothing]),
            self._make_invoice(quantity=2.0),
        ):
            with self.assertRaisesRegex(UserError, "Name the machine"):
                invoice.action_post()

    def test_the_column_shows_where_it_is_needed(self):
        invoice = self._make_invoice()
        self.assertTrue(invoice.sells_warranty)
        self.product.extended_warranty_months = 0
        self.assertFalse(invoice.sells_warranty)

    def test_other_products_ask_for_nothing(self):
        self.product.extended_warranty_months = 0
        self._make_invoice([self.env["stock.lot"]]).action_post()
        self.assertFalse(self._coverages())

    def test_taken_back_to_draft_ends_and_posted_again_grants_anew(self):
        invoice = self._make_invoice()
        invoice.action_post()
        invoice.button_draft()
        self.assertEqual(self._coverages().state, "ended")
        invoice.action_post()
        states = self._coverages().mapped("state")
        self.assertEqual(sorted(states), ["ended", "granted"])

    def test_a_credit_note_ends_it(self):
        other = self.make_unit("EXT-2", owner=self.customer_north)
        invoice = self._make_invoice([self.unit, other])
        invoice.action_post()
        credit = invoice._reverse_moves([{"invoice_date": date(2026, 4, 1)}])
        credit.invoice_line_ids.filtered(lambda line: line.unit_id == other).unlink()
        credit.action_post()
        self.assertEqual(self._coverages().state, "ended")
        self.assertIn(credit.name, self._coverages().ended_reason)
        self.assertEqual(self._coverages(other).state, "granted")

    def test_granted_once(self):
        self._make_invoice().action_post()
        with self.assert_index_refuses("invoice_line_once"):
            copies = self._coverages().sudo().copy()
            copies._write_guarded(
                {
                    "state": "granted",
                    "invoice_line_id": self._coverages().invoice_line_id[:1].id,
                }
            )
            self.env.flush_all()
