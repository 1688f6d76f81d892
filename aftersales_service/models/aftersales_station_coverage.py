from odoo import api, fields, models


class AftersalesStationCoverage(models.Model):
    """A territory a station serves, and how readily."""

    _name = "aftersales.station.coverage"
    _description = "Territory covered by a station"
    _order = "station_id, rank, id"

    station_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('aftersales_role', '=', 'station')]",
    )
    company_id = fields.Many2one(related="station_id.company_id", store=True)
    territory_id = fields.Many2one("aftersales.territory", required=True, index=True)
    rank = fields.Integer(
        default=1,
        help="1 is the first station to ask in this territory; decides where no"
        " distance is known.",
    )

    _station_territory_uniq = models.UniqueIndex(
        "(station_id, territory_id)", "The station already covers this territory."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.station_id._refresh_coverage_territories()
        return lines

    def write(self, vals):
        result = super().write(vals)
        self.station_id._refresh_coverage_territories()
        return result
