from datetime import date, datetime
from unittest.mock import patch

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.aftersales_service.models.followup import aftersales_followup_care

from .test_followup import FollowupCase


class CareCase(FollowupCase):
    """A company where it is 10 May 2026, and rules by the calendar."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = date(2026, 5, 10)
        company = cls.registry["res.company"]
        cls.startClassPatcher(patch.object(company, "_get_today", lambda _: cls.today))
        cls.env["res.partner"].search([("birth_month", "!=", False)]).birth_month = 0
        cls.customer_north.user_id = cls.agent_north

    @classmethod
    def make_rule(cls, event="birthday", **vals):
        return cls.env["aftersales.followup.rule"].create(
            {
                "name": "Care",
                "event": event,
                "channel": "letter",
                "event_month": "5",
                "event_day": 12,
                **vals,
            }
        )

    def born(self, month, day, **vals):
        name = vals.pop("name", f"Born {month}-{day}")
        return self.make_customer(
            name, self.north, birth_month=str(month), birth_day=day, **vals
        )

    def made(self, rule):
        return self.env["aftersales.followup"]._create_for_calendar(rule)


@tagged("post_install", "-at_install")
class TestFollowupCare(CareCase):
    """Birthdays, holidays and regular visits: once each, to whom they are meant."""

    def test_which_birthdays(self):
        rule = self.make_rule()
        table = [
            (5, 9, False),
            (5, 10, True),
            (5, 24, True),
            (5, 25, False),
            (2, 29, False),
        ]
        for month, day, is_due in table:
            with self.subTest(month=month, day=day):
                partner = self.born(month, day)
                followup = self.made(rule)
                self.assertEqual(followup.partner_id == partner, is_due)
                if is_due:
                    self.assertEqual(followup.due_date, date(2026, month, day))

    def test_a_leap_day_is_kept_on_the_28th(self):
        rule = self.make_rule()
        partner = self.born(2, 29)
        type(self).today = date(2027, 2, 20)
        followup = self.made(rule)
        type(self).today = date(2026, 5, 10)
        self.assertEqual(followup.partner_id, partner)
        self.assertEqual(followup.due_date, date(2027, 2, 28))

    def test_the_day_is_the_companys(self):
        self.env.company.resource_calendar_id.tz = "Asia/Shanghai"
        # 18:30 UTC is the next day in China.
        day = self.env.company._get_day(datetime(2026, 5, 10, 18, 30))
        self.assertEqual(day, date(2026, 5, 11))

    def test_made_once_and_again_next_year(self):
        rule = self.make_rule()
        partner = self.born(5, 12)
        followup = self.made(rule)
        self.assertEqual(followup.event_key, "2026")
        self.assertFalse(self.made(rule))
        # A birthday corrected afterwards makes no second greeting.
        partner.birth_day = 13
        self.assertFalse(self.made(rule))
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(UniqueViolation, "_rule_occasion_uniq"),
            self.cr.savepoint(),
        ):
            vals = followup._prepare_care_vals(rule, partner, self.today)
            followup._unguarded().create(vals).flush_recordset()
        type(self).today = date(2027, 5, 10)
        again = self.made(rule)
        type(self).today = date(2026, 5, 10)
        self.assertEqual(again.due_date, date(2027, 5, 13))

    def test_who_is_left_out(self):
        rule = self.make_rule()
        self.born(5, 12, active=False)
        self.born(5, 12, wants_no_care=True)
        self.born(5, 12, aftersales_role="contact")
        self.born(5, 12, aftersales_role="dealer")
        quiet = self.make_customer("Quiet", self.north, wants_no_care=True)
        self.born(5, 12, aftersales_role="contact", parent_id=quiet.id)
        self.assertFalse(self.made(rule))

    def test_a_person_of_a_dealer_has_a_birthday_too(self):
        rule = self.make_rule(audience="dealer")
        dealer = self.make_customer("Dealer", self.north, aftersales_role="dealer")
        dealer.user_id = self.agent_north
        person = self.born(5, 12, aftersales_role="contact", parent_id=dealer.id)
        followup = self.made(rule)
        self.assertEqual(followup.partner_id, person)
        self.assertEqual(followup.user_id, self.agent_north)
        self.assertEqual(followup.territory_id, self.north)

    def test_only_who_has_one_of_the_tags(self):
        key, other = self.env["res.partner.category"].create(
            [{"name": "Key"}, {"name": "Other"}]
        )
        self.customer_north.category_id = key
        self.customer_south.category_id = other
        rule = self.make_rule("holiday", category_ids=[Command.set(key.ids)])
        self.assertEqual(self.made(rule).partner_id, self.customer_north)

    def test_only_who_is_of_one_of_the_classes(self):
        kind = self.env["aftersales.customer.class"].create({"name": "K", "code": "k"})
        rule = self.make_rule(class_ids=[Command.set(kind.ids)])
        self.born(5, 12)
        partner = self.born(5, 12, customer_class_id=kind.id)
        child = self.born(5, 12, aftersales_role="contact", parent_id=partner.id)
        self.assertEqual(self.made(rule).partner_id, partner | child)

    def test_a_holiday_greets_everybody_of_the_audience_once(self):
        rule = self.make_rule("holiday")
        followups = self.made(rule)
        self.assertIn(self.customer_north, followups.partner_id)
        self.assertNotIn(self.station_north, followups.partner_id)
        self.assertEqual(set(followups.mapped("due_date")), {date(2026, 5, 12)})
        self.assertFalse(self.made(rule))
        rule.event_day = 14
        self.assertFalse(self.made(rule))
        self.assertFalse(self.made(self.make_rule("holiday", event_day=25)))

    def test_a_holiday_of_the_lunar_calendar_moves_with_the_moon(self):
        # The Dragon Boat Festival of 2026 is 19 June.
        rule = self.make_rule("holiday", event_month="5", event_day=5, is_lunar=True)
        self.assertFalse(self.made(rule))
        type(self).today = date(2026, 6, 10)
        followups = self.made(rule)
        again = self.made(rule)
        type(self).today = date(2026, 5, 10)
        self.assertEqual(set(followups.mapped("due_date")), {date(2026, 6, 19)})
        self.assertFalse(again)

    def test_a_station_is_visited_every_quarter(self):
        rule = self.make_rule(
            "interval", audience="station", interval_months=3, channel="visit"
        )
        followups = self.made(rule)
        self.assertIn(self.station_north, followups.partner_id)
        self.assertEqual(set(followups.mapped("due_date")), {date(2026, 6, 30)})
        self.assertFalse(self.made(rule))

    def test_a_greeting_by_link_goes_out_on_the_day(self):
        survey = self.env.ref("aftersales_service.survey_annual")
        rule = self.make_rule(channel="link", survey_id=survey.id)
        self.born(5, 11, email="later@example.com")
        partner = self.born(5, 10, email="today@example.com")
        followup = self.made(rule)
        self.assertEqual(followup.partner_id, partner)
        self.assertTrue(followup.sudo().link_token)

    def test_another_company_is_left_alone(self):
        other = self.env["res.company"].create({"name": "Other"})
        rule = self.make_rule(company_id=other.id)
        self.born(5, 12, company_id=self.env.company.id)
        theirs = self.born(5, 12, company_id=other.id)
        followup = self.made(rule)
        self.assertEqual(followup.partner_id, theirs)
        self.assertEqual(followup.company_id, other)

    @mute_logger("odoo.sql_db")
    def test_a_rule_that_cannot_work_is_refused(self):
        table = [
            {"event": "holiday", "event_month": "2", "event_day": 30},
            {"event": "holiday", "event_month": "2", "event_day": 31, "is_lunar": 1},
            {"event": "holiday", "event_month": False},
            {"event": "interval", "interval_months": 0},
            {"event": "birthday", "audience": False},
            {"event": "birthday", "channel": "link"},
            {"event": "sale"},
        ]
        for vals in table:
            with (
                self.subTest(vals=vals),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                self.make_rule(**vals).flush_recordset()
        with self.assertRaises(CheckViolation), self.cr.savepoint():
            self.born(4, 31).flush_recordset()

    def test_an_event_changed_to_a_job_needs_its_questions(self):
        survey = self.env["survey.survey"].create({"title": "Anything"})
        rule = self.make_rule(survey_id=survey.id)
        with self.assertRaises(ValidationError):
            rule.event = "repair_done"

    def test_without_questions_it_is_simply_done(self):
        self.born(5, 12)
        followup = self.made(self.make_rule()).with_user(self.agent_north)
        self.assertFalse(followup.can_answer)
        self.assertTrue(followup.can_finish)
        followup.action_finish()
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.user_id, self.agent_north)
        self.assertTrue(followup.done_at)
        with self.assertRaises(UserError):
            followup.action_finish()

    def test_what_has_questions_is_not_simply_done(self):
        with self.assertRaises(UserError):
            self.make_followup().action_finish()

    def test_the_border_holds(self):
        self.born(5, 12)
        followup = self.made(self.make_rule())
        self.assertEqual(followup.territory_id, self.north)
        mine = followup.with_user(self.agent_north)
        # A name is read past the border, so it does not say whose it is.
        self.assertEqual(mine.display_name, "Care 2026")
        with self.assertRaises(AccessError):
            followup.with_user(self.agent_south).action_finish()

    def test_a_complaint_is_at_the_customers_address(self):
        survey = self.env.ref("aftersales_service.survey_annual")
        partner = self.born(5, 12, street="1 Field Road")
        followup = self.made(self.make_rule(survey_id=survey.id, channel="phone"))
        followup = followup.with_user(self.agent_north)
        self.assertIn("1 Field Road", followup.site_address)
        ref = self.env.ref
        followup.answers = {
            str(ref("aftersales_service.survey_annual_satisfaction").id): 1,
            str(ref("aftersales_service.survey_annual_solved").id): ref(
                "aftersales_service.survey_annual_solved_no"
            ).id,
        }
        followup.action_answer()
        sheet = followup.problem_ticket_id
        self.assertEqual(sheet.partner_id, partner)
        self.assertEqual(sheet.site_street, "1 Field Road")
        self.assertEqual(sheet.territory_id, self.north)

    def test_the_day_makes_them_by_batch(self):
        self.make_rule()
        partners = self.env["res.partner"].union(*(self.born(5, 12) for _n in range(3)))
        cron = self.registry["ir.cron"]
        with (
            patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")),
            patch.object(aftersales_followup_care, "BATCH", 2),
        ):
            self.env["aftersales.followup"]._cron_create_due()
        self.assertEqual(len(partners.care_ids), 3)

    def test_as_many_queries_for_one_as_for_thirty(self):
        rule = self.make_rule()

        def count(number):
            for _n in range(number):
                self.born(5, 12)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(self.made(rule)), number)
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(30))

    def test_an_old_greeting_is_no_machine_that_fails(self):
        self.born(5, 12)
        followup = self.made(self.make_rule()).with_user(self.agent_north)
        followup.action_finish()
        self.env.flush_all()
        figures = self.env["aftersales.followup.figures"].browse(followup.id)
        self.assertEqual(
            self.env["aftersales.followup.figures"]._read_group(
                [("id", "=", figures.id)], [], ["solved:avg"]
            ),
            [(False,)],
        )
