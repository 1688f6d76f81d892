from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common import AftersalesCase


@tagged("post_install", "-at_install")
class TestTraining(AftersalesCase):
    """A passed course opens or renews a skill; undone, it leaves what was there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.env.company._get_today()
        cls.until = cls.today + timedelta(days=365)
        cls.technician = cls.make_person("Zhang", cls.station_north)

    @classmethod
    def make_person(cls, name, parent):
        return cls.env["res.partner"].create({"name": name, "parent_id": parent.id})

    @classmethod
    def make_training(cls, *people, user=None, passed=True, **vals):
        return (
            cls.env["aftersales.training"]
            .with_user(user or cls.office_north)
            .create(
                {
                    "name": "Injection",
                    "held_on": cls.today,
                    "valid_until": cls.until,
                    "product_categ_id": cls.categ_single.id,
                    "territory_id": cls.north.id,
                    "line_ids": [
                        Command.create({"partner_id": one.id, "is_passed": passed})
                        for one in people or [cls.technician]
                    ],
                    **vals,
                }
            )
        )

    def find_skills(self, station=None):
        return self.env["aftersales.station.skill"].search(
            [
                ("station_id", "=", (station or self.station_north).id),
                ("product_categ_id", "=", self.categ_single.id),
            ]
        )

    def give_skill(self, until):
        return self.env["aftersales.station.skill"].create(
            {
                "station_id": self.station_north.id,
                "product_categ_id": self.categ_single.id,
                "valid_until": until,
            }
        )

    def test_a_certificate_opens_a_skill_and_undone_takes_it_away(self):
        training = self.make_training(level="3")
        self.assertEqual(training.line_ids.station_id, self.station_north)
        self.assertFalse(self.find_skills())
        training.action_hold()
        skill = self.find_skills()
        self.assertEqual((skill.valid_until, skill.level), (self.until, "3"))
        self.assertEqual(training.line_ids.skill_id, skill)
        training.action_plan_again()
        self.assertFalse(self.find_skills())
        training.action_hold()
        training.action_cancel()
        self.assertFalse(self.find_skills())
        self.assertEqual(training.state, "cancelled")

    def test_a_certificate_renews_and_undone_gives_the_old_end_back(self):
        old = self.today + timedelta(days=9)
        skill = self.give_skill(old)
        training = self.make_training()
        training.action_hold()
        self.assertEqual(self.find_skills(), skill)
        self.assertEqual(skill.valid_until, self.until)
        training.action_cancel()
        self.assertEqual(self.find_skills(), skill)
        self.assertEqual((skill.valid_until, skill.valid_before), (old, False))

    def test_a_colleagues_certificate_carries_the_skill_on(self):
        other = self.make_person("Li", self.station_north)
        first, second = self.make_training(), self.make_training(other)
        first.action_hold()
        second.action_hold()
        first.action_cancel()
        self.assertEqual(self.find_skills().valid_until, self.until)
        second.action_cancel()
        self.assertFalse(self.find_skills())

    def test_what_the_office_changed_since_stays(self):
        training = self.make_training()
        training.action_hold()
        skill = self.find_skills()
        skill.valid_until = False
        training.action_cancel()
        self.assertEqual(self.find_skills(), skill)

    def test_who_failed_or_is_a_customer_gives_no_skill(self):
        self.make_training(passed=False).action_hold()
        self.make_training(self.customer_north).action_hold()
        self.assertFalse(self.find_skills())

    def test_a_held_course_stays_as_it_is(self):
        training = self.make_training()
        training.action_hold()
        for change in (
            lambda: training.line_ids.write({"is_passed": False}),
            training.line_ids.unlink,
            lambda: training.write({"valid_until": False}),
            lambda: training.write(
                {"line_ids": [Command.create({"partner_id": self.customer_north.id})]}
            ),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                change()
        with self.assertRaises(UserError), self.cr.savepoint():
            training.sudo().unlink()
        with self.assertRaises(AccessError):
            training.write({"state": "planned"})
        with self.assertRaises(AccessError):
            training.line_ids.write({"skill_id": self.find_skills().id})

    def test_a_course_of_the_future_is_not_held(self):
        training = self.make_training(held_on=self.today + timedelta(days=1))
        with self.assertRaises(UserError):
            training.action_hold()

    def test_an_office_neither_names_nor_certifies_others_stations(self):
        stranger = self.make_person("Wang", self.station_south)
        stranger.territory_id = self.south
        with self.assertRaises(AccessError):
            self.make_training(stranger)
        training = self.make_training(stranger, user=self.headquarters)
        with self.assertRaises(AccessError), self.cr.savepoint():
            training.with_user(self.office_north).action_hold()
        self.assertFalse(self.find_skills(self.station_south))
        training.action_hold()
        self.assertTrue(self.find_skills(self.station_south))
        with self.assertRaises(AccessError):
            training.with_user(self.office_north).action_cancel()
        with self.assertRaises(AccessError):
            self.make_training().with_user(self.agent_north).action_hold()

    def test_the_office_is_told_once_before_a_skill_ends(self):
        skill = self.give_skill(self.today + timedelta(days=20))
        self.give_skill(self.today + timedelta(days=300))
        self.remind()
        [activity] = self.station_north.activity_ids
        self.assertEqual(activity.user_id, self.office_north)
        self.assertEqual(activity.date_deadline, skill.valid_until)
        self.remind()
        self.assertEqual(len(self.station_north.activity_ids), 1)
        skill.valid_until = self.today + timedelta(days=25)
        self.remind()
        self.assertEqual(len(self.station_north.activity_ids), 2)

    def remind(self):
        cron = self.registry["ir.cron"]
        with patch.object(cron, "_commit_progress", lambda *a, **k: float("inf")):
            self.env["aftersales.station.skill"]._cron_remind_ending()

    def test_as_many_queries_for_one_as_for_thirty(self):
        def count(number, act):
            stations = [
                self.make_station(f"Station {n}", self.north) for n in range(number)
            ]
            people = [self.make_person("P", station) for station in stations]
            training = self.make_training(*people)
            found = []
            for action in act:
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                getattr(training, action)()
                self.env.flush_all()
                found.append(self.env.cr.sql_log_count - before)
            return found

        actions = ("action_hold", "action_plan_again")
        count(1, actions)
        self.assertEqual(count(1, actions), count(30, actions))
