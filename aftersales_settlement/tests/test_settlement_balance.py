from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestSettlementBalance(SettlementCase):
    """Lines, bill lines and what was posted are the same, looked at every night."""

    def _spoil(self, sheet):
        """Change a row beside the system, as nothing in it can."""
        self.is_tampered = True
        self.env.flush_all()
        self.cr.execute(
            "UPDATE aftersales_settlement_line SET amount = amount + 0.01"
            " WHERE id = %s",
            [sheet.line_ids[0].id],
        )
        self.env.invalidate_all()

    def _check(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("aftersales_settlement.ir_cron_settlement_check")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _billed(self):
        sheet = self.make_confirmed()
        sheet._bill()
        return sheet

    def test_a_sound_sheet_makes_no_noise(self):
        sheet = self._billed()
        self._check()
        self.assertFalse(sheet.activity_ids)
        sheet._check_balance()

    def test_a_cent_is_told_a_manager_once_naming_the_sheet(self):
        sheet = self._billed()
        self._spoil(sheet)
        self._check()
        self._check()
        activity = sheet.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.manager)
        self.assertIn(sheet.name, activity.summary)
        with self.assertRaises(UserError):
            sheet._check_balance()

    def test_a_changed_bill_is_found(self):
        sheet = self._billed()
        self.is_tampered = True
        sheet.bill_id.button_draft()
        sheet.bill_id.invoice_line_ids[0].price_unit += 1.0
        self._check()
        self.assertIn("does not balance", sheet.activity_ids.note)

    def test_a_draft_sheet_and_one_paid_long_ago_are_left(self):
        sheet = self._billed()
        sheet._write_guarded({"state": "paid"})
        self._spoil(sheet)
        self.cr.execute(
            "UPDATE aftersales_settlement SET write_date = '2020-01-01' WHERE id = %s",
            [sheet.id],
        )
        self._check()
        self.assertFalse(sheet.activity_ids)

    def test_a_hundred_sheets_cost_the_queries_of_one(self):
        def make(count):
            stations = self.env["res.partner"]
            for _number in range(count):
                station = self.make_station(f"Station {self._next()}", self.north)
                self.approve(self.make_small_order(station)._make_claims())
                stations |= station
            return self.settle(stations)

        def check(sheets):
            self.assertFalse(sheets._find_imbalances() | sheets._find_broken_seals())

        one, many = self.count_queries(make, check)
        self.assertEqual(one, many)
