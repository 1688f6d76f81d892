from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged

from odoo.addons.aftersales_service.tests.common import NO_MAIL

from .common import SettlementCase

GROUP = "aftersales_service.group_aftersales_account_manager"


@tagged("post_install", "-at_install")
class TestManagerScore(SettlementCase):
    """Account managers are assessed by what they did, each month, frozen."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account_manager, cls.other_manager = (
            new_test_user(cls.env, login=login, groups=GROUP, context=NO_MAIL)
            for login in ("account-one", "account-two")
        )
        cls.card = cls.env.ref("aftersales_settlement.score_card_manager")
        cls.card.write({"sequence": 0, "pseudo_count": 0.0})
        rule = cls.env["aftersales.followup.rule"].search([], limit=1)
        cls.visit_rule = rule.copy({"name": "Visit", "channel": "visit"})
        cls.due = cls.month + timedelta(days=14)
        cls.noon = fields.Datetime.to_datetime(cls.due) + timedelta(hours=4)

    def _score(self, users=None, month=None):
        users = users or self.account_manager
        scores = self.env["aftersales.manager.score"]
        return scores._score(self.company, month or self.month, users)

    def _count(self, code, user=None):
        user = user or self.account_manager
        counts = user._count_measures(self.company, self.month, self.card)[code]
        return tuple(float(number) for number in counts.get(user.id, (0, 0)))

    def _make_followup(self, late=0, state="done", **vals):
        """A follow-up due in the month, done so many days after its day."""
        order = self.make_done_order(vals.pop("station", None))
        return (
            self.env["aftersales.followup"]
            ._unguarded()
            .create(
                {
                    "ticket_id": order.ticket_id.id,
                    "station_id": order.station_id.id,
                    "user_id": self.account_manager.id,
                    "due_date": self.due,
                    "state": state,
                    "done_at": state == "done" and self.noon + timedelta(days=late),
                    **vals,
                }
            )
        )

    def _make_sheet(self, late=0, answered=True, **vals):
        kind = self.env.ref("aftersales_service.request_type_problem")
        received = self.noon - timedelta(days=kind.answer_days)
        sheet = self.env["helpdesk.ticket"].create(
            {
                "name": "Why?",
                "description": "Why?",
                "request_type_id": kind.id,
                "received_at": received,
                "user_id": self.account_manager.id,
                **vals,
            }
        )
        if answered:
            sheet.answered_on = self.noon + timedelta(days=late)
        return sheet

    def test_visits_and_calls_are_counted_apart(self):
        self._make_followup(rule_id=self.visit_rule.id)
        self._make_followup(rule_id=self.visit_rule.id, late=1)
        self._make_followup()
        self._make_followup(state="due")
        self._make_followup(state="cancelled")
        self._make_followup(user_id=self.other_manager.id)
        self.assertEqual(self._count("visit_in_time"), (1.0, 2.0))
        self.assertEqual(self._count("followup_in_time"), (1.0, 2.0))

    def test_sheets_are_due_as_their_type_says(self):
        self._make_sheet()
        late = self._make_sheet(late=1)
        late.answer_due_date = self.due + timedelta(days=30)
        self._make_sheet(answered=False)
        self.assertEqual(self._count("sheet_in_time"), (1.0, 3.0))

    def test_satisfaction_is_that_with_the_stations_looked_after(self):
        self.station_north.user_id = self.account_manager
        self._make_followup(satisfaction=5, user_id=False)
        self._make_followup(satisfaction=3, user_id=False)
        self._make_followup(satisfaction=1, user_id=False, station=self.station_south)
        self.assertEqual(self._count("dealer_satisfaction"), (1.5, 2.0))

    def test_managers_are_compared_with_managers_alone(self):
        self._make_followup(late=3)
        self._make_followup(user_id=self.headquarters.id)
        metrics = self.account_manager._prepare_score_metrics(
            self.company, self.month, self.card
        )
        [found] = [
            metric
            for metric in metrics[self.account_manager.id]
            if metric.code == "followup_in_time"
        ]
        self.assertEqual((found.denominator, found.network_mean), (1, 0))

    def test_score_is_frozen_explained_and_computed_again(self):
        self._make_followup(rule_id=self.visit_rule.id)
        self._make_followup(late=3)
        self.station_north.user_id = self.account_manager
        self._make_followup(satisfaction=4, user_id=False)
        score = self._score()
        # 30 × 100 + 20 × 0 + 30 × 75 of 80.
        self.assertEqual((score.value, score.multiplier), (65.63, 0.9))
        self.assertIn("Visits made in time: 1 of 1", score.part_text)
        self.assertIn("answers 1, 75.0 % of the best marks", score.part_text)
        self.assertEqual((score.place, score.place_count), (1, 2))
        self.assertEqual(score._verify(), [])
        with self.assertRaises(UserError):
            score.value = 90.0
        self._make_followup()
        self.assertEqual(self._score(), score)

    def test_all_managers_are_scored_once_by_the_run(self):
        self._make_followup()
        run = self.env["aftersales.run"]._start(
            "score", {"month": fields.Date.to_string(self.month)}
        )
        self.assertEqual(run._work_score(), 0)
        self.assertEqual(run._work_score(), 0)
        scores = self.env["aftersales.manager.score"].search(
            [("period_start", "=", self.month)]
        )
        managers = self.account_manager | self.other_manager
        self.assertEqual(scores.user_id & managers, managers)
        self.assertEqual(len(scores), len(scores.user_id))

    def test_a_month_that_is_not_over_has_no_score(self):
        with self.assertRaises(UserError):
            self._score(month=fields.Date.today().replace(day=1))

    def test_a_manager_sees_his_own_score_headquarters_all(self):
        managers = self.account_manager | self.other_manager
        scores = self._score(managers)
        own = scores.filtered(lambda row: row.user_id == self.account_manager)
        for user, seen in (
            (self.account_manager, own),
            (self.headquarters, scores),
            (self.auditor, scores),
        ):
            with self.subTest(user=user.login):
                found = scores.with_user(user).search([("id", "in", scores.ids)])
                self.assertEqual(found, seen)
                self.assertEqual(found.mapped("has_value"), seen.mapped("has_value"))
                found.mapped("part_text")

    def test_an_auditor_who_manages_accounts_reads_all_follow_ups(self):
        followup = self._make_followup()
        both = self.account_manager.copy({"login": "account-audit"})
        for is_auditor in (False, True):
            if is_auditor:
                both.group_ids |= self.env.ref(
                    "aftersales_settlement.group_settlement_auditor"
                )
            with self.subTest(is_auditor=is_auditor):
                self.assertEqual(
                    followup.with_user(both).has_access("read"), is_auditor
                )

    def test_a_card_has_measures_of_those_it_scores(self):
        with self.assertRaises(ValidationError):
            self.card.measure_ids = [Command.create({"code": "first_time_fix"})]
        with self.assertRaises(ValidationError):
            self.card.measure_ids[0].code = "first_time_fix"
        stations = self.env.ref("aftersales_settlement.score_card_default")
        with self.assertRaises(ValidationError):
            stations.measure_ids = [Command.create({"code": "visit_in_time"})]

    def test_only_what_is_paid_can_be_tried_out(self):
        with self.assertRaises(UserError):
            self.card.action_try_out()

    def test_each_is_scored_by_the_card_for_him(self):
        Card = self.env["aftersales.score.card"]
        self.assertEqual(Card._get_card(self.company, "account_manager"), self.card)
        self.assertEqual(Card._get_card(self.company).subject, "station")

    def test_query_count_does_not_grow_with_the_managers(self):
        def make(count):
            self.env["aftersales.manager.score"].search([]).unlink()
            return self.make_many(
                count,
                lambda: new_test_user(
                    self.env, f"m-{self._next()}", groups=GROUP, context=NO_MAIL
                ),
            )

        one, fifty = self.count_queries(make, self._score)
        self.assertEqual(one, fifty)
