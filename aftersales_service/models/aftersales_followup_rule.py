from odoo import fields, models


class AftersalesFollowupRule(models.Model):
    """When a customer is asked how it went, by whom and with which questions."""

    _name = "aftersales.followup.rule"
    _description = "Follow-up rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    event = fields.Selection(
        [("installation_done", "Installation done"), ("repair_done", "Repair done")],
        required=True,
        help="What makes a follow-up due.",
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type", help="Empty means any."
    )
    delay_days = fields.Integer(
        default=2, required=True, help="Days after the event within which to ask."
    )
    channel = fields.Selection(
        [
            ("phone", "Phone"),
            ("letter", "Letter"),
            ("link", "Link"),
            ("visit", "Visit"),
        ],
        required=True,
        default="phone",
    )
    survey_id = fields.Many2one("survey.survey", string="Questionnaire", required=True)

    _delay_positive = models.Constraint(
        "CHECK(delay_days >= 0)", "A follow-up cannot be due before its event."
    )
