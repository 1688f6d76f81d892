from datetime import timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestQualitySignal(AftersalesCase):
    """Early warning: one bad build month is told, once, and opens a case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.company._get_today()
        cls.builds = [
            cls.today.replace(day=1) - relativedelta(months=months)
            for months in range(8, 2, -1)
        ]
        cls.units = {build: cls._make_build(build) for build in cls.builds}
        cls.orders = cls._make_claims(
            [units[:1] for units in cls.units.values()], cls.component
        )
        cls.bad = cls.builds[-1]
        cls.Signal = cls.env["aftersales.quality.signal"]

    @classmethod
    def _make_build(cls, build, count=20):
        return cls.env["stock.lot"].create(
            [
                {
                    "name": f"Q{build:%Y%m}{number:03d}",
                    "product_id": cls.engine.id,
                    "owner_id": cls.customer_north.id,
                    "territory_id": cls.north.id,
                    "production_date": build,
                    "production_batch": f"{build:%Y%m}-1",
                    "installation_date": build + timedelta(days=20),
                }
                for number in range(count)
            ]
        )

    @classmethod
    def _make_claims(cls, groups, component, days_ago=10):
        """A done repair of each machine, told some days ago."""
        orders = cls.env["aftersales.work.order"]
        for unit in cls.env["stock.lot"].concat(*groups):
            ticket = cls.make_request(
                unit,
                received_at=fields.Datetime.now() - timedelta(days=days_ago),
            )
            orders |= cls.make_work_order(
                ticket, state="done", component_id=component.id
            )
        return orders

    def _run_night(self):
        cron = self.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")):
            self.Signal._cron_find()

    def test_a_bad_build_opens_one_case(self):
        self._make_claims([self.units[self.bad][1:12]], self.component)
        told = []
        self.patch(
            type(self.env["helpdesk.ticket"]),
            "_apply_quality_signal",
            lambda _ticket, signal: told.append(signal),
        )
        self._run_night()
        signal = self.Signal.search([])
        self.assertEqual(len(signal), 1)
        self.assertEqual(signal.production_month, self.bad)
        self.assertEqual(signal.product_id, self.engine)
        self.assertEqual(signal.component_id, self.component)
        self.assertEqual(signal.claim_count, 12)
        self.assertLess(signal.expected_count, 3)
        case = signal.ticket_id
        self.assertEqual(
            case.request_type_id,
            self.env.ref("aftersales_service.request_type_problem"),
        )
        self.assertEqual(case.territory_id, self.hq)
        self.assertEqual(case.product_id, self.engine)
        self.assertIn("12", case.description)
        self.assertEqual(
            told,
            [
                {
                    "reason": case.name,
                    "component_id": self.component.id,
                    "product_id": self.engine.id,
                    "production_batch": f"{self.bad:%Y%m}-1",
                }
            ],
        )

    def test_a_signal_is_told_once(self):
        self._make_claims([self.units[self.bad][1:12]], self.component)
        self._run_night()
        self._make_claims([self.units[self.bad][12:]], self.component)
        self._run_night()
        self.assertEqual(self.Signal.search_count([]), 1)

    def test_what_is_no_signal(self):
        table = {
            "few": (self.units[self.bad][1:4], self.component, 10),
            "ceased": (self.units[self.builds[2]][1:12], self.component, 90),
        }
        for name, (units, component, days) in table.items():
            with self.subTest(name):
                self._make_claims([units], component, days)
                if days > 60:
                    self.orders.ticket_id.write(
                        {"received_at": fields.Datetime.now() - timedelta(days=days)}
                    )
                self._run_night()
                self.assertFalse(self.Signal.search([]))

    def test_open_jobs_installations_and_void_machines_do_not_count(self):
        orders = self._make_claims([self.units[self.bad][1:12]], self.component)
        facts = self._count(self.bad)
        self.assertEqual(facts, 12)
        orders[0]._unguarded().state = "accepted"
        orders[1].ticket_id.request_type_id = self.env[
            "aftersales.request.type"
        ].search([("is_installation", "=", True)], limit=1)
        orders[2].unit_id.void_reason = "copied"
        self.assertEqual(self._count(self.bad), 9)

    def _count(self, build):
        company = self.env.company
        _exposures, claims = self.Signal._prepare_control_facts(
            company, company._prepare_control_policy()
        )
        facts = claims[self.engine.id, self.component.id]
        return sum(facts[build.year * 12 + build.month - 1]["claims"].values())

    def test_one_statement_whatever_the_number_of_machines(self):
        company = self.env.company
        policy = company._prepare_control_policy()
        self.Signal._prepare_control_facts(company, policy)
        with self.assertQueryCount(1):
            self.Signal._prepare_control_facts(company, policy)

    def test_the_policy_is_the_companys(self):
        self._make_claims([self.units[self.bad][1:12]], self.component)
        self.env.company.quality_min_claims = 13
        self._run_night()
        self.assertFalse(self.Signal.search([]))
        self.env.company.quality_min_claims = 12
        self._run_night()
        self.assertTrue(self.Signal.search([]))

    def test_quality_and_headquarters_see_it_offices_do_not(self):
        self._make_claims([self.units[self.bad][1:12]], self.component)
        self._run_night()
        for user, count in (
            (self.quality, 1),
            (self.headquarters, 1),
            (self.office_north, 0),
        ):
            with self.subTest(user=user.login):
                signals = self.Signal.with_user(user).search([])
                self.assertEqual(len(signals), count)
        action = self.Signal.with_user(self.quality).search([]).action_open_case()
        self.assertEqual(action["res_model"], "helpdesk.ticket")
