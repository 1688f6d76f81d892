from lxml import html
from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import KnowledgeCase


class GuideCase(KnowledgeCase):
    """A guide of two questions, and an agent who walks through it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guide = cls.make_guide()
        cls.fuel, cls.turns = cls.guide.question_ids
        cls.has_fuel, cls.no_fuel = cls.fuel.answer_ids

    def open_walk(self, ticket, user=None):
        user = user or self.agent_north
        action = ticket.with_user(user).action_diagnose()
        walks = self.env["aftersales.diagnosis.walk"].with_user(user)
        return walks.browse(action["res_id"])

    def choose(self, walk, choice):
        """Press a button of the dialog, as its user."""
        there = choice.with_env(walk.env).with_context(aftersales_walk_id=walk.id)
        there.action_choose()


@tagged("post_install", "-at_install")
class TestGuide(GuideCase):
    """An editor builds a guide; only a whole one is published, and stands still."""

    def test_the_editors_form_tells_what_is_missing_while_he_types(self):
        guides = self.env["aftersales.diagnosis"].with_user(self.editor)
        form = Form(guides)
        form.name = "Smoke"
        self.assertIn("no question yet", form.findings)
        form = Form(form.save())
        with form.question_ids.new() as question:
            question.name = "Is it black?"
            with question.answer_ids.new() as answer:
                answer.name = "Yes"
                answer.component_id = self.component
            with question.answer_ids.new() as answer:
                answer.name = "No"
        self.assertIn("“Is it black?” → “No” leads nowhere", form.findings)
        guide = form.save()
        summary = guide.question_ids.answer_summary
        self.assertEqual(summary, "Yes → T-C1 Fuel system\nNo → ?")
        with (
            Form(guide) as form,
            form.question_ids.edit(0) as question,
            question.answer_ids.edit(1) as answer,
        ):
            answer.symptom_id = self.symptom
        self.assertFalse(guide.findings)

    def test_a_question_typed_as_the_next_one_does_not_begin(self):
        guide = self.guide.create({"name": "Smoke"}).with_user(self.editor)
        questions = guide.question_ids.with_context(default_diagnosis_id=guide.id)
        further, _name = questions.name_create("Is the air filter clean?")
        first = questions.create(
            {
                "name": "Is it black?",
                "answer_ids": [
                    Command.create({"name": "Yes", "next_question_id": further})
                ],
            }
        )
        self.assertEqual(guide.question_ids.sorted()[0], first)

    def test_only_a_whole_guide_is_published_and_only_by_an_approver(self):
        guide = self.make_guide(state="draft")
        with self.assertRaisesRegex(AccessError, "approver"):
            guide.with_user(self.editor).action_publish()
        guide.question_ids[1].answer_ids.unlink()
        with self.assertRaisesRegex(UserError, "needs two answers"):
            guide.with_user(self.approver).action_publish()
        guide.question_ids[1].with_user(self.editor).answer_ids = [
            Command.create({"name": name, "symptom_id": self.symptom.id})
            for name in ("Yes", "No")
        ]
        guide.with_user(self.approver).action_publish()
        self.assertEqual((guide.state, guide.approver_id), ("published", self.approver))

    def test_an_article_that_is_no_longer_published_keeps_a_guide_back(self):
        guide = self.make_guide(state="draft")
        self.assertFalse(guide.findings)
        guide.end_ids.article_id._write_guarded({"state": "retired"})
        guide.invalidate_recordset()
        self.assertIn("article is not published", guide.findings)

    def test_codes_of_an_end_go_with_each_other_and_are_of_their_kind(self):
        guide = self.make_guide(state="draft")
        end = guide.end_ids[0]
        with self.assertRaisesRegex(ValidationError, "another kind"):
            end.cause_id = self.symptom
        self.symptom.fits_ids = self.component.create(
            {"kind": "component", "code": "T-C2", "name": "Gearbox"}
        )
        self.assertIn("do not go with each other", guide.findings)

    def test_an_answer_leads_once(self):
        guide = self.make_guide(state="draft")
        first = guide.question_ids.answer_ids.filtered("next_question_id")
        with mute_logger("odoo.sql_db"), self.assertRaises(CheckViolation):
            first.symptom_id = self.symptom
            first.flush_recordset()

    def test_what_is_published_stands_still_with_all_its_parts(self):
        guide = self.guide.with_user(self.approver)
        question, answer = self.fuel.with_user(self.editor), self.no_fuel
        answer = answer.with_user(self.editor)
        changes = [
            lambda: guide.write({"name": "X"}),
            lambda: question.write({"name": "X"}),
            lambda: answer.write({"symptom_id": False}),
            answer.unlink,
            question.unlink,
            guide.unlink,
            lambda: question.create({"name": "X", "diagnosis_id": guide.id}),
            lambda: answer.create({"name": "X", "question_id": question.id}),
            lambda: question.update_field_translations("name", {"en_US": "X"}),
            lambda: self.make_guide("draft").question_ids.write(
                {"diagnosis_id": guide.id}
            ),
        ]
        for number, change in enumerate(changes):
            with self.subTest(number), self.assertRaisesRegex(UserError, "no draft"):
                change()
        with self.assertRaises(AccessError):
            guide.state = "draft"

    def test_a_guide_is_taken_back_corrected_and_retired(self):
        guide = self.guide.with_user(self.approver)
        guide.action_revise()
        self.assertEqual((guide.state, bool(guide.approver_id)), ("draft", False))
        self.fuel.with_user(self.editor).name = "Is there fuel in the tank?"
        guide.action_publish()
        guide.action_retire()
        self.assertFalse(guide._find(self.engine, self.env.company))
        with self.assertRaises(AccessError):
            guide.with_user(self.editor).action_revise()

    def test_an_editor_tries_a_draft_without_a_request(self):
        guide = self.make_guide(state="draft").with_user(self.editor)
        action = guide.action_try()
        walk = guide.env["aftersales.diagnosis.walk"].browse(action["res_id"])
        self.choose(walk, guide.question_ids[0].answer_ids[1])
        self.assertEqual(walk.component_id, self.component)
        self.assertFalse(walk.can_take_over)
        with self.assertRaises(UserError):
            walk.action_take_over()


@tagged("post_install", "-at_install")
class TestDiagnosis(GuideCase):
    """An agent is led to codes and an article, and the request keeps the road."""

    def setUp(self):
        super().setUp()
        self.ticket = self.make_request(symptom_id=False)

    def test_the_request_is_given_the_codes_and_keeps_the_road(self):
        walk = self.open_walk(self.ticket)
        self.assertEqual(walk.question_name, "Is there fuel?")
        self.choose(walk, self.no_fuel)
        self.assertEqual(walk.component_id, self.component)
        self.assertEqual(walk.cause_id, self.cause)
        [link] = html.fromstring(walk.articles_told).xpath("//a")
        self.assertEqual(link.text, "Bleed the line")
        self.assertEqual(
            link.get("href"), f"/odoo/aftersales.article/{self.no_fuel.article_id.id}"
        )
        before = self.ticket.message_ids
        walk.action_take_over()
        self.assertEqual(self.ticket.symptom_id, self.symptom)
        self.assertEqual(self.ticket.component_id, self.component)
        note = self.ticket.message_ids - before
        for words in ("Is there fuel?", "No", "Fuel system", "Worn"):
            self.assertIn(words, note.body)
        self.assertTrue(note.is_internal or note.subtype_id.internal)
        self.assertEqual(note.author_id, self.agent_north.partner_id)

    def test_it_is_taken_over_once_whatever_is_clicked_twice(self):
        walk = self.open_walk(self.ticket)
        self.choose(walk, self.no_fuel)
        walk.action_take_over()
        count = len(self.ticket.message_ids)
        walk.action_take_over()
        self.assertEqual(len(self.ticket.message_ids), count)
        self.assertEqual(self.no_fuel.used_count, 1)

    def test_one_goes_on_back_and_another_way(self):
        walk = self.open_walk(self.ticket)
        with self.assertRaisesRegex(UserError, "to their end"):
            walk.action_take_over()
        self.choose(walk, self.has_fuel)
        self.assertEqual(walk.question_id, self.turns)
        # A button of the question before, clicked late, changes nothing.
        self.choose(walk, self.no_fuel)
        self.assertEqual(walk.road, self.has_fuel.ids)
        walk.action_back()
        self.assertEqual(walk.question_id, self.fuel)
        walk.action_back()
        self.assertFalse(walk.diagnosis_id)
        self.choose(walk, self.guide)
        self.assertEqual(walk.question_id, self.fuel)

    def test_of_several_guides_those_for_the_machine_are_offered(self):
        near = self.make_guide(product_ids=[Command.set(self.engine.ids)])
        self.make_guide(product_ids=[Command.set(self.engine_single.ids)])
        self.make_guide(state="draft")
        walk = self.open_walk(self.ticket)
        self.assertFalse(walk.diagnosis_id)
        self.assertEqual(walk.guide_ids, near | self.guide)
        other = self.make_guide(product_ids=[Command.set(self.engine_single.ids)])
        self.choose(walk, other)
        self.assertFalse(walk.diagnosis_id)

    def test_only_codes_are_taken_over_that_the_form_would_accept(self):
        feedback = self.env.ref("aftersales_service.request_type_feedback")
        self.ticket.request_type_id = feedback
        vals = self.no_fuel._prepare_request_vals(self.ticket)
        self.assertEqual(vals, {"component_id": self.component.id})
        self.component.active = False
        self.assertFalse(self.no_fuel._prepare_request_vals(self.ticket))
        walk = self.open_walk(self.ticket)
        self.choose(walk, self.no_fuel)
        walk.action_take_over()
        self.assertFalse(self.ticket.symptom_id | self.ticket.component_id)
        self.assertEqual(self.ticket.diagnosis_end_id, self.no_fuel)

    def test_a_retired_article_is_not_shown_at_the_end(self):
        self.no_fuel.article_id._write_guarded({"state": "retired"})
        walk = self.open_walk(self.ticket)
        self.choose(walk, self.no_fuel)
        self.assertFalse(walk.articles_told)

    def test_a_made_up_road_leads_nowhere(self):
        foreign = self.make_guide(state="draft").question_ids.answer_ids
        walk = self.open_walk(self.ticket)
        for road in (foreign.ids, self.turns.answer_ids.ids, "x", {"a": 1}, [[1]], 7):
            walk.road = road
            with self.subTest(road=road), self.assertRaises(UserError):
                walk.action_take_over()
        self.assertFalse(self.ticket.diagnosis_end_id)

    def test_nobody_walks_for_a_request_he_may_not_see_or_in_anothers_walk(self):
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.agent_south).action_diagnose()
        walks = self.env["aftersales.diagnosis.walk"]
        with self.assertRaises(AccessError):
            walks.with_user(self.agent_south).create({"ticket_id": self.ticket.id})
        walk = self.open_walk(self.ticket)
        mine = walk.with_user(self.agent_south)
        with self.assertRaises(AccessError):
            mine.read(["ticket_id"])
        with self.assertRaises(AccessError):
            mine.action_take_over()
        theirs = self.no_fuel.with_user(self.agent_south)
        with self.assertRaises(AccessError):
            theirs.with_context(aftersales_walk_id=walk.id).action_choose()
        for odd in (None, "1", [walk.id], 0):
            with self.subTest(odd=odd), self.assertRaises(UserError):
                theirs.with_context(aftersales_walk_id=odd).action_choose()

    def test_the_end_is_not_written_by_hand_nor_read_by_the_customer(self):
        ticket = self.ticket.with_user(self.agent_north)
        with self.assertRaisesRegex(AccessError, "by its button"):
            ticket.diagnosis_end_id = self.no_fuel
        with self.assertRaisesRegex(AccessError, "by its button"):
            ticket.create({"name": "X", "diagnosis_end_id": self.no_fuel.id})
        self.ticket.diagnosis_end_id = self.no_fuel
        with self.assertRaises(AccessError):
            self.ticket.with_user(self.customer_user).read(["diagnosis_end_id"])

    def test_figures_say_how_often_an_end_was_used_and_right(self):
        other = self.component.create(
            {"kind": "component", "code": "T-C2", "name": "Gearbox"}
        )
        for component, state in (
            (self.component, "done"),
            (self.component, "accepted"),
            (other, "done"),
        ):
            ticket = self.make_request(symptom_id=False)
            walk = self.open_walk(ticket)
            self.choose(walk, self.no_fuel)
            walk.action_take_over()
            self.make_work_order(
                ticket,
                state=state,
                component_id=component.id,
                symptom_id=self.symptom.id,
                cause_id=self.cause.id,
            )
        ends = self.guide.end_ids.with_user(self.editor)
        figures = {
            end: (end.used_count, end.done_count, end.right_count) for end in ends
        }
        self.assertEqual(figures[self.no_fuel], (3, 2, 1))
        self.assertEqual(
            {figures[end] for end in ends if end != self.no_fuel}, {(0, 0, 0)}
        )

    def test_the_dialog_asks_as_many_queries_for_ten_questions_as_for_two(self):
        def count(walk):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            walk.read(["question_id", "answer_ids", "end_id", "road_told"])
            return self.cr.sql_log_count - start

        walk = self.open_walk(self.ticket)
        count(walk)
        few = count(walk)
        self.guide._write_guarded({"state": "draft"})
        for number in range(8):
            self.turns.copy(
                {
                    "name": f"Question {number}",
                    "answer_ids": [
                        Command.create(
                            {"name": name, "component_id": self.component.id}
                        )
                        for name in ("Yes", "No")
                    ],
                }
            )
        self.guide._write_guarded({"state": "published"})
        self.assertEqual(count(walk), few)
