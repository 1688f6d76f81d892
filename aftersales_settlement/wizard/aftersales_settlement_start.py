from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..tools import settle


class AftersalesSettlementStart(models.TransientModel):
    """Dialog: settle a month, for all stations."""

    _name = "aftersales.settlement.start"
    _description = "Settle a month"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    month = fields.Date(
        required=True,
        default=lambda self: self._default_month(),
        help="Any day of the month to settle.",
    )
    # The date field shows a day; what counts is the whole month.
    period = fields.Char(compute="_compute_period", string="Whole month")
    kind = fields.Selection(
        [("settlement", "Settle the month"), ("score", "Only make the scores")],
        required=True,
        default="settlement",
    )
    station_count = fields.Integer(
        string="Stations", compute="_compute_station_count", help="With open amounts."
    )
    hint = fields.Char(compute="_compute_hint")

    @api.model
    def _default_month(self):
        """The month that ended last."""
        today = self.env.company._get_today()
        return today.replace(day=1) - timedelta(days=1)

    @api.depends("month")
    def _compute_period(self):
        for wizard in self:
            wizard.period = wizard.month and settle.period(wizard.month).key

    @api.depends("company_id", "month", "kind")
    def _compute_station_count(self):
        for wizard in self:
            # Bare numbers for the manager who is about to settle.
            Sheet = self.env["aftersales.settlement"].sudo()
            Score = self.env["aftersales.station.score"].sudo()
            if not (wizard.month and wizard.company_id):
                wizard.station_count = 0
            elif wizard.kind == "score":
                wizard.station_count = len(
                    Score._get_stations_to_score(wizard.company_id)
                )
            else:
                wizard.station_count = len(
                    Sheet._get_stations_to_settle(wizard.company_id, wizard.month)
                )

    @api.depends("company_id", "month")
    def _compute_hint(self):
        for wizard in self:
            is_over = not wizard.month or wizard.company_id._is_month_over(wizard.month)
            wizard.hint = not is_over and self.env._(
                "This month is not over: scores and multipliers come with a later"
                " settlement."
            )

    def action_start(self):
        """Button: queue the run and show it."""
        self.ensure_one()
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_manager"
        ):
            raise AccessError(self.env._("Only settlement managers do this."))
        month = settle.period(self.month)
        if month.first > self.company_id._get_today():
            raise UserError(self.env._("%(month)s has not begun yet.", month=month.key))
        if self.kind == "score":
            self.company_id._check_month_is_over(month.first)
        labels = dict(self._fields["kind"]._description_selection(self.env))
        # The manager was checked above; the run works in his name.
        run = (
            self.env["aftersales.run"]
            .sudo()
            ._start(
                self.kind,
                {"month": fields.Date.to_string(month.first)},
                name=f"{labels[self.kind]} {month.key}",
                company_id=self.company_id.id,
            )
        )
        return run._action_open()
