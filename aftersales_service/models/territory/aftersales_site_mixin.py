from urllib.parse import urlencode

from odoo import api, fields, models


class AftersalesSiteMixin(models.AbstractModel):
    """The place where a machine stands: address and coordinates."""

    _name = "aftersales.site.mixin"
    _description = "Site address"

    site_street = fields.Char(string="Site street")
    site_zip = fields.Char(string="Site postcode")
    site_city_id = fields.Many2one("res.city", string="Site city")
    site_state_id = fields.Many2one(
        "res.country.state",
        string="Site province",
        compute="_compute_site_state_id",
        store=True,
        readonly=False,
        precompute=True,
    )
    site_latitude = fields.Float(digits=(10, 7))
    site_longitude = fields.Float(digits=(10, 7))
    site_address = fields.Char(compute="_compute_site_address", string="Site")

    @api.depends("site_city_id")
    def _compute_site_state_id(self):
        for record in self:
            record.site_state_id = record.site_city_id.state_id or record.site_state_id

    @api.depends("site_street", "site_zip", "site_city_id", "site_state_id")
    @api.depends_context("lang")
    def _compute_site_address(self):
        for record in self:
            parts = [
                record.site_state_id.name,
                record.site_city_id.name,
                record.site_street,
                record.site_zip,
            ]
            record.site_address = " ".join(part for part in parts if part)

    def _prepare_site_address(self):
        """Address facts for ``aftersales.territory.area._match_addresses``."""
        self.ensure_one()
        country = self.site_state_id.country_id or self.site_city_id.country_id
        if self.site_zip and not country:
            country = self.env.company.country_id
        return {
            "country_id": country.id or None,
            "province_id": self.site_state_id.id or None,
            "city_id": self.site_city_id.id or None,
            "postcode": self.site_zip or None,
        }

    def _prepare_site_vals(self):
        """The site of this record as values for another record with a site."""
        self.ensure_one()
        return {
            "site_street": self.site_street,
            "site_zip": self.site_zip,
            "site_city_id": self.site_city_id.id,
            "site_state_id": self.site_state_id.id,
            "site_latitude": self.site_latitude,
            "site_longitude": self.site_longitude,
        }

    def _get_map_url(self):
        """Address of a map that shows the place, nothing when no place is known."""
        self.ensure_one()
        point = (self.site_latitude, self.site_longitude)
        company = self.company_id or self.env.company
        is_china = company.country_id.code == "CN"
        if any(point):
            if is_china:
                query = {
                    "position": f"{point[1]},{point[0]}",
                    "name": self.site_address or self.display_name,
                    "coordinate": "wgs84",
                }
                return f"https://uri.amap.com/marker?{urlencode(query)}"
            query = {"mlat": point[0], "mlon": point[1]}
            return f"https://www.openstreetmap.org/?{urlencode(query)}"
        if not self.site_address:
            return ""
        if is_china:
            query = {"keyword": self.site_address}
            return f"https://uri.amap.com/search?{urlencode(query)}"
        query = {"query": self.site_address}
        return f"https://www.openstreetmap.org/search?{urlencode(query)}"
