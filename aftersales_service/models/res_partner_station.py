from odoo import api, fields, models


class ResPartner(models.Model):
    """What a partner needs to serve as a station: where, what, when, how much."""

    _inherit = "res.partner"

    station_coverage_ids = fields.One2many(
        "aftersales.station.coverage", "station_id", groups="base.group_user"
    )
    station_skill_ids = fields.One2many(
        "aftersales.station.skill", "station_id", groups="base.group_user"
    )
    station_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Opening hours",
        groups="base.group_user",
        help="Days and hours the station works; empty means the company's calendar.",
    )
    station_daily_capacity = fields.Integer(
        string="Jobs a day",
        default=4,
        groups="base.group_user",
        help="How many jobs the station can take on one day.",
    )
    station_grade = fields.Selection(
        [("a", "A"), ("b", "B"), ("c", "C")],
        default="b",
        groups="base.group_user",
        help="Grade by contract; rates may depend on it.",
    )
    is_internal_team = fields.Boolean(
        string="Own team",
        groups="base.group_user",
        help="An office's own technicians: costed like a station, never billed.",
    )
    is_station_open = fields.Boolean(
        string="Takes jobs",
        default=True,
        groups="base.group_user",
        help="Untick to leave the station out of dispatch.",
    )
    is_technician = fields.Boolean(groups="base.group_user")
    station_stock_location_id = fields.Many2one(
        "stock.location",
        string="Parts location",
        copy=False,
        groups="base.group_user",
        help="Where the station's own parts lie, below “Dealer network”.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._ensure_network_location()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if "aftersales_role" in vals:
            self._ensure_network_location()
        return result

    def _ensure_network_location(self):
        """Give each station and dealer its own location below "Dealer network".

        It becomes the partner's customer location, so that deliveries arrive there
        by themselves.
        """
        # Follows from the role the caller was just allowed to set.
        partners = self.sudo().filtered(
            lambda partner: (
                partner.aftersales_role in ("station", "dealer")
                and not partner.station_stock_location_id
            )
        )
        if not partners:
            return
        parent = self.env.ref("aftersales_service.stock_location_dealer_network")
        locations = parent.sudo().create(
            [
                {
                    "name": partner.name,
                    "location_id": parent.id,
                    "usage": "customer",
                    "company_id": partner.company_id.id,
                }
                for partner in partners
            ]
        )
        for partner, location in zip(partners, locations, strict=True):
            partner.station_stock_location_id = location
            company = partner.company_id or self.env.company
            partner.with_company(company).property_stock_customer = location

    def _refresh_coverage_territories(self):
        """Stations are also seen in each territory they cover and in its parts."""
        # Bare ids of the tree, which every office may read anyway.
        territories = (
            self.env["aftersales.territory"].sudo().search([("active", "=", True)])
        )
        for station in self:
            covered = set(station.station_coverage_ids.territory_id.ids)
            station.visiting_territory_ids = territories.filtered(
                lambda territory, covered=covered: covered.intersection(
                    territory._get_path_ids()
                )
            )
