from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import UniqueViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.models.followup import aftersales_followup_sale

from .test_followup import FollowupCase


@tagged("post_install", "-at_install")
class TestFollowupSale(FollowupCase):
    """A year after its sale a machine's owner is visited: once, by whom he knows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("aftersales_service.followup_rule_annual")
        cls.today = cls.env.company._get_today()
        cls.env["stock.lot"].search([("sale_date", "!=", False)]).sale_date = False
        cls.customer_north.user_id = cls.agent_north

    def sell(self, days_ago, number="1", **vals):
        return self.make_unit(
            f"SOLD-{number}",
            sale_date=self.today - timedelta(days=days_ago),
            **{"owner_id": self.customer_north.id, **vals},
        )

    def made(self):
        return self.env["aftersales.followup"]._create_for_sales(self.rule)

    def test_which_machines(self):
        for days_ago, is_due in (
            (350, False),
            (351, True),
            (365, True),
            (425, True),
            (426, False),
        ):
            with self.subTest(days_ago=days_ago):
                unit = self.sell(days_ago, days_ago)
                self.assertEqual(bool(self.made()), is_due)
                self.assertEqual(len(unit.followup_ids), is_due)

    def test_it_is_made_once_and_says_who_goes_where(self):
        unit = self.sell(360)
        followup = self.made()
        self.assertFalse(self.made())
        self.assertEqual(followup.due_date, unit.sale_date + timedelta(days=365))
        self.assertEqual(followup.user_id, self.agent_north)
        self.assertEqual(followup.partner_id, self.customer_north)
        self.assertEqual(followup.territory_id, unit.territory_id)
        self.assertEqual(followup.company_id, self.env.company)
        self.assertEqual(followup.product_id, unit.product_id)
        self.assertIn(unit.name, followup.display_name)
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            followup._unguarded().create(
                followup._prepare_sale_vals(self.rule, unit)
            ).flush_recordset()

    def test_nobody_is_asked_about_a_machine_nobody_owns(self):
        self.sell(360, owner_id=False)
        self.assertFalse(self.made())

    def test_the_border_holds(self):
        followup = self.sell(360) and self.made()
        for user, is_seen in ((self.agent_north, True), (self.agent_south, False)):
            found = followup.with_user(user).search([("id", "=", followup.id)])
            self.assertEqual(bool(found), is_seen, user.login)

    def test_a_bad_answer_opens_a_problem_sheet_about_the_machine(self):
        unit = self.sell(360)
        followup = self.made().with_user(self.agent_north)
        ref = self.env.ref
        followup.answers = {
            str(ref("aftersales_service.survey_annual_satisfaction").id): 1,
            str(ref("aftersales_service.survey_annual_solved").id): ref(
                "aftersales_service.survey_annual_solved_no"
            ).id,
        }
        followup.action_answer()
        sheet = followup.problem_ticket_id
        self.assertEqual(sheet.unit_id, unit)
        self.assertEqual(sheet.partner_id, self.customer_north)
        self.assertEqual(sheet.territory_id, unit.territory_id)

    def test_the_day_makes_them_by_batch(self):
        units = self.env["stock.lot"].union(*(self.sell(360, n) for n in range(3)))
        cron = self.registry["ir.cron"]
        with (
            patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")),
            patch.object(aftersales_followup_sale, "BATCH", 2),
        ):
            self.env["aftersales.followup"]._cron_create_for_sales()
        self.assertEqual(len(units.followup_ids), 3)

    def test_as_many_queries_for_one_as_for_thirty(self):
        def count(numbers):
            for number in numbers:
                self.sell(360, number)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.made()), len(numbers))
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(range(100, 101))
        self.assertEqual(count(range(1)), count(range(10, 40)))
