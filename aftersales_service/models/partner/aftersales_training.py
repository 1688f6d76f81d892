from odoo import api, fields, models
from odoo.exceptions import UserError

COUNTED = frozenset(
    {
        "held_on",
        "valid_until",
        "product_categ_id",
        "request_type_id",
        "level",
        "company_id",
    }
)
"""What its certificates say: fixed once they count."""


class AftersalesTraining(models.Model):
    """A course for technicians of stations and for customers.

    While it is planned its list of attendees is kept; held, whoever passed for a
    station opens or renews the station's skill, and the list stays as it is.
    """

    _name = "aftersales.training"
    _description = "Training"
    _inherit = [
        "mail.thread",
        "aftersales.territory.mixin",
        "aftersales.state.mixin",
    ]
    _order = "held_on desc, id desc"

    TRANSITIONS = {
        "planned": ("held", "cancelled"),
        "held": ("planned", "cancelled"),
        "cancelled": ("planned",),
    }

    name = fields.Char("Course", required=True, translate=True)
    state = fields.Selection(
        [("planned", "Planned"), ("held", "Held"), ("cancelled", "Cancelled")],
        default="planned",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    held_on = fields.Date("Day", required=True, tracking=True)
    trainer_id = fields.Many2one("res.users", default=lambda self: self.env.user)
    # What it is about, which is also the skill a certificate proves.
    product_categ_id = fields.Many2one(
        "product.category",
        string="Product category",
        help="The skill of the station that a certificate opens or renews. Empty"
        " means every product.",
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type",
        string="Kind of request",
        help="Empty means every kind of request.",
    )
    level = fields.Selection(
        [("1", "Basic"), ("2", "Experienced"), ("3", "Expert")],
        default="2",
        required=True,
        help="How well a station is able to do it that had no such skill before.",
    )
    product_ids = fields.Many2many(
        "product.product",
        string="Shown on",
        help="The machines the course was held on.",
    )
    valid_until = fields.Date(
        "Certificates valid until",
        copy=False,
        help="The last day of the certificates; empty means no end.",
    )
    line_ids = fields.One2many(
        "aftersales.training.attendee", "training_id", string="Attendees", copy=True
    )
    attendee_count = fields.Integer("Attended", compute="_compute_counts")
    passed_count = fields.Integer("Passed", compute="_compute_counts")

    _valid_after = models.Constraint(
        "CHECK(valid_until >= held_on)", "The certificates would end before the course."
    )

    @api.depends("line_ids.is_passed")
    def _compute_counts(self):
        for training in self:
            training.attendee_count = len(training.line_ids)
            training.passed_count = len(training.line_ids.filtered("is_passed"))

    def write(self, vals):
        if COUNTED & vals.keys():
            self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_held(self):
        self._check_open()

    def action_hold(self):
        """It took place: certificates open and renew the skills of stations."""
        self.check_access("write")
        today = self.env.company._get_today()
        if any(training.held_on > today for training in self):
            raise UserError(self.env._("The day of the course has not come yet."))
        self._update_state("held")
        self.line_ids._give_skills()

    def action_cancel(self):
        """It does not count; what its certificates gave is taken back."""
        self.check_access("write")
        self.line_ids._take_skills_back()
        self._update_state("cancelled")

    def action_plan_again(self):
        """Correct its list; what its certificates gave is taken back until then."""
        self.check_access("write")
        self.line_ids._take_skills_back()
        self._update_state("planned")

    def _check_open(self):
        """Raise where the course was held: its certificates count already."""
        for training in self.filtered(lambda one: one.state == "held"):
            raise UserError(
                self.env._(
                    "%(training)s was held. Plan it again to correct it.",
                    training=training.display_name,
                )
            )
