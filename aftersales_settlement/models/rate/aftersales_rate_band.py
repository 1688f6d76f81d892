from odoo import api, fields, models

from ...tools import pricing
from .aftersales_rate import to_decimal


class AftersalesRateBand(models.Model):
    """The price of the kilometres of a trip up to a distance."""

    _name = "aftersales.rate.band"
    _description = "Travel band"
    _order = "rate_id, is_open, up_to_km, id"

    rate_id = fields.Many2one(
        "aftersales.rate", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rate_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="rate_id.currency_id")
    up_to_km = fields.Float(
        string="Up to (km)", help="Of the whole trip; 0 means to its end."
    )
    is_open = fields.Boolean(compute="_compute_is_open", store=True)
    price_per_km = fields.Monetary(string="Per kilometre", required=True)

    _band_positive = models.Constraint(
        "CHECK(up_to_km >= 0 AND price_per_km >= 0)",
        "Distance and price of a travel band cannot be negative.",
    )

    @api.depends("up_to_km")
    def _compute_is_open(self):
        for band in self:
            band.is_open = not band.up_to_km

    @api.depends("up_to_km", "price_per_km")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for band in self:
            price = band.currency_id.format(band.price_per_km)
            band.display_name = (
                self.env._(
                    "to %(km)s km %(price)s", km=f"{band.up_to_km:g}", price=price
                )
                if band.up_to_km
                else self.env._("then %(price)s per km", price=price)
            )

    def _prepare_band(self):
        """This band as the pure rule reads it."""
        self.ensure_one()
        return pricing.TravelBand(
            up_to_km=to_decimal(self.up_to_km) if self.up_to_km else None,
            price_per_km=to_decimal(self.price_per_km),
        )
