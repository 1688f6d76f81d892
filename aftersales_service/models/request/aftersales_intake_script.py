from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...tools import intake


class AftersalesIntakeScript(models.Model):
    """What an agent says to a caller, and asks him; another one for whom we know."""

    _name = "aftersales.intake.script"
    _description = "Intake script"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    audience = fields.Selection(
        [("new", "New customers"), ("known", "Known customers")],
        string="For whom",
        required=True,
        default="new",
    )
    text = fields.Text(
        string="What is said",
        required=True,
        translate=True,
        help="What is said, with {customer}, {agent} and {company} where the names go.",
    )
    phrase_ids = fields.Many2many(
        "mail.canned.response",
        "aftersales_intake_script_phrase_rel",
        "script_id",
        "phrase_id",
        string="Standard phrases",
        help="At hand while the caller talks; an agent sees those that are shared with"
        " him.",
    )
    sequence = fields.Integer(default=50, help="The first that fits is shown.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", help="Empty means every company uses it."
    )

    @api.constrains("text")
    def _check_text(self):
        for script in self:
            unknown = intake.find_unknown(script.text or "")
            if unknown is not None:
                raise ValidationError(
                    self.env._(
                        "Nobody knows {%(name)s} in a script: only {customer}, {agent}"
                        " and {company} are filled in.",
                        name=unknown,
                    )
                )

    @api.model
    def _match(self, audience, company):
        """The script for a caller, empty where none is written."""
        return self.search(
            Domain("audience", "=", audience)
            & Domain("company_id", "in", [False, company.id]),
            limit=1,
        )

    def _get_words(self, customer):
        """What this user says to this customer; empty without a script."""
        return intake.fill(
            self.text or "",
            {
                "customer": customer.name,
                "agent": self.env.user.name,
                "company": self.env.company.name,
            },
        )
