from datetime import date

from odoo.tests import BaseCase, tagged

from odoo.addons.aftersales_knowledge.tools.article import (
    STEPS,
    TRANSITIONS,
    Facts,
    find_refusal,
    get_review_date,
    is_offered,
)

READY = {"has_remedy": True, "has_owner": True}
EDITOR = {"is_editor": True, **READY}
APPROVER = {"is_approver": True, **EDITOR}


@tagged("post_install", "-at_install")
class TestArticleRule(BaseCase):
    """Who takes which step of an article, as a table."""

    def test_who_may_take_which_step(self):
        table = [
            ("submit", "draft", EDITOR, None),
            ("submit", "draft", READY, "editor"),
            ("submit", "draft", {**EDITOR, "has_remedy": False}, "empty"),
            ("submit", "draft", {**EDITOR, "has_owner": False}, "owner"),
            ("submit", "published", EDITOR, "state"),
            ("send_back", "review", EDITOR, None),
            ("send_back", "published", APPROVER, "state"),
            ("publish", "review", APPROVER, None),
            ("publish", "review", EDITOR, "approver"),
            ("publish", "draft", APPROVER, "state"),
            ("publish", "review", {**APPROVER, "is_own_edit": True}, "own_edit"),
            ("publish", "review", {**APPROVER, "has_owner": False}, "owner"),
            ("revise", "published", APPROVER, None),
            ("revise", "retired", {"is_approver": True}, None),
            ("revise", "published", EDITOR, "approver"),
            ("revise", "review", APPROVER, "state"),
            ("retire", "draft", {"is_approver": True}, None),
            ("retire", "published", {**APPROVER, "is_own_edit": True}, None),
            ("retire", "review", APPROVER, "state"),
            ("retire", "published", EDITOR, "approver"),
        ]
        for step, state, facts, expected in table:
            with self.subTest(step=step, state=state, facts=facts):
                found = find_refusal(step, Facts(state=state, **facts))
                self.assertEqual(found, expected)

    def test_steps_lead_where_the_life_allows(self):
        for step, (states, target) in STEPS.items():
            for state in states:
                with self.subTest(step=step, state=state):
                    self.assertIn(target, TRANSITIONS[state])

    def test_a_button_is_shown_where_only_typing_is_missing(self):
        facts = Facts(state="draft", is_editor=True)
        self.assertTrue(is_offered("submit", facts))
        own = Facts(state="review", is_own_edit=True, **APPROVER)
        self.assertFalse(is_offered("publish", own))

    def test_the_next_look_ends_with_the_month(self):
        self.assertEqual(get_review_date(date(2024, 2, 29), 12), date(2025, 2, 28))
