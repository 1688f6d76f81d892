from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.aftersales_service.tools.plain import plain

from ..tools import score
from .aftersales_score_card import MEASURES


class AftersalesStationScore(models.Model):
    """The score of one station for one month, frozen with the facts it was made of."""

    _name = "aftersales.station.score"
    _description = "Station score"
    _order = "period_start desc, value desc, id"

    station_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict"
    )
    territory_id = fields.Many2one(
        related="station_id.territory_id",
        store=True,
        index=True,
        groups="base.group_user",
    )
    company_id = fields.Many2one("res.company", required=True, index=True)
    period_start = fields.Date(string="Month", required=True)
    period = fields.Char(compute="_compute_period", string="Settlement period")
    card_id = fields.Many2one(
        "aftersales.score.card", string="Score card", ondelete="restrict"
    )
    value = fields.Float(
        string="Score", digits=(6, 2), aggregator="avg", help="0 to 100."
    )
    has_value = fields.Boolean(help="Unset when nothing could be measured.")
    multiplier = fields.Float(
        string="Incentive multiplier", digits=(6, 3), aggregator="avg"
    )
    network_value = fields.Float(
        string="Network average",
        digits=(6, 2),
        aggregator="avg",
        help="All stations together.",
    )
    dispatch_factor = fields.Float(
        digits=(6, 2),
        default=1.0,
        groups="base.group_user",
        help="The score for dispatch: 1 is like the network.",
    )
    line_ids = fields.One2many("aftersales.station.score.line", "score_id")
    facts = fields.Json(
        groups="base.group_user", help="Counts, weights and bands as they were."
    )

    _station_month_uniq = models.UniqueIndex(
        "(company_id, station_id, period_start)",
        "This station has its score for the month already.",
    )

    @api.depends("period_start")
    def _compute_period(self):
        for row in self:
            row.period = row.period_start and row.period_start.strftime("%Y-%m")

    @api.depends("station_id.name", "period")
    def _compute_display_name(self):
        for row in self:
            # Stations are named on their own scores.
            name = row.station_id.sudo().name
            row.display_name = " ".join(filter(None, [name, row.period]))

    def write(self, vals):
        # Only what follows from the station's home may still move.
        if vals.keys() - {"territory_id"}:
            raise UserError(self.env._("A score stays as it was made."))
        return super().write(vals)

    # === SCORING === #

    @api.model
    def _get_stations_to_score(self, company, after=0):
        """Stations of the company by id, those after ``after``."""
        return self.env["res.partner"].search(
            [
                ("aftersales_role", "=", "station"),
                ("parent_id", "=", False),
                ("company_id", "in", [False, company.id]),
                ("id", ">", after),
            ],
            order="id",
        )

    @api.model
    def _score(self, company, period, stations):
        """Scores of ``stations`` for the month; made and frozen where still missing.

        :param date period: first day of the month
        :return: scores of all ``stations`` for that month, with and without a value
        :raise UserError: the month is not over
        """
        known = self._search_scores(company, period, stations)
        missing = stations - known.station_id
        if not missing:
            return known
        company._check_month_is_over(period)
        card = self.env["aftersales.score.card"]._get_card(company)
        if not card:
            raise UserError(
                self.env._("%(company)s has no score card.", company=company.name)
            )
        return known | self._freeze(company, period, missing, card)

    @api.model
    def _search_scores(self, company, period, stations):
        return self.search(
            [
                ("company_id", "=", company.id),
                ("period_start", "=", period),
                ("station_id", "in", stations.ids),
            ]
        )

    @api.model
    def _freeze(self, company, period, stations, card):
        """Make the missing scores: facts, one rule, rows."""
        metrics = stations._prepare_score_metrics(company, period, card)
        rule_card = card._prepare_card()
        vals_list = []
        for station in stations:
            facts = metrics[station.id]
            verdict = score.score(facts, rule_card)
            vals_list.append(
                {
                    "company_id": company.id,
                    "station_id": station.id,
                    "period_start": period,
                    "card_id": card.id,
                    "value": float(verdict.value or 0),
                    "has_value": verdict.value is not None,
                    "multiplier": float(verdict.multiplier),
                    "network_value": float(verdict.network_value or 0),
                    "dispatch_factor": float(score.relative(verdict)),
                    "facts": {
                        "metrics": plain(facts),
                        "card": plain(rule_card),
                        "score": plain(verdict),
                    },
                    "line_ids": [
                        fields.Command.create(self._prepare_line_vals(measure))
                        for measure in verdict.measures
                    ],
                }
            )
        return self.create(vals_list)

    @api.model
    def _prepare_line_vals(self, measure):
        """Values of one measure's row."""
        return {
            "code": measure.code,
            "good_count": float(measure.numerator),
            "event_count": float(measure.denominator),
            "share": float(measure.value or 0) * 100,
            "network_share": float(measure.network_mean or 0) * 100,
            "points": float(measure.points),
            "weight": float(measure.weight),
            "contribution": float(measure.contribution),
        }

    @api.model
    def _get_last_dispatch_factors(self, stations):
        """{station id: factor of its last score}, 1.0 where there is none."""
        self.flush_model(["station_id", "period_start", "dispatch_factor"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (station_id) station_id, dispatch_factor
                  FROM aftersales_station_score
                 WHERE station_id = ANY(%s)
              ORDER BY station_id, period_start DESC
                """,
                stations.ids,
            )
        )
        return {**dict.fromkeys(stations.ids, 1.0), **dict(rows)}


class AftersalesStationScoreLine(models.Model):
    """One measure of a station's score."""

    _name = "aftersales.station.score.line"
    _description = "Measure of a station score"
    _order = "score_id, id"

    score_id = fields.Many2one(
        "aftersales.station.score", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="score_id.company_id", store=True, index=True)
    code = fields.Selection(MEASURES, string="Measure", required=True)
    good_count = fields.Float(string="Good", digits=(12, 2))
    event_count = fields.Float(string="Counted", digits=(12, 2))
    share = fields.Float(string="Share (%)", digits=(6, 2), aggregator="avg")
    network_share = fields.Float(string="Network (%)", digits=(6, 2), aggregator="avg")
    points = fields.Float(
        digits=(6, 2),
        aggregator="avg",
        help="The share after leaning on the network, 0 to 100.",
    )
    weight = fields.Float(aggregator="avg")
    contribution = fields.Float(
        digits=(6, 2),
        aggregator="avg",
        help="What the measure adds to the score.",
    )

    def write(self, vals):
        raise UserError(self.env._("A score stays as it was made."))
