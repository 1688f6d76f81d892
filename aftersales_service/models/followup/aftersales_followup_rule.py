from odoo import api, fields, models
from odoo.exceptions import ValidationError

# What every questionnaire must ask, because stations are scored by it.
REQUIRED_MEASURES = ("satisfaction", "is_solved")


class AftersalesFollowupRule(models.Model):
    """When a customer is asked how it went, by whom and with which questions."""

    _name = "aftersales.followup.rule"
    _description = "Follow-up rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty means every company."
    )
    event = fields.Selection(
        [
            ("installation_done", "Installation done"),
            ("repair_done", "Repair done"),
            ("sale", "Machine sold"),
        ],
        required=True,
        help="What makes a follow-up due.",
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type", help="Empty means any."
    )
    delay_days = fields.Integer(
        string="Due after (days)",
        default=2,
        required=True,
        help="Days after the event within which the customer is asked.",
    )
    max_attempts = fields.Integer(
        string="Attempts",
        default=3,
        required=True,
        help="After so many calls without an answer the follow-up is given up.",
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
    survey_id = fields.Many2one(
        "survey.survey",
        string="Questionnaire",
        ondelete="restrict",
        help="The questions that the agent asks. After a job or a sale it must ask how"
        " satisfied the customer is and whether the machine runs.",
    )

    _delay_positive = models.Constraint(
        "CHECK(delay_days >= 0)", "A follow-up cannot be due before its event."
    )
    _attempts_positive = models.Constraint(
        "CHECK(max_attempts > 0)", "A customer is called at least once."
    )

    @api.constrains("survey_id", "event")
    def _check_survey_id(self):
        for rule in self:
            # Headquarters keeps the rules without being a survey user.
            questions = rule.survey_id.sudo().question_ids
            asked = questions.filtered("constr_mandatory").mapped("followup_measure")
            if not set(asked).issuperset(rule._get_required_measures()):
                raise ValidationError(
                    self.env._(
                        "The questionnaire of %(rule)s must have a mandatory question"
                        " on satisfaction and one on whether the machine runs.",
                        rule=rule.name,
                    )
                )
            questions._check_askable()

    def _get_required_measures(self):
        """What the questionnaire of this rule must ask. May be extended."""
        self.ensure_one()
        return REQUIRED_MEASURES

    def _match(self, work_order):
        """Whether a done work order makes a follow-up of this rule due.

        May be extended. Called once per rule and work order; reads no more than the
        order's stored fields and its request type.
        """
        self.ensure_one()
        kind = work_order.request_type_id
        event = "installation_done" if kind.is_installation else "repair_done"
        return (
            self.event == event
            and self.company_id in (work_order.company_id, self.company_id.browse())
            and self.request_type_id in (kind, kind.browse())
        )
