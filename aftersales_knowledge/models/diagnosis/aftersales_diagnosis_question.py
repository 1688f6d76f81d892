from odoo import api, fields, models

# Behind every question that was put in its place.
LAST = 1000


class AftersalesDiagnosisQuestion(models.Model):
    """A question of a guide, and where its answers lead."""

    _name = "aftersales.diagnosis.question"
    _description = "Question of a guide"
    _inherit = ["aftersales.diagnosis.part.mixin"]
    _order = "diagnosis_id, sequence, id"

    diagnosis_id = fields.Many2one(
        "aftersales.diagnosis",
        string="Guide",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="diagnosis_id.company_id", store=True, index=True
    )
    sequence = fields.Integer(default=10, help="The first question begins.")
    name = fields.Char(
        string="Question",
        required=True,
        translate=True,
        help="As it is asked on the telephone: one thing, in the caller's words.",
    )
    hint = fields.Text(
        translate=True, help="How the caller can tell, said when he does not know."
    )
    answer_ids = fields.One2many(
        "aftersales.diagnosis.answer", "question_id", string="Answers"
    )
    answer_summary = fields.Text(
        string="Answers and where they lead", compute="_compute_answer_summary"
    )

    @api.depends("answer_ids.name", "answer_ids.sequence", "answer_ids.target")
    @api.depends_context("lang")
    def _compute_answer_summary(self):
        for question in self:
            question.answer_summary = "\n".join(
                f"{answer.name} → {answer.target or '?'}"
                for answer in question.answer_ids.sorted()
                if answer.name
            )

    @api.model
    def name_create(self, name):
        """A question typed as the next one of an answer is not the first of all."""
        return super(
            AftersalesDiagnosisQuestion, self.with_context(default_sequence=LAST)
        ).name_create(name)
