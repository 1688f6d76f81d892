from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import SettlementCase


@tagged("post_install", "-at_install")
class TestRebate(SettlementCase):
    """A rebate comes with the last sheet of its period, once, and explains itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rebate = cls.make_rebate()

    @classmethod
    def make_rebate(cls, **vals):
        """Ten percent of a month's claims from 400 on."""
        tier = {"minimum": 400.0, "percent": 10.0}
        return cls.env["aftersales.rebate"].create(
            {
                "name": "Volume",
                "period_length": "month",
                "tier_ids": [Command.create(tier)],
                **vals,
            }
        )

    def _rebates(self, station=None):
        return self.env["aftersales.settlement.line"].search(
            [
                ("kind", "=", "rebate"),
                ("station_id", "=", (station or self.station_north).id),
            ]
        )

    def test_the_sheet_pays_what_the_month_earned(self):
        sheet = self.make_sheet()
        self.assertEqual(self._rebates().amount, 43.4)
        self.assertEqual(self._rebates().settlement_id, sheet)
        self.assertEqual(sheet.amount_total, 477.4)
        self.assertIn("10 %", self._rebates().why)
        self.assertIn("Volume", self._rebates().why)
        self.assertFalse(sheet._verify())

    def test_it_is_made_once(self):
        self.make_sheet()
        self.settle()
        self.make_approved()
        self.settle()
        self.assertEqual(len(self._rebates()), 1)
        line = self._rebates()
        with self.assert_index_refuses("rebate_once"):
            line.browse()._unguarded().create(
                {
                    "kind": "rebate",
                    "rebate_id": self.rebate.id,
                    "rebate_start": line.rebate_start,
                    "station_id": self.station_north.id,
                    "currency_id": line.currency_id.id,
                    "amount": 1.0,
                }
            )

    def test_computing_again_counts_again(self):
        sheet = self.make_sheet()
        self.make_approved()
        self.settle()
        self.assertEqual(self._rebates().amount, 43.4)
        sheet.with_user(self.manager).action_compute()
        self.assertEqual(self._rebates().amount, 86.8)
        self.assertEqual(sheet.amount_total, 954.8)
        self.rebate.tier_ids.minimum = 5000.0
        sheet.with_user(self.manager).action_compute()
        self.assertFalse(self._rebates())
        self.assertEqual(sheet.amount_total, 868.0)

    def test_a_confirmed_rebate_stays(self):
        sheet = self.make_confirmed()
        self.rebate.tier_ids.percent = 50.0
        self.make_approved()
        later = (self.month + timedelta(days=40)).replace(day=1)
        self.settle(month=later)
        self.assertEqual(self._rebates().amount, 43.4)
        self.assertFalse(sheet._verify())
        sheet._bill()
        self.assertEqual(sheet.bill_id.amount_untaxed, 477.4)

    def test_a_disputed_rebate_waits_for_the_manager(self):
        self.make_sent()
        line = self._rebates()
        line._dispute("Count again")
        self.assertTrue(line.is_held)
        self.make_approved(self.station_south)
        self.settle(self.station_south)
        self.assertEqual(self._rebates(), line)

    def test_only_whom_it_is_for(self):
        for vals, earns in (
            ({"grade": "a"}, False),
            ({"territory_id": self.south.id}, False),
            ({"valid_from": self.month + timedelta(days=40)}, False),
            ({"valid_to": self.month}, False),
            ({"active": False}, False),
            ({"territory_id": self.north.id}, True),
        ):
            self.rebate.write(
                {
                    "grade": False,
                    "territory_id": False,
                    "valid_from": False,
                    "valid_to": False,
                    "active": True,
                    **vals,
                }
            )
            earned = self._earn_of_a_new_claim()
            with self.subTest(vals=vals):
                self.assertEqual(bool(earned), earns)

    def _earn_of_a_new_claim(self):
        self.make_approved()
        sheets = self.env["aftersales.settlement"]
        return sheets._earn(self.company, self.month, self.station_north)

    def test_jobs_installations_and_growth_are_counted(self):
        self.approve(self.make_installation_order()._make_claims())
        self.make_approved()
        stations, last = self.station_north, self.month + timedelta(days=27)
        self.rebate.measure = "jobs"
        facts = self.rebate._prepare_facts(stations, self.month, last)
        self.assertEqual(facts[stations.id].measured, 2)
        self.assertEqual(facts[stations.id].claims, 734)
        self.rebate.measure = "installations"
        facts = self.rebate._prepare_facts(stations, self.month, last)
        self.assertEqual(facts[stations.id].measured, 1)
        self.rebate.basis = "growth"
        facts = self.rebate._prepare_facts(stations, self.month, last)
        self.assertEqual(facts[stations.id].before, 0)

    def test_a_quarter_is_paid_with_its_last_month(self):
        self.rebate.period_length = "year"
        sheets = self.env["aftersales.settlement"]
        due = self.env["aftersales.rebate"]._get_due
        december = self.month.replace(month=12)
        self.assertFalse(due(self.company, self.month.replace(month=11)))
        self.assertEqual(
            due(self.company, december)[self.rebate],
            (self.month.replace(month=1, day=1), december.replace(day=31)),
        )
        self.assertFalse(sheets._get_stations_to_settle(self.company, self.month))

    def test_a_station_with_nothing_else_gets_its_rebate(self):
        self.rebate.active = False
        sheet = self.make_confirmed()
        sheet._bill()
        self.rebate.active = True
        later = self.settle()
        self.assertFalse(later, "the sheet of the month is closed")
        self.assertFalse(self._rebates().settlement_id)
        self.assertEqual(self._rebates().amount, 43.4)

    def test_a_form_makes_one_and_equal_steps_are_refused(self):
        with Form(self.env["aftersales.rebate"].with_user(self.manager)) as form:
            form.name = "Target"
            form.basis = "target"
            form.target = 10
            form.measure = "jobs"
            for minimum in (80, 100):
                with form.tier_ids.new() as tier:
                    tier.minimum = minimum
                    tier.bonus = 5 * minimum
        self.assertEqual(len(form.record.tier_ids), 2)
        with self.assert_index_refuses("minimum_once"):
            form.record.tier_ids.minimum = 80
            self.env.flush_all()

    def test_only_managers_keep_rebates(self):
        with self.assertRaises(UserError):
            self.rebate.with_user(self.auditor).name = "Mine"

    def test_one_query_count_for_one_and_for_fifty_stations(self):
        def make(count):
            stations = self.env["res.partner"]
            for _number in range(count):
                station = self.make_station(f"Station {self._next()}", self.north)
                self.approve(self.make_small_order(station)._make_claims())
                stations |= station
            return stations

        self.rebate.tier_ids.minimum = 1.0
        one, many = self.count_queries(make, self.settle)
        self.assertEqual(one, many)
