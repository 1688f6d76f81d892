from datetime import date

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import AftersalesCase

LATE = "2026-05-15 20:00:00"
"""In UTC; it is the next morning where the company works."""
YESTERDAY, TODAY = date(2026, 5, 15), date(2026, 5, 16)


@tagged("post_install", "-at_install")
class TestServiceDay(AftersalesCase):
    """One day for all: the company's, wherever somebody sits and whoever asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        cls.office_north.tz = "America/New_York"
        policy = cls.env["aftersales.warranty.policy"].create(
            {"name": "Engines", "product_categ_ids": cls.categ.ids, "sequence": 1}
        )
        cls.env["aftersales.warranty.policy.line"].create(
            {"policy_id": policy.id, "name": "Whole machine", "months": 12}
        )

    def envs(self):
        """A user of another zone, and code that has none."""
        office = self.env(user=self.office_north, context={"tz": "America/New_York"})
        return {"elsewhere": office, "nobody": self.env(context={})}

    def test_today_is_the_companys(self):
        for name, env in self.envs().items():
            with self.subTest(name), freeze_time(LATE):
                self.assertEqual(env.company._get_today(), TODAY)
        company = self.env.company
        company.resource_calendar_id = False
        company.partner_id.tz = "America/New_York"
        with freeze_time(LATE):
            self.assertEqual(company._get_today(), YESTERDAY)

    def test_what_is_proposed_is_the_companys_day(self):
        for name, env in self.envs().items():
            with self.subTest(name), freeze_time(LATE):
                transfer = env["aftersales.unit.transfer"].new()
                reading = env["aftersales.unit.reading"].new()
                coverage = env["aftersales.warranty.coverage"].new()
                self.assertEqual(transfer.day, TODAY)
                self.assertEqual(reading.read_on, TODAY)
                self.assertEqual(coverage.valid_from, TODAY)

    def test_a_transfer_begins_on_the_companys_day(self):
        env = self.envs()["elsewhere"]
        unit = self.make_unit("DX-0060", owner=self.customer_north)
        heir = self.make_customer("Heir North", self.north)
        dialog = {"unit_id": unit.id, "partner_id": heir.id}
        with freeze_time(LATE):
            wizards = env["aftersales.unit.transfer"]
            with self.assertRaises(UserError):
                wizards.create({**dialog, "day": "2026-05-17"}).action_confirm()
            wizards.create({**dialog, "day": TODAY}).action_confirm()
            self.assertEqual(unit.with_env(env)._get_change_day(), TODAY)
        self.assertEqual(unit.owner_id, heir)
        period = unit.owner_period_ids.filtered(lambda period: not period.date_to)
        self.assertEqual(period.date_from, TODAY)

    def test_todays_jobs_are_those_of_the_companys_day(self):
        job = self.make_work_order(state="accepted", planned_date=TODAY)
        jobs = job.search([("planned_date", "=", TODAY)])
        for name, env in self.envs().items():
            with self.subTest(name), freeze_time(LATE):
                domain = jobs.with_env(env)._get_day_domain()
                self.assertIn(job, jobs.search(domain))

    def test_what_ends_ends_with_the_companys_day(self):
        ticket = self.make_request()
        ticket.request_type_id.needs_written_answer = True
        for name, env in self.envs().items():
            with self.subTest(name), freeze_time(LATE):
                self.env.invalidate_all()
                unit = self.unit_north.with_env(env)
                days = (unit.warranty_end - TODAY).days
                self.assertEqual(unit.warranty_left, f"{days} days left")
                sheet = ticket.with_env(env)
                ticket.answer_due_date = YESTERDAY
                self.assertEqual(sheet.sheet_state, "overdue")
