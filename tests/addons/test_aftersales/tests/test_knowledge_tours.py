from odoo.tests import HttpCase, tagged

from odoo.addons.aftersales_knowledge.tests.common import KnowledgeCase


class KnowledgeTours(KnowledgeCase, HttpCase):
    """Editor, approver, agent and station in a real browser."""

    def show(self, tour, user, action):
        """Play a tour as a user, from the list of one of our actions."""
        action = self.env.ref(f"aftersales_{action}")
        self.start_tour(f"/odoo/action-{action.id}", tour, login=user.login)
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "tour")
class TestKnowledgeTours(KnowledgeTours):
    """The life of an article, and a guide that is tried and used."""

    def test_an_article_lives_from_draft_to_its_second_version(self):
        articles = "knowledge.article_action"
        self.show("aftersales_article_write", self.editor, articles)
        article = self.env["aftersales.article"].search(
            [("name", "=", "Hard to start in the cold")]
        )
        self.assertEqual((article.state, article.owner_id), ("review", self.editor))
        self.show("aftersales_article_publish", self.approver, articles)
        self.assertEqual(article.state, "published")
        self.assertEqual(article.approver_id, self.approver)
        self.show("aftersales_article_revise", self.approver, articles)
        self.show("aftersales_article_version", self.editor, articles)
        self.assertEqual(article.state, "review")
        self.assertIn("Heat the intake for a minute", article.remedy)
        self.show("aftersales_article_publish", self.approver, articles)
        self.assertEqual(article.state, "published")

    def test_an_agent_is_led_to_the_codes(self):
        self.make_guide()
        ticket = self.make_request(symptom_id=False)
        self.start_tour(
            f"/odoo/action-aftersales_service.request_action/{ticket.id}",
            "aftersales_diagnosis",
            login=self.agent_north.login,
        )
        self.env.invalidate_all()
        self.assertEqual(ticket.component_id, self.component)
        self.assertEqual(ticket.diagnosis_end_id.used_count, 1)

    def test_an_editor_tries_his_guide(self):
        self.make_guide(state="draft")
        self.show("aftersales_diagnosis_try", self.editor, "knowledge.diagnosis_action")


@tagged("post_install", "-at_install", "tour")
class TestKnowledgePhoneTours(KnowledgeTours):
    """News on the telephone of a station."""

    browser_size = "390x844"
    touch_enabled = True

    def test_a_station_reads_a_bulletin(self):
        bulletin = self.env["aftersales.bulletin"].create(
            {"name": "New oil", "body": "<p>Use CF-4</p>"}
        )
        bulletin.with_user(self.editor).action_plan()
        bulletin.with_user(self.approver).action_publish()
        station = self.station_north_user.partner_id.commercial_partner_id
        row = bulletin.reader_ids.filtered(lambda one: one.partner_id == station)
        self.assertFalse(row.read_at)
        self.start_tour(
            "/my", "aftersales_bulletin", login=self.station_north_user.login
        )
        row.invalidate_recordset()
        self.assertTrue(row.read_at)
