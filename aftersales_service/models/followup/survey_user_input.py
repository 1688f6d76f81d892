from odoo import fields, models


class SurveyUserInput(models.Model):
    """The answers of one follow-up; seen and written by it alone (record rules)."""

    _inherit = "survey.user_input"

    followup_id = fields.Many2one(
        "aftersales.followup",
        string="Follow-up",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )

    _followup_uniq = models.UniqueIndex(
        "(followup_id) WHERE followup_id IS NOT NULL",
        "This follow-up is answered already.",
    )
