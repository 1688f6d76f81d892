from odoo.tests import new_test_user, tagged

from .common import KnowledgeCase


@tagged("post_install", "-at_install")
class TestPhraseMenu(KnowledgeCase):
    """What is said, asked and written is reached in one menu, as rights allow."""

    def find_entries(self, user):
        """The models behind the entries of the one menu, as the user sees it."""
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        root = menus.get(self.env.ref("aftersales_knowledge.phrase_menu_root").id)
        actions = self.env["ir.actions.act_window"]
        return {
            actions.browse(menus[child]["action_id"]).res_model
            for child in (root["children"] if root else ())
        }

    def test_everybody_reaches_what_he_may_read(self):
        editor = new_test_user(
            self.env, "phrases-editor", "aftersales_knowledge.group_knowledge_editor"
        )
        scripts = {
            "mail.canned.response",
            "aftersales.intake.script",
            "aftersales.followup.rule",
        }
        table = (
            (editor, {"mail.canned.response"}),
            (self.agent_north, scripts),
            (self.administrator, scripts | {"survey.survey"}),
            (self.quality, set()),
        )
        for user, models in table:
            with self.subTest(user=user.login):
                self.assertEqual(self.find_entries(user), models)
                for model in models:
                    self.assertTrue(self.env[model].with_user(user).has_access("read"))

    def test_the_root_is_not_shown_to_who_finds_nothing_there(self):
        menus = self.env["ir.ui.menu"].with_user(self.quality).load_menus(False)
        root = self.env.ref("aftersales_knowledge.phrase_menu_root")
        self.assertNotIn(root.id, menus)
