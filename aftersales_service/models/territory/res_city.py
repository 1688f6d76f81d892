from odoo import api, fields, models
from odoo.tools import SQL


class ResCity(models.Model):
    """Centre of a city: where a place is when nobody knows its coordinates."""

    _inherit = "res.city"

    latitude = fields.Float(
        digits=(10, 7),
        help="Centre of the city, for distances marked approximate. Where it is"
        " empty it is filled from the known places in the city.",
    )
    longitude = fields.Float(digits=(10, 7))

    @api.model
    def _cron_fill_centres(self):
        """Give cities without a centre the middle of the places known in them.

        Stored on the city, so that dispatch reads one row instead of averaging all
        partners, and an office can correct it.
        """
        self.env["res.partner"].flush_model()
        self.env["stock.lot"].flush_model()
        self.flush_model()
        self.env.cr.execute(
            SQL(
                """
                WITH place(city_id, latitude, longitude) AS (
                    SELECT city_id, partner_latitude, partner_longitude
                      FROM res_partner
                     WHERE partner_latitude <> 0 OR partner_longitude <> 0
                     UNION ALL
                    SELECT site_city_id, site_latitude, site_longitude
                      FROM stock_lot
                     WHERE site_latitude <> 0 OR site_longitude <> 0
                ), centre AS (
                    SELECT city_id, avg(latitude) AS latitude,
                           avg(longitude) AS longitude
                      FROM place
                     WHERE city_id IS NOT NULL
                     GROUP BY city_id
                )
                UPDATE res_city
                   SET latitude = centre.latitude, longitude = centre.longitude
                  FROM centre
                 WHERE centre.city_id = res_city.id
                   AND COALESCE(res_city.latitude, 0) = 0
                   AND COALESCE(res_city.longitude, 0) = 0
                """
            )
        )
        self.invalidate_model(["latitude", "longitude"])
