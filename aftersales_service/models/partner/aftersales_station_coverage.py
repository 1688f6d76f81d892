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
    _rank_positive = models.Constraint(
        "CHECK(rank > 0)", "The rank of a station counts from 1."
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.station_id._refresh_coverage_territories()
        return lines

    def write(self, vals):
        stations = self.station_id
        result = super().write(vals)
        (stations | self.station_id)._refresh_coverage_territories()
        return result

    def unlink(self):
        stations = self.station_id
        result = super().unlink()
        stations.exists()._refresh_coverage_territories()
        return result


class AftersalesTerritory(models.Model):
    """Who covers a territory is also seen in its parts, whenever the tree changes."""

    _inherit = "aftersales.territory"

    coverage_ids = fields.One2many(
        "aftersales.station.coverage",
        "territory_id",
        string="Stations",
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        territories = super().create(vals_list)
        territories._refresh_covering_stations()
        return territories

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self._refresh_covering_stations()
        return result

    def _refresh_covering_stations(self):
        # Follows from the tree the caller was just allowed to change.
        lines = self.env["aftersales.station.coverage"].sudo()
        lines.search(
            [("territory_id", "parent_of", self.ids)]
        ).station_id._refresh_coverage_territories()
