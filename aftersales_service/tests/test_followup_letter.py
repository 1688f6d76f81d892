from lxml import html

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_followup_care import CareCase


@tagged("post_install", "-at_install")
class TestFollowupLetter(CareCase):
    """Letters are one print in each customer's language and are sent once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.rule = cls.make_rule(letter="<p>Dear {customer}, {company} on {day}</p>")
        words = {"Dear {customer}, {company} on {day}": "尊敬的{customer}"}
        cls.rule.update_field_translations("letter", {"zh_CN": words})

    def make_letters(self):
        self.born(5, 12, name="Li <b>Sons</b>", lang="en_US")
        self.born(5, 13, name="王建军", lang="zh_CN")
        return self.made(self.rule).with_user(self.agent_north)

    def page(self, report, followups):
        text, _kind = self.env["ir.actions.report"]._render_qweb_html(
            f"aftersales_service.{report}", followups.ids
        )
        return html.fromstring(text)

    def test_one_print_each_in_his_language_and_as_text(self):
        letters = self.make_letters()
        page = self.page("report_followup_letter", letters)
        words = [
            paragraph.text_content()
            for paragraph in page.xpath("//div[@class='page']//p")
        ]
        company = self.env.company.name
        self.assertEqual(
            words,
            [f"Dear Li <b>Sons</b>, {company} on 05/12/2026", "尊敬的王建军"],
        )
        self.assertEqual(len(page.xpath("//address")), 2)

    def test_printing_sends_once_and_prints_again(self):
        letters = self.make_letters()
        action = letters.action_print_letters()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(set(letters.mapped("state")), {"done"})
        done_at = letters.mapped("done_at")
        letters._write_guarded({"printed_at": "2026-05-01 10:00:00"})
        printed_at = letters.mapped("printed_at")
        action = letters.action_print_letters()
        self.assertEqual(action["type"], "ir.actions.report")
        self.assertEqual(letters.mapped("printed_at"), printed_at)
        self.assertEqual(letters.mapped("done_at"), done_at)

    def test_a_letter_that_asks_waits_for_its_answer(self):
        self.rule.survey_id = self.env.ref("aftersales_service.survey_annual")
        letters = self.make_letters()
        letters.action_print_letters()
        self.assertEqual(set(letters.mapped("state")), {"due"})
        self.assertTrue(all(letters.mapped("printed_at")))

    def test_what_cannot_be_printed_says_why(self):
        letters = self.make_letters()
        with self.assertRaisesRegex(UserError, "not go by letter"):
            self.make_followup().action_print_letters()
        self.rule.letter = False
        with self.assertRaisesRegex(UserError, "Write the letter"):
            letters.action_print_letters()
        letters._cancel("moved")
        with self.assertRaisesRegex(UserError, "or is not due"):
            letters.action_print_letters()
        self.assertFalse(any(letters.mapped("printed_at")))

    def test_an_unknown_word_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "password"):
            self.rule.letter = "<p>{customer} {password}</p>"

    def test_nobody_marks_a_letter_from_outside(self):
        letters = self.make_letters()
        with self.assertRaises(UserError):
            letters.write({"printed_at": "2026-05-01 10:00:00"})
        with self.assertRaises(AccessError):
            letters.with_user(self.agent_south).action_print_letters()

    def test_the_care_list_says_who_and_why(self):
        letters = self.make_letters()
        letters[0].action_finish()
        letters[1].user_id = self.agent_north
        page = self.page("report_care_list", letters)
        rows = [
            [cell.text_content().strip() for cell in row.xpath("td")]
            for row in page.xpath("//tbody/tr")
        ]
        self.assertEqual(
            [(row[1], row[4], row[5], row[-1]) for row in rows],
            [
                ("Li <b>Sons</b>", "Care 2026", "Letter", "✓"),
                ("王建军", "Care 2026", "Letter", "☐"),
            ],
        )
        with self.assertRaises(AccessError):
            self.env["ir.actions.report"].with_user(self.agent_south)._render_qweb_html(
                "aftersales_service.report_care_list", letters.ids
            )

    def test_as_many_queries_for_one_as_for_thirty(self):
        def count(number):
            for _n in range(number):
                self.born(5, 12)
            letters = self.made(self.rule).with_user(self.agent_north)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.page("report_followup_letter", letters)
            self.page("report_care_list", letters)
            return self.env.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(1), count(30))
