from datetime import date, datetime, timedelta

from psycopg2.errors import UniqueViolation

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import AftersalesCase

GOOD = {"satisfaction": 5, "solved": "yes", "charged": "no", "comment": "Runs well"}
BAD = {"satisfaction": 1, "solved": "no", "charged": "yes", "amount": "80"}


class FollowupCase(AftersalesCase):
    """Done jobs, their follow-ups, and a short way to type answers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref("aftersales_service.followup_rule_repair")
        cls.env.company.resource_calendar_id.tz = "Asia/Shanghai"

    def make_done(self, ticket=None, **vals):
        """A work order that has just become done, with what follows from it."""
        order = self.make_work_order(ticket, state="done", **vals)
        order._after_done()
        return order

    def make_followup(self, ticket=None, **vals):
        return self.make_done(ticket, **vals).followup_ids

    def typed(self, answers):
        """Answers by short names → as the form holds them."""
        ref = self.env.ref
        typed = {}
        for name, value in answers.items():
            question = ref(f"aftersales_service.survey_repair_{name}")
            if question.question_type == "simple_choice":
                value = ref(f"aftersales_service.survey_repair_{name}_{value}").id
            typed[str(question.id)] = value
        return typed

    def answer(self, followup, answers, user=None):
        followup = followup.with_user(user or self.agent_north)
        followup.answers = self.typed(answers)
        followup.action_answer()
        return followup


@tagged("post_install", "-at_install")
class TestFollowupCreation(FollowupCase):
    """A done job is asked about: once, in time, by the rule that fits."""

    def test_due_two_days_after_the_job_is_done(self):
        # 18:30 UTC is the next day in China.
        order = self.make_done(done_at=datetime(2026, 3, 1, 18, 30))
        followup = order.followup_ids
        self.assertEqual(followup.rule_id, self.rule)
        self.assertEqual(followup.due_date, date(2026, 3, 4))
        self.assertEqual(followup.state, "due")
        self.assertEqual(followup.partner_id, self.customer_north)
        self.assertEqual(followup.station_id, self.station_north)
        self.assertEqual(followup.territory_id, self.north)
        self.assertEqual(order.ticket_id.service_state, "to_follow_up")

    def test_an_installation_is_asked_about_with_its_own_questions(self):
        ticket = self.make_request(request_type_id=self.installation.id)
        followup = self.make_followup(ticket, done_at=datetime(2026, 3, 1, 4))
        rule = self.env.ref("aftersales_service.followup_rule_installation")
        self.assertEqual(followup.due_date, date(2026, 3, 3))
        self.assertEqual(followup.rule_id, rule)
        self.assertEqual(followup.survey_id, rule.survey_id)

    def test_made_once_though_called_twice(self):
        order = self.make_done(done_at=datetime(2026, 3, 1))
        followup = order.followup_ids
        order._write_guarded({"done_at": datetime(2026, 3, 5)})
        order._after_done()
        self.assertEqual(order.followup_ids, followup)
        self.assertEqual(followup.due_date, date(2026, 3, 7))

    def test_an_answered_one_stays_as_it_is_when_the_job_is_done_again(self):
        order = self.make_done(done_at=datetime(2026, 3, 1))
        self.answer(order.followup_ids, GOOD)
        order._write_guarded({"done_at": datetime(2026, 3, 5)})
        order._after_done()
        self.assertEqual(len(order.followup_ids), 1)
        self.assertEqual(order.followup_ids.due_date, date(2026, 3, 3))

    @mute_logger("odoo.sql_db")
    def test_the_database_refuses_a_double(self):
        order = self.make_done()
        vals = order.followup_ids._prepare_job_vals(self.rule, order)
        with (
            self.assertRaisesRegex(UniqueViolation, "_rule_job_uniq"),
            self.cr.savepoint(),
        ):
            order.followup_ids._unguarded().create(vals)

    def test_retired_and_foreign_rules_ask_nobody(self):
        self.rule.company_id = self.env["res.company"].create({"name": "Other"})
        self.assertFalse(self.make_followup())
        self.rule.company_id = False
        self.rule.active = False
        self.assertFalse(self.make_followup())

    def test_as_many_queries_for_fifty_jobs_as_for_one(self):
        def count(size):
            orders = self.env["aftersales.work.order"].browse(
                self.make_work_order(self.make_request(), state="done").id
                for _index in range(size)
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            orders._after_done()
            self.env.flush_all()
            self.assertEqual(len(orders.followup_ids), size)
            return self.cr.sql_log_count - start

        count(1)
        self.assertEqual(count(1), count(50))

    def test_a_questionnaire_must_ask_what_stations_are_scored_by(self):
        survey = self.env["survey.survey"].create({"title": "Other"})
        with self.assertRaisesRegex(ValidationError, "satisfaction"):
            self.rule.survey_id = survey

    def test_a_question_is_counted_only_as_what_it_can_be(self):
        words = self.env.ref("aftersales_service.survey_repair_comment")
        scale = self.env.ref("aftersales_service.survey_repair_satisfaction")
        with self.assertRaises(ValidationError):
            words.followup_measure = "satisfaction"
        with self.assertRaises(ValidationError):
            scale.scale_max = 10


@tagged("post_install", "-at_install")
class TestFollowupAnswer(FollowupCase):
    """The agent records the answer; it is counted, rated and frozen."""

    def test_the_form_shows_what_the_agent_needs(self):
        followup = self.make_followup(work_text="Pump replaced")
        form = Form(followup.with_user(self.agent_north))
        self.assertEqual(form.phone, self.customer_north.phone)
        self.assertEqual(form.work_text, "Pump replaced")
        self.assertEqual(
            [question["measure"] for question in form.questions],
            [
                "satisfaction",
                "is_solved",
                "is_charged_extra",
                "charged_amount",
                "comment",
            ],
        )
        form.answers = self.typed(GOOD)
        form.save().action_answer()
        self.assertEqual(followup.state, "done")

    def test_an_answer_is_counted_and_rates_the_work_order(self):
        followup = self.make_followup()
        self.answer(followup, GOOD)
        self.assertEqual(followup.satisfaction, 5)
        self.assertTrue(followup.is_solved)
        self.assertFalse(followup.is_charged_extra)
        self.assertEqual(followup.comment, "Runs well")
        self.assertEqual(followup.user_id, self.agent_north)
        self.assertTrue(followup.done_at)
        self.assertFalse(followup.problem_ticket_id)
        rating = followup.work_order_id.rating_ids
        self.assertEqual(rating.rating, 5)
        self.assertEqual(rating.feedback, "Runs well")
        self.assertEqual(rating.rated_partner_id, self.station_north)
        self.assertFalse(rating.access_token)

    def test_the_answer_is_a_finished_survey_participation(self):
        followup = self.make_followup()
        self.answer(followup, BAD)
        done = followup.user_input_id
        self.assertEqual(done.state, "done")
        self.assertEqual(done.survey_id, self.rule.survey_id)
        lines = {
            line.question_id.followup_measure: line for line in done.user_input_line_ids
        }
        self.assertEqual(lines["satisfaction"].value_scale, 1)
        self.assertEqual(lines["is_solved"].suggested_answer_id.followup_value, 0)
        self.assertEqual(lines["charged_amount"].value_numerical_box, 80)
        self.assertTrue(lines["comment"].skipped)

    def test_all_that_is_missing_is_named_at_once(self):
        followup = self.make_followup()
        with self.assertRaises(ValidationError) as error:
            self.answer(followup, {"charged": "yes"})
        for name in ("satisfaction", "solved", "amount"):
            title = self.env.ref(f"aftersales_service.survey_repair_{name}").title
            self.assertIn(title, str(error.exception))
        self.assertEqual(followup.state, "due")

    def test_an_answer_is_frozen(self):
        followup = self.answer(self.make_followup(), GOOD)
        with self.assertRaises(UserError):
            followup.answers = self.typed(BAD)
        with self.assertRaises(UserError):
            followup.action_answer()
        for name, value in (
            ("satisfaction", 1),
            ("is_solved", False),
            ("is_charged_extra", True),
            ("charged_amount", 5),
            ("comment", "x"),
            ("state", "due"),
            ("done_at", fields.Datetime.now()),
            ("problem_ticket_id", followup.ticket_id.id),
            ("is_answered_by_link", True),
            ("link_until", "2026-01-01"),
            ("due_date", "2026-01-01"),
            ("partner_id", self.customer_south.id),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                followup.with_user(self.headquarters).write({name: value})

    def test_answered_questions_stay(self):
        self.answer(self.make_followup(), GOOD)
        question = self.env.ref("aftersales_service.survey_repair_comment")
        with self.assertRaisesRegex(UserError, "stays"):
            question.unlink()

    def test_a_bad_answer_opens_a_problem_sheet_in_the_same_territory(self):
        followup = self.answer(self.make_followup(), BAD | {"comment": "Still dead"})
        sheet = followup.problem_ticket_id
        complaint = self.env.ref("aftersales_service.request_type_complaint")
        self.assertEqual(sheet.request_type_id, complaint)
        self.assertEqual(sheet.territory_id, self.north)
        self.assertEqual(sheet.partner_id, self.customer_north)
        self.assertEqual(sheet.unit_id, self.unit_north)
        for text in ("1 of 5", "does not run", "80"):
            self.assertIn(text, sheet.name)
        self.assertIn("Still dead", sheet.description)
        action = sheet.with_user(self.agent_north).action_view_problem_followup()
        self.assertEqual(action["res_id"], followup.id)
        self.assertIn(followup.ticket_id.number, sheet.description)

    def test_each_single_complaint_opens_a_sheet_and_a_good_answer_none(self):
        table = [
            ({}, False),
            ({"satisfaction": 3}, False),
            ({"satisfaction": 2}, True),
            ({"solved": "no"}, True),
            ({"charged": "yes", "amount": "1"}, True),
        ]
        for change, is_opened in table:
            followup = self.answer(self.make_followup(), GOOD | change)
            with self.subTest(change=change):
                self.assertEqual(bool(followup.problem_ticket_id), is_opened)

    def test_two_answers_at_once_keep_their_own(self):
        first, second = self.make_followup(), self.make_followup()
        both = (first | second).with_user(self.agent_north)
        first.with_user(self.agent_north).answers = self.typed(GOOD)
        second.with_user(self.agent_north).answers = self.typed(BAD)
        both.action_answer()
        self.assertEqual(both.mapped("satisfaction"), [5, 1])
        self.assertFalse(first.problem_ticket_id)
        self.assertTrue(second.problem_ticket_id)
        self.assertEqual(first.work_order_id.rating_ids.rating, 5)
        self.assertEqual(second.work_order_id.rating_ids.rating, 1)
        self.assertEqual(second.user_input_id.followup_id, second)


@tagged("post_install", "-at_install")
class TestFollowupLife(FollowupCase):
    """Not reached, given up, tried again, cancelled."""

    def _call_in_vain(self, followups, **vals):
        action = followups.with_user(self.agent_north).action_not_reached()
        if vals.get("kind") == "cancel":
            action = followups.with_user(self.agent_north).action_cancel()
        wizard = self.env["aftersales.followup.outcome"].with_user(self.agent_north)
        wizard.with_context(**action["context"]).create(vals).action_confirm()

    def test_not_reached_counts_and_waits_for_the_next_try(self):
        first, second = self.make_followup(), self.make_followup()
        self._call_in_vain(first)
        self._call_in_vain(
            first | second, next_try_at="2030-01-01 08:00:00", note="busy"
        )
        self.assertEqual((first | second).mapped("attempt_count"), [2, 1])
        self.assertEqual(second.next_try_at, datetime(2030, 1, 1, 8))
        self.assertIn("busy", second.message_ids[0].body)
        to_call = [("state", "=", "due"), ("next_try_at", "<=", "now")]
        self.assertNotIn(second, second.search(to_call))

    def test_given_up_after_the_last_attempt_and_tried_again(self):
        followup = self.make_followup()
        for _attempt in range(self.rule.max_attempts):
            self.assertEqual(followup.state, "due")
            self._call_in_vain(followup)
        self.assertEqual(followup.state, "unreachable")
        self.assertEqual(followup.ticket_id.service_state, "done")
        with self.assertRaises(UserError):
            self.answer(followup, GOOD)
        followup.with_user(self.agent_north).action_reopen()
        self.answer(followup, GOOD)
        self.assertEqual(followup.state, "done")

    def test_cancelled_with_a_reason_only(self):
        first, second = self.make_followup(), self.make_followup()
        with self.assertRaises(UserError):
            self._call_in_vain(first, kind="cancel", reason=" ")
        self._call_in_vain(first | second, kind="cancel", reason="Moved abroad")
        self.assertEqual(set((first | second).mapped("state")), {"cancelled"})
        self.assertEqual(second.cancel_reason, "Moved abroad")

    def test_absent_transitions_are_refused(self):
        states = self.make_followup().TRANSITIONS
        for state, targets in states.items():
            followup = self.make_followup()
            followup._write_guarded({"state": state})
            for target in set(states) - set(targets):
                with (
                    self.subTest(state=state, target=target),
                    self.assertRaises(UserError),
                ):
                    followup._update_state(target)

    def test_taking_assigns_to_oneself(self):
        followups = self.make_followup() | self.make_followup()
        followups.with_user(self.agent_north).action_take()
        self.assertEqual(followups.user_id, self.agent_north)

    def test_lists_by_lateness(self):
        late = self.make_followup(done_at=fields.Datetime.now() - timedelta(days=9))
        fresh = self.make_followup()
        found = self.env["aftersales.followup"].search(
            [("id", "in", (fresh | late).ids)]
        )
        self.assertEqual(found.ids, [late.id, fresh.id])


@tagged("post_install", "-at_install")
class TestFollowupBorder(FollowupCase):
    """Answers and ratings kept in core's models obey the border of the work order."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "survey.group_survey_manager"
        cls.surveyor = new_test_user(
            cls.env, login="surveyor", groups=f"base.group_user,{group}"
        )
        cls.agent_south.group_ids = [Command.link(cls.env.ref(group).id)]
        cls.agent_north.group_ids = [Command.link(cls.env.ref(group).id)]

    def setUp(self):
        super().setUp()
        self.followup = self.answer(self.make_followup(), GOOD).sudo(False)
        self.rows = [
            self.followup.work_order_id.sudo().rating_ids,
            self.followup.sudo().user_input_id,
            self.followup.sudo().user_input_id.user_input_line_ids,
        ]

    def test_another_territory_records_no_answer(self):
        followup = self.make_followup()
        with self.assertRaises(AccessError):
            self.answer(followup, GOOD, self.agent_south)

    def test_read_where_the_work_order_is_read(self):
        table = [
            (self.agent_north, True),
            (self.agent_south, False),
            (self.surveyor, False),
            (self.administrator, True),
        ]
        for user, is_seen in table:
            for rows in self.rows:
                found = rows.with_user(user).search([("id", "in", rows.ids)])
                with self.subTest(user=user.login, model=rows._name):
                    self.assertEqual(bool(found), is_seen)

    def test_another_company_reads_no_answer(self):
        """Who passes the border is still bound by the company."""
        other = self.env["res.company"].create({"name": "Another maker"})
        self.administrator.company_ids = self.env.company | other
        for rows in self.rows:
            door = rows.with_user(self.administrator)
            for company, expected in (
                (self.env.company, rows),
                (other, rows.browse()),
            ):
                found = door.with_context(allowed_company_ids=company.ids).search(
                    [("id", "in", rows.ids)]
                )
                with self.subTest(model=rows._name, company=company.name):
                    self.assertEqual(found, expected)

    def test_an_employee_reads_other_ratings_as_before(self):
        model = self.env["ir.model"]._get("res.partner")
        rating = self.env["rating.rating"].create(
            {"res_model_id": model.id, "res_id": self.customer_north.id, "rating": 4}
        )
        ours = self.rows[0]
        found = (
            (rating | ours)
            .with_user(self.surveyor)
            .search([("id", "in", (rating | ours).ids)])
        )
        self.assertEqual(found, rating)
        rating.with_user(self.surveyor).rating = 3

    def test_written_by_the_follow_up_only(self):
        for user in (self.agent_north, self.administrator, self.surveyor):
            for rows in self.rows:
                values = {"rating.rating": {"rating": 1}}.get(rows._name)
                values = values or {"survey.user_input": {"nickname": "x"}}.get(
                    rows._name, {"skipped": True}
                )
                with self.subTest(user=user.login, model=rows._name):
                    with self.assertRaises(AccessError):
                        rows[:1].with_user(user).write(values)
                    with self.assertRaises(AccessError):
                        rows[:1].with_user(user).unlink()

    def test_no_rating_is_made_or_turned_into_one_of_a_work_order(self):
        order = self.followup.work_order_id
        Rating = self.env["rating.rating"].with_user(self.agent_north)
        model = self.env["ir.model"]._get(order._name).sudo()
        target = {"res_model_id": model.id, "res_id": order.id}
        with self.assertRaises(AccessError):
            Rating.create({**target, "rating": 5})
        partner = self.env["ir.model"]._get("res.partner").sudo()
        other = Rating.create(
            {"res_model_id": partner.id, "res_id": self.customer_north.id, "rating": 5}
        )
        with self.assertRaises(AccessError):
            other.write(target)

    def test_no_answer_is_attached_to_a_follow_up_from_outside(self):
        followup = self.make_followup()
        with self.assertRaises(AccessError):
            self.env["survey.user_input"].with_user(self.surveyor).create(
                {"survey_id": followup.survey_id.id, "followup_id": followup.id}
            )
