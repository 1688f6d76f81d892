from odoo import api, fields, models, tools

from ...tools import territory as territory_rule


class AftersalesTerritoryArea(models.Model):
    """A province, city or postcode range that belongs to a territory."""

    _name = "aftersales.territory.area"
    _inherit = ["aftersales.cached.mixin"]
    _description = "Area of a territory"
    _order = "territory_id, state_id, city_id, zip_prefix, id"

    territory_id = fields.Many2one(
        "aftersales.territory", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="territory_id.company_id", store=True)
    country_id = fields.Many2one(
        "res.country", required=True, default=lambda self: self.env.company.country_id
    )
    state_id = fields.Many2one(
        "res.country.state",
        string="Province",
        domain="[('country_id', '=', country_id)]",
        help="Leave empty for the whole country.",
    )
    city_id = fields.Many2one(
        "res.city",
        domain="[('country_id', '=', country_id)]",
        help="Leave empty for the whole province.",
    )
    zip_prefix = fields.Char(
        string="Postcode begins with",
        help="The longest matching beginning wins over city and province.",
    )

    _place_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), country_id, COALESCE(state_id, 0),"
        " COALESCE(city_id, 0), COALESCE(zip_prefix, ''))",
        "Another territory already covers this area.",
    )

    @api.model
    def _match_addresses(self, addresses):
        """Territory of each address.

        :param addresses: list of dicts with country_id, province_id, city_id (ids or
            None) and postcode (str or None)
        :return: list of territory records, empty where no area matches
        """
        facts = self._get_areas(self.env.company.id)
        asked = [territory_rule.Address(**address) for address in addresses]
        found = territory_rule.match_all(asked, facts)
        return [
            self.env["aftersales.territory"].browse(
                found[address].territory_id if found[address] else ()
            )
            for address in asked
        ]

    @api.model
    @tools.ormcache("company_id")
    def _get_areas(self, company_id):
        """The areas of a company for ``territory.match_all``; kept."""
        # Areas are configuration, read past the border on purpose: an address
        # belongs to its territory whoever types it. Only the territory comes out.
        areas = self.sudo().search(
            [
                ("territory_id.active", "=", True),
                ("company_id", "in", [False, company_id]),
            ]
        )
        return tuple(area._prepare_area_facts() for area in areas)

    def _prepare_area_facts(self):
        self.ensure_one()
        return territory_rule.Area(
            id=self.id,
            territory_id=self.territory_id.id,
            depth=len(self.territory_id._get_path_ids()) - 1,
            country_id=self.country_id.id,
            province_id=self.state_id.id or None,
            city_id=self.city_id.id or None,
            postcode_prefix=self.zip_prefix or None,
        )
