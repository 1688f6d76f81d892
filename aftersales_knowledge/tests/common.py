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

    @classmethod
    def make_guide(cls, state="published", **vals):
        """Is there fuel? No: the pump and an article; yes: does it turn? Two ends.

        For any machine, for stations, too.
        """
        guide = cls.env["aftersales.diagnosis"].create(
            {"name": "Does not start", "is_for_stations": True, **vals}
        )
        questions = cls.env["aftersales.diagnosis.question"].create(
            [
                {"diagnosis_id": guide.id, "sequence": number, "name": name}
                for number, name in enumerate(("Is there fuel?", "Does it turn?"))
            ]
        )
        fuel, turns = questions
        ends = [
            (fuel, "Yes", {"next_question_id": turns.id}),
            (
                fuel,
                "No",
                {
                    "symptom_id": cls.symptom.id,
                    "component_id": cls.component.id,
                    "cause_id": cls.cause.id,
                    "article_id": cls.make_article("Bleed the line").id,
                },
            ),
            (turns, "Yes", {"symptom_id": cls.symptom.id}),
            (turns, "No", {"component_id": cls.component.id}),
        ]
        cls.env["aftersales.diagnosis.answer"].create(
            [
                {"question_id": question.id, "name": name, **target}
                for question, name, target in ends
            ]
        )
        guide._write_guarded({"state": state})
        return guide
