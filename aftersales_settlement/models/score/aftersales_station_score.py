from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .aftersales_score_card import MEASURES


class AftersalesStationScore(models.Model):
    """The score of one station for one month, frozen with the facts it was made of."""

    _name = "aftersales.station.score"
    _description = "Station score"
    _inherit = ["aftersales.score.frozen.mixin"]

    _subject_field = "station_id"
    _subject_kind = "station"

    station_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict"
    )
    territory_id = fields.Many2one(
        related="station_id.territory_id",
        store=True,
        index=True,
        groups="base.group_user",
    )
    dispatch_factor = fields.Float(
        digits=(6, 2),
        default=1.0,
        groups="base.group_user",
        help="The score for dispatch: 1 is like the network.",
    )
    grade = fields.Selection(
        selection="_get_grades",
        help="The station's grade when the month was scored.",
    )
    grade_place = fields.Integer(
        string="Place in the grade",
        aggregator=None,
        help="Among the stations of the same grade; 1 is the best.",
    )
    grade_count = fields.Integer(string="Stations of the grade", aggregator=None)
    line_ids = fields.One2many("aftersales.station.score.line", "score_id")

    _station_month_uniq = models.UniqueIndex(
        "(company_id, station_id, period_start)",
        "This station has its score for the month already.",
    )

    @api.model
    def _get_grades(self):
        stations = self.env["res.partner"]
        return stations._fields["station_grade"]._description_selection(self.env)

    @api.depends("station_id.name")
    def _compute_display_name(self):
        return super()._compute_display_name()

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
