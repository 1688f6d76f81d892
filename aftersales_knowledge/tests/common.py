from odoo.fields import Command
from odoo.tests import new_test_user

from odoo.addons.aftersales_service.tests.common import NO_MAIL, AftersalesCase


class KnowledgeCase(AftersalesCase):
    """Editor, approver, and a factory of articles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.editor, cls.approver = (
            new_test_user(
                cls.env,
                login=role,
                groups=f"aftersales_knowledge.group_knowledge_{role}",
                context=NO_MAIL,
            )
            for role in ("editor", "approver")
        )

    @classmethod
    def make_article(cls, name="Pump", state="published", codes=None, **vals):
        """An article on the test symptom, for stations, in a state."""
        codes = cls.symptom if codes is None else codes
        article = cls.env["aftersales.article"].create(
            {
                "name": name,
                "remedy": "<p>Bleed the fuel line.</p>",
                "audience": "station",
                "fault_code_ids": [Command.set(codes.ids)],
                **vals,
            }
        )
        article._write_guarded({"state": state})
        return article
