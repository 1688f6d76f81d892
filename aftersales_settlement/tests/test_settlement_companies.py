from odoo.fields import Command
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementCurrencies(SettlementCase):
    """A station has a sheet for each currency, billed in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.env.ref("base.EUR")
        if cls.foreign == cls.company.currency_id:
            cls.foreign = cls.env.ref("base.USD")
        cls.foreign.active = True
        cls.env["res.currency.rate"].create(
            {
                "currency_id": cls.foreign.id,
                "company_id": cls.company.id,
                "name": "2020-01-01",
                "rate": 0.8,
            }
        )

    def _settle_both(self):
        self.make_approved()
        self.rate_card.copy(
            {"name": "Abroad", "sequence": -1, "currency_id": self.foreign.id}
        )
        self.make_approved()
        return self.settle()

    def test_each_currency_has_its_sheet_and_its_bill(self):
        sheets = self._settle_both()
        self.assertEqual(sheets.currency_id, self.company.currency_id | self.foreign)
        self.assertEqual(sheets.mapped("amount_total"), [434.0, 434.0])
        sheets._send()
        sheets._confirm()
        sheets._bill()
        for sheet in sheets:
            self.assertEqual(sheet.bill_id.currency_id, sheet.currency_id)
            self.assertEqual(sheet.bill_id.amount_untaxed, 434.0)
            self.assertFalse(sheet._verify())
        abroad = sheets.filtered(lambda sheet: sheet.currency_id == self.foreign)
        self.assertEqual(abs(abroad.bill_id.amount_untaxed_signed), 434.0 / 0.8)

    def test_a_rebate_counts_its_own_currency(self):
        self.env["aftersales.rebate"].create(
            {
                "name": "Abroad",
                "period_length": "month",
                "currency_id": self.foreign.id,
                "tier_ids": [Command.create({"minimum": 1.0, "percent": 10.0})],
            }
        )
        sheets = self._settle_both()
        abroad = sheets.filtered(lambda sheet: sheet.currency_id == self.foreign)
        self.assertEqual(abroad.amount_total, 477.4)
        self.assertEqual((sheets - abroad).amount_total, 434.0)


@tagged("post_install", "-at_install")
class TestSettlementCompanies(SettlementCase):
    """Each company settles its own; another one's money is not seen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other maker"})

    def _move(self, claim):
        """Let the claim be one of the other company, as its job would make it."""
        self.env.flush_all()
        for table, column, ids in (
            ("aftersales_claim", "company_id", claim.ids),
            ("aftersales_claim_line", "company_id", claim.line_ids.ids),
        ):
            self.cr.execute(
                f"UPDATE {table} SET {column} = %s WHERE id = ANY(%s)",
                [self.other.id, ids],
            )
        self.env.invalidate_all()

    def test_each_company_settles_its_own(self):
        own, foreign = self.make_approved(), self.make_approved()
        self._move(foreign)
        sheet = self.settle()
        self.assertEqual(sheet.line_ids.claim_id, own)
        Sheet = self.env["aftersales.settlement"]
        found = Sheet._get_stations_to_settle(self.other, self.month)
        self.assertEqual(found, self.station_north)
        other = Sheet._settle(self.other, self.month, self.station_north)
        self.assertEqual(other.line_ids.claim_id, foreign)
        self.assertEqual(other.company_id, self.other)
        self.assertEqual((sheet | other).mapped("amount_total"), [434.0, 434.0])

    def test_a_run_of_one_company_leaves_the_other(self):
        foreign = self.make_approved()
        self._move(foreign)
        run = self.env["aftersales.run"]._start(
            "settlement", {"month": str(self.month)}, company_id=self.company.id
        )
        run._work_batch()
        self.assertEqual(run.state, "done")
        self.assertFalse(foreign.line_ids.settlement_id)

    def test_a_manager_of_one_company_sees_no_sheet_of_the_other(self):
        self._move(self.make_approved())
        Sheet = self.env["aftersales.settlement"]
        other = Sheet._settle(self.other, self.month, self.station_north)
        self.assertFalse(
            Sheet.with_user(self.manager).search([("id", "in", other.ids)])
        )

    def test_a_run_shows_how_far_it_is(self):
        self.approve(self.make_many(2, self.make_small_order)._make_claims())
        run = self.env["aftersales.run"]._start(
            "settlement", {"month": str(self.month)}, company_id=self.company.id
        )
        run._work_batch()
        self.assertEqual((run.state, run.progress), ("done", 100.0))
        action = run.action_open_results()
        sheets = self.env["aftersales.settlement"].search(action["domain"])
        self.assertEqual(sheets.station_id, self.station_north)
