from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import followup as followup_rule


class SurveyQuestion(models.Model):
    """A question of a follow-up names the number that its answer is counted as."""

    _inherit = "survey.question"

    followup_measure = fields.Selection(
        [
            ("satisfaction", "Satisfaction"),
            ("is_solved", "Machine runs"),
            ("is_charged_extra", "Charged more than reported"),
            ("charged_amount", "Amount charged"),
            ("comment", "In the customer's words"),
        ],
        string="Counted as",
        help="What the answer fills on the follow-up. A choice counts as the number"
        " beside it: 1 to 5 for satisfaction, 1 for yes, 0 for no.",
    )

    @api.constrains("followup_measure", "question_type", "scale_min", "scale_max")
    def _check_followup_measure(self):
        allowed = {
            "satisfaction": ("scale", "simple_choice"),
            "is_solved": ("simple_choice",),
            "is_charged_extra": ("simple_choice",),
            "charged_amount": ("numerical_box",),
            "comment": followup_rule.TEXTS,
        }
        for question in self.filtered("followup_measure"):
            scale = (question.scale_min, question.scale_max)
            if question.question_type not in allowed[question.followup_measure] or (
                question.question_type == "scale"
                and scale != followup_rule.SATISFACTION_SCALE
            ):
                raise ValidationError(
                    self.env._(
                        "“%(question)s” cannot be counted so: satisfaction is a scale"
                        " from 1 to 5 or one choice, yes and no are one choice, an"
                        " amount is a number, words are a text.",
                        question=question.title,
                    )
                )

    def _check_askable(self):
        """Raise when an agent could not ask and record one of these questions."""
        for question in self:
            if question.question_type not in followup_rule.KINDS:
                raise ValidationError(
                    self.env._(
                        "“%(question)s” is of a type that cannot be asked on a"
                        " follow-up.",
                        question=question.title,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_never_answered(self):
        # A count, whoever deletes: he may not see whose answers they are.
        answers = self.env["survey.user_input.line"].sudo()
        if answers.search_count(
            [
                ("question_id", "in", self.ids),
                ("user_input_id.followup_id", "!=", False),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._("Customers have answered this question; it stays.")
            )

    def _prepare_followup_question(self):
        """Facts of this question for the rules of ``tools.followup``."""
        self.ensure_one()
        is_scale = self.question_type == "scale"
        is_bounded = is_scale or self.validation_required
        low = self.scale_min if is_scale else self.validation_min_float_value
        high = self.scale_max if is_scale else self.validation_max_float_value
        is_amount = self.followup_measure == "charged_amount"
        return followup_rule.Question(
            id=self.id,
            kind=self.question_type,
            measure=self.followup_measure or None,
            is_required=self.constr_mandatory,
            minimum=low if is_bounded else (0.0 if is_amount else None),
            maximum=high if is_bounded else None,
            choices=tuple(
                followup_rule.Choice(id=answer.id, value=answer.followup_value)
                for answer in self.suggested_answer_ids
            ),
            shown_by=frozenset(self.triggering_answer_ids.ids),
        )

    def _prepare_followup_form(self):
        """This question as the agent's form shows it, in the reader's language."""
        self.ensure_one()
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.question_type,
            "required": self.constr_mandatory,
            "measure": self.followup_measure or False,
            "min": self.scale_min,
            "max": self.scale_max,
            "min_label": self.scale_min_label or "",
            "max_label": self.scale_max_label or "",
            "choices": [
                {"id": answer.id, "label": answer.value}
                for answer in self.suggested_answer_ids
            ],
            "shown_by": self.triggering_answer_ids.ids,
        }


class SurveyQuestionAnswer(models.Model):
    """A choice, and the number it counts as."""

    _inherit = "survey.question.answer"

    followup_value = fields.Integer(
        string="Counts as",
        help="1 to 5 for satisfaction; 1 for yes, 0 for no.",
    )
