from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.aftersales_service.tests.common import NO_MAIL

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestArticleLife(KnowledgeCase):
    """An editor writes, an approver publishes; what is published stands still."""

    def _draft(self, **vals):
        return self.make_article(state="draft", owner_id=self.editor.id, **vals)

    def test_an_editor_writes_and_cannot_publish(self):
        form = Form(self.env["aftersales.article"].with_user(self.editor))
        form.name = "Does not start when cold"
        form.remedy = "<p>Heat</p>"
        article = form.save()
        self.assertEqual(article.owner_id, self.editor)
        self.assertFalse(article.can_publish)
        article.remedy = "<p>Heat the intake</p>"
        article.action_submit()
        self.assertEqual(article.state, "review")
        with self.assertRaises(AccessError):
            article.action_publish()
        article.action_send_back()
        with self.assertRaises(AccessError):
            article.action_retire()
        with self.assertRaises(AccessError):
            article.state = "published"
        with self.assertRaises(AccessError):
            article.create({"name": "X", "state": "published"})

    def test_an_approver_publishes_takes_back_and_retires_several(self):
        drafts = (self._draft() | self._draft(name="Other")).with_user(self.approver)
        drafts.action_submit()
        drafts.action_publish()
        self.assertEqual(set(drafts.mapped("state")), {"published"})
        self.assertEqual(drafts.approver_id, self.approver)
        self.assertTrue(all(drafts.mapped("published_at")))
        drafts.action_revise()
        self.assertEqual(set(drafts.mapped("state")), {"draft"})
        self.assertFalse(drafts.approver_id)
        drafts.action_retire()
        self.assertEqual(set(drafts.mapped("state")), {"retired"})

    def test_nobody_publishes_what_he_changed_last(self):
        draft = self._draft().with_user(self.approver)
        draft.cause = "<p>Air in the line</p>"
        self.assertEqual(draft.last_editor_id, self.approver)
        draft.action_submit()
        self.assertTrue(draft.is_own_edit)
        self.assertFalse(draft.can_publish)
        with self.assertRaisesRegex(UserError, "somebody else"):
            draft.action_publish()
        with self.assertRaises(AccessError):
            draft.last_editor_id = self.editor
        other = new_test_user(
            self.env,
            "approver2",
            "aftersales_knowledge.group_knowledge_approver",
            context=NO_MAIL,
        )
        draft.with_user(other).action_publish()
        self.assertEqual(draft.approver_id, other)

    def test_a_translation_is_an_edit_too(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        draft = self._draft().with_user(self.approver)
        draft.update_field_translations("name", {"zh_CN": "泵"})
        self.assertEqual(draft.last_editor_id, self.approver)
        published = self.make_article().with_user(self.approver)
        with self.assertRaisesRegex(UserError, "no draft"):
            published.update_field_translations("name", {"zh_CN": "泵"})

    def test_a_contribution_needs_an_owner(self):
        draft = self._draft()
        draft.owner_id = False
        with self.assertRaisesRegex(UserError, "owner"):
            draft.with_user(self.editor).action_submit()

    def test_absent_transitions_are_refused(self):
        states = self.env["aftersales.article"].TRANSITIONS
        for state, targets in states.items():
            article = self.make_article(state=state)
            for target in set(states) - set(targets):
                with (
                    self.subTest(state=state, target=target),
                    self.assertRaises(UserError),
                ):
                    article._update_state(target)

    def test_a_published_article_is_not_changed(self):
        article = self.make_article()
        for user in (self.editor, self.approver):
            with self.assertRaisesRegex(UserError, "no draft"):
                article.with_user(user).remedy = "<p>Other</p>"
            with self.assertRaisesRegex(UserError, "no draft"):
                article.with_user(user).audience = "public"
        article.with_user(self.editor).owner_id = self.approver

    def test_only_drafts_are_deleted(self):
        with self.assertRaisesRegex(UserError, "retire"):
            self.make_article().with_user(self.approver).unlink()
        self._draft().with_user(self.approver).unlink()

    def test_an_empty_article_is_not_published(self):
        draft = self._draft(remedy=False)
        with self.assertRaisesRegex(UserError, "empty"):
            draft.with_user(self.approver).action_submit()

    def test_scripts_are_taken_out_of_the_remedy(self):
        article = self._draft(
            remedy='<p onclick="x()">Turn<script>steal()</script></p>'
            '<a href="javascript:x()">here</a>'
        )
        for evil in ("script", "onclick", "steal"):
            self.assertNotIn(evil, article.remedy)

    def test_readers_see_what_is_published_and_editors_everything(self):
        published, draft = self.make_article(), self._draft()
        retired = self.make_article(state="retired")
        both = published | draft | retired
        table = [
            (self.agent_south, published),
            (self.quality, published),
            (self.editor, both),
            (self.approver, both),
        ]
        for user, seen in table:
            found = both.with_user(user).search([("id", "in", both.ids)])
            with self.subTest(user=user.login):
                self.assertEqual(found, seen)
        with self.assertRaises(AccessError):
            both.with_user(self.station_north_user).search([])

    def test_another_company_keeps_its_articles(self):
        article = self.make_article()
        article._write_guarded(
            {"company_id": self.env["res.company"].create({"name": "Other"}).id}
        )
        self.assertFalse(
            article.with_user(self.editor).search([("id", "=", article.id)])
        )


@tagged("post_install", "-at_install")
class TestArticleVersions(KnowledgeCase):
    """Every version of every language can be read again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        cls.article = cls.make_article(state="draft", remedy="<p>One</p>")
        cls.article = cls.article.with_user(cls.editor)

    def _read(self, article, number):
        return article.html_field_history_get_content_at_revision("remedy", number)

    def test_earlier_versions_come_back_and_differences_are_shown(self):
        self.article.remedy = "<p>Two</p>"
        self.article.remedy = "<p>Three</p>"
        chain = self.article.html_field_history_metadata["remedy"]
        self.assertEqual([one["revision_id"] for one in chain], [2, 1])
        self.assertEqual(chain[0]["create_user_name"], self.editor.name)
        self.assertEqual(self._read(self.article, 2), "<p>Two</p>")
        self.assertEqual(self._read(self.article, 1), "<p>One</p>")
        shown = self.article.html_field_history_get_comparison_at_revision("remedy", 1)
        self.assertIn("<removed>", shown)

    def test_each_language_has_versions_of_its_own(self):
        chinese = self.article.with_context(lang="zh_CN")
        self.article.update_field_translations("remedy", {"zh_CN": {"One": "一"}})
        # The database has to have kept the languages apart, not the cache.
        self.env.invalidate_all()
        self.assertEqual(chinese.remedy, "<p>一</p>")
        self.assertFalse(self.article.html_field_history_metadata)
        self.assertEqual(self._read(chinese, 1), "<p>One</p>")
        # A new text of one language takes the place of the old one in all.
        self.article.remedy = "<p>Two</p>"
        self.assertEqual(self._read(self.article, 1), "<p>One</p>")
        self.assertEqual(self._read(chinese, 2), "<p>一</p>")
        self.assertEqual(self._read(chinese, 1), "<p>One</p>")

    def test_versions_are_not_forged_and_readers_do_not_see_them(self):
        for name in ("html_field_history", "version_history"):
            with self.subTest(name), self.assertRaises(AccessError):
                self.article.write({name: {"remedy": []}})
            with self.subTest(name), self.assertRaises(AccessError):
                self.article.create({"name": "X", name: {"remedy": []}})
        published = self.make_article().with_user(self.agent_north)
        with self.assertRaises(AccessError):
            published.read(["html_field_history_metadata"])


@tagged("post_install", "-at_install")
class TestArticleReview(KnowledgeCase):
    """A published article is looked at again; the owner is asked once."""

    def _published(self):
        draft = self.make_article(state="draft", owner_id=self.editor.id)
        draft.with_user(self.approver).action_submit()
        draft.with_user(self.approver).action_publish()
        return draft

    def _ask(self):
        with patch.object(
            self.registry["ir.cron"], "_commit_progress", lambda *a, **k: float("inf")
        ):
            self.env["aftersales.article"]._cron_ask_reviews()

    def test_publishing_plans_a_look_a_year_later(self):
        today = self.env.company._get_today()
        article = self._published()
        self.assertEqual(article.review_date.year, today.year + 1)
        article.with_user(self.editor).review_date = today + timedelta(days=9)
        article.with_user(self.approver).action_revise()
        article.with_user(self.approver).action_submit()
        article.with_user(self.approver).action_publish()
        self.assertEqual(article.review_date, today + timedelta(days=9))

    def test_the_owner_is_asked_once_and_says_it_is_right(self):
        article, draft = self._published(), self.make_article(state="draft")
        (article | draft).review_date = fields.Date.today() - timedelta(days=1)
        self.env.flush_all()
        for _again in range(2):
            self._ask()
        self.assertEqual(article.activity_ids.user_id, self.editor)
        self.assertEqual(len(article.activity_ids), 1)
        self.assertFalse(draft.activity_ids)
        article.with_user(self.editor).action_confirm_review()
        self.assertFalse(article.activity_ids)
        self.assertGreater(article.review_date, fields.Date.today())

    def test_a_reader_confirms_nothing(self):
        article = self._published()
        with self.assertRaises(AccessError):
            article.with_user(self.agent_north).action_confirm_review()
