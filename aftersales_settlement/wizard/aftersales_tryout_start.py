from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import settle

MONTHS = 3
"""Months a try-out begins with: so many that are over."""


class AftersalesTryoutStart(models.TransientModel):
    """Dialog: which past months a draft is tried out on."""

    _name = "aftersales.tryout.start"
    _description = "Try out a draft"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    source = fields.Reference(
        [
            ("aftersales.rate.card", "Rate card"),
            ("aftersales.audit.policy", "Audit policy"),
            ("aftersales.score.card", "Score card"),
        ],
        string="Try out",
        required=True,
    )
    first_month = fields.Date(
        string="From month",
        required=True,
        default=lambda self: self._default_month(MONTHS),
        help="Any day of the first month of work.",
    )
    last_month = fields.Date(
        string="To month",
        required=True,
        default=lambda self: self._default_month(1),
        help="Any day of the last month of work; it must be over.",
    )

    # The date field shows a day; what counts are whole months.
    months = fields.Char(compute="_compute_months", string="Whole months")

    @api.depends("first_month", "last_month")
    @api.depends_context("lang")
    def _compute_months(self):
        for wizard in self:
            days = (wizard.first_month, wizard.last_month)
            wizard.months = all(days) and self.env._(
                "%(first)s to %(last)s",
                first=settle.period(days[0]).key,
                last=settle.period(days[1]).key,
            )

    @api.model
    def _default_month(self, back):
        """The month so many months ago."""
        day = self.env.company._get_today()
        return settle.period(day).shifted(-back).first

    def action_start(self):
        """Button: queue the run and show it."""
        self.ensure_one()
        self._check_start()
        first = settle.period(self.first_month)
        last = settle.period(self.last_month)
        # The manager was checked above; the run works in his name.
        run = (
            self.env["aftersales.run"]
            .sudo()
            ._start(
                "tryout",
                {
                    "model": self.source._name,
                    "id": self.source.id,
                    "first": fields.Date.to_string(first.first),
                    "last": fields.Date.to_string(last.last),
                },
                name=self.env._(
                    "Try-out: %(draft)s, %(first)s to %(last)s",
                    draft=self.source.display_name,
                    first=first.key,
                    last=last.key,
                ),
                company_id=self.company_id.id,
            )
        )
        return run._action_open()

    def _check_start(self):
        """Raise unless a manager tries something out on months that are over."""
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_manager"
        ):
            raise AccessError(self.env._("Only settlement managers do this."))
        self.source.check_access("read")
        if self.source.company_id and self.source.company_id != self.company_id:
            raise UserError(
                self.env._(
                    "%(draft)s is for another company.",
                    draft=self.source.display_name,
                )
            )
        if self.source._name == "aftersales.score.card" and (
            self.source.subject != "station"
        ):
            raise UserError(self.env._("Only stations are paid by their score."))
        if self.first_month > self.last_month:
            raise UserError(self.env._("The last month lies before the first one."))
        self.company_id._check_month_is_over(self.last_month)
