from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import GROUPS, AftersalesCase


@tagged("post_install", "-at_install")
class TestProblemSheet(AftersalesCase):
    """A department is asked, chased and answers in writing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engineer = new_test_user(
            cls.env, "engineer", GROUPS % "department", email="engineer@example.com"
        )
        cls.team = cls.env["helpdesk.ticket.team"].create(
            {"name": "Engine works", "user_ids": [Command.set(cls.engineer.ids)]}
        )
        cls.problem = cls.env.ref("aftersales_service.request_type_problem")
        cls.origin = cls.make_request(fault_text="Cracks after 100 hours")
        action = cls.origin.with_user(cls.office_north).action_new_problem_sheet()
        with Form(
            cls.env["helpdesk.ticket"]
            .with_user(cls.office_north)
            .with_context(**action["context"]),
            view="aftersales_service.request_view_form",
        ) as form:
            form.team_id = cls.team
        cls.sheet = form.record

    def test_the_sheet_knows_what_it_is_about(self):
        sheet = self.sheet.sudo()
        self.assertEqual(sheet.problem_origin_id, self.origin)
        self.assertEqual(sheet.request_type_id, self.problem)
        self.assertEqual(sheet.fault_text, "Cracks after 100 hours")
        self.assertEqual(sheet.territory_id, self.north)
        self.assertEqual(sheet.answer_due_date, fields.Date.today() + timedelta(days=3))
        self.assertEqual(sheet.sheet_state, "sent")

    def test_the_department_opens_its_sheet_about_a_machine(self):
        self.assertTrue(self.sheet.sudo().unit_id)
        sheet = self.sheet.with_user(self.engineer)
        with Form(sheet, view="aftersales_service.request_view_form") as form:
            self.assertFalse(form.serial_preview)
            form.written_answer = "<p>Use head gasket B</p>"
        self.assertIn("gasket B", sheet.written_answer)

    def test_the_department_is_shown_no_button_it_may_not_press(self):
        view = self.env.ref("aftersales_service.request_view_form")
        arch = self.sheet.with_user(self.engineer).get_view(view.id, "form")["arch"]
        self.assertIn("action_answer_problem", arch)
        self.assertNotIn("Link for the customer", arch)
        self.assertIn(
            "Link for the customer",
            self.sheet.with_user(self.agent_north).get_view(view.id, "form")["arch"],
        )

    def test_the_department_answers_and_the_asker_is_told(self):
        sheet = self.sheet.with_user(self.engineer)
        with self.assertRaises(UserError):
            sheet.action_answer_problem()
        sheet.written_answer = "<p>Use head gasket B</p>"
        sheet.action_answer_problem()
        self.assertEqual(sheet.sheet_state, "answered")
        self.assertEqual(sheet.answered_by_id, self.engineer)
        self.assertIn("gasket B", self.origin.message_ids[:1].body)
        self.assertIn(
            self.office_north.partner_id, self.sheet.message_ids[:1].partner_ids
        )
        with self.assertRaises(UserError):
            sheet.action_answer_problem()

    def test_it_is_not_closed_before_the_answer(self):
        sheet = self.sheet.with_user(self.office_north)
        self.assertIn("writing", sheet.open_step)
        with self.assertRaises(UserError):
            sheet.action_close()
        sheet.written_answer = "Done"
        sheet.action_answer_problem()
        sheet.action_close()
        self.assertTrue(sheet.closed)

    def test_nobody_backdates_an_answer(self):
        with self.assertRaises(UserError):
            self.sheet.with_user(self.office_north).answered_on = "2020-01-01"

    def _chase(self):
        whole = patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        )
        with whole:
            self.env["helpdesk.ticket"]._cron_chase_problem_sheets()

    def test_overdue_sheets_are_chased_once_a_day(self):
        sheet = self.sheet.sudo()
        self._chase()
        self.assertFalse(sheet.chase_count)
        sheet.answer_due_date = fields.Date.today() - timedelta(days=1)
        for _ in range(2):
            self._chase()
        self.assertEqual(sheet.chase_count, 1)
        self.assertEqual(sheet.sheet_state, "overdue")
        self.assertEqual(sheet.activity_ids.user_id, self.engineer)
        sheet.chased_on -= timedelta(days=1)
        self._chase()
        self.assertEqual(sheet.chase_count, 2)
        self.assertEqual(len(sheet.activity_ids), 1)
        mails = self.env["mail.mail"].search(
            [("model", "=", "helpdesk.ticket"), ("res_id", "=", sheet.id)]
        )
        chasing = mails.filtered(lambda m: "waits for your answer" in m.subject)
        self.assertEqual(len(chasing), 2)
        self.assertEqual(chasing.recipient_ids, self.engineer.partner_id)
        sheet.written_answer = "Done"
        sheet.action_answer_problem()
        self.assertFalse(sheet.activity_ids)
        sheet.chased_on -= timedelta(days=1)
        self._chase()
        self.assertEqual(sheet.chase_count, 2)

    def test_the_sheet_is_printed(self):
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "aftersales_service.report_problem_sheet", self.sheet.ids
        )
        text = html.decode()
        for word in (self.sheet.number, self.origin.number, "Engine works", "Cracks"):
            self.assertIn(word, text)
