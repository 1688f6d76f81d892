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
    has_consignment = fields.Boolean(
        string="Parts on consignment",
        groups="base.group_user",
        help="The station keeps parts that are still ours, beside its own. Jobs use"
        " them first, and the station is not paid for them.",
    )
    station_consignment_location_id = fields.Many2one(
        "stock.location",
        string="Consignment location",
        copy=False,
        groups="base.group_user",
        help="Where our parts lie at the station, below “Dealer network”: part of our"
        " stock until a job uses them.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        partners._ensure_network_location()
        partners._ensure_consignment_location()
        return partners

    def write(self, vals):
        result = super().write(vals)
        if "aftersales_role" in vals:
            self._ensure_network_location()
        if vals.keys() & {"aftersales_role", "has_consignment"}:
            self._ensure_consignment_location()
        return result

    def _ensure_network_location(self):
        """Give each station and dealer its own location below "Dealer network".

        It becomes the partner's customer location, so that deliveries arrive there
        by themselves: in the partner's company, or in every one when it has none.
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
        locations = partners._create_locations(
            {
                partner: {
                    "name": partner.name,
                    "usage": "customer",
                    "company_id": partner.company_id.id,
                }
                for partner in partners
            }
        )
        everywhere = self.env["res.company"].sudo().search([("active", "=", True)])
        for partner, location in locations.items():
            partner.station_stock_location_id = location
            for company in partner.company_id or everywhere:
                partner.with_company(company).property_stock_customer = location

    def _ensure_consignment_location(self):
        """Give each station that keeps our parts a place for them beside its own.

        It is of usage internal and of one company, so that its parts stay ours.
        """
        # Follows from the tick the caller was just allowed to set.
        stations = self.sudo().filtered(
            lambda partner: (
                partner.aftersales_role == "station"
                and partner.has_consignment
                and not partner.station_consignment_location_id
            )
        )
        locations = stations._create_locations(
            {
                station: {
                    "name": self.env._(
                        "%(station)s, consignment", station=station.name
                    ),
                    "usage": "internal",
                    "company_id": (station.company_id or self.env.company).id,
                }
                for station in stations
            }
        )
        for station, location in locations.items():
            station.station_consignment_location_id = location

    def _create_locations(self, vals_by_partner):
        """{partner: values} → {partner: new location below "Dealer network"}."""
        parent = self.env.ref("aftersales_service.stock_location_dealer_network")
        locations = parent.sudo().create(
            [{**vals, "location_id": parent.id} for vals in vals_by_partner.values()]
        )
        return dict(zip(vals_by_partner, locations, strict=True))

    def _get_parts_locations(self):
        """Where parts of these stations lie: their own, and ours on consignment."""
        return (
            self.station_stock_location_id
            | self.filtered("has_consignment").station_consignment_location_id
        )

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
