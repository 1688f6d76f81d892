from odoo.tests import BaseCase, tagged

from ..tools import intake

FACTS = {"customer": "Li", "agent": "Mei", "company": "Hengyuan"}


@tagged("post_install", "-at_install")
class TestIntakeRule(BaseCase):
    """A script is said with the names that are known."""

    def test_names_are_filled_in(self):
        for text, facts, said in (
            ("", FACTS, ""),
            ("Good day {customer}.", FACTS, "Good day Li."),
            ("{agent} of {company}", FACTS, "Mei of Hengyuan"),
            ("Good day {customer}, please", {}, "Good day, please"),
            ("您好 {customer}，请讲", {"customer": None}, "您好，请讲"),
            ("Good day {customer}\nYes", {}, "Good day\nYes"),
            ("{customer}", {"customer": "{agent}", "agent": "Mei"}, "{agent}"),
            ("{customer.name} {0}", FACTS, "{customer.name} {0}"),
        ):
            with self.subTest(text=text, facts=facts):
                self.assertEqual(intake.fill(text, facts), said)

    def test_a_name_that_nobody_knows_is_found(self):
        for text, unknown in (
            ("Good day", None),
            ("{customer} {agent} {company}", None),
            ("{customer} {phone}", "phone"),
            ("{}", ""),
            ("{customer.user_ids}", "customer.user_ids"),
        ):
            with self.subTest(text=text):
                self.assertEqual(intake.find_unknown(text), unknown)
