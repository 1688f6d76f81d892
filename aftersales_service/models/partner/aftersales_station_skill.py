from datetime import timedelta

from odoo import api, fields, models

WARNING_DAYS = 60
"""So long before its end a skill is shown as ending."""


class AftersalesStationSkill(models.Model):
    """What a station is able to do: a product category and kind of request."""

    _name = "aftersales.station.skill"
    _description = "Skill of a station"
    _order = "station_id, product_categ_id, id"

    station_id = fields.Many2one(
        "res.partner",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('aftersales_role', '=', 'station')]",
    )
    company_id = fields.Many2one(related="station_id.company_id", store=True)
    product_categ_id = fields.Many2one(
        "product.category", string="Product category", help="Empty means every product."
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type", help="Empty means every kind of request."
    )
    level = fields.Selection(
        [("1", "Basic"), ("2", "Experienced"), ("3", "Expert")],
        default="2",
        required=True,
    )
    valid_until = fields.Date(
        help="The last day of the certificate; empty means no end."
    )
    is_ending = fields.Boolean(compute="_compute_is_ending")

    @api.depends("valid_until")
    def _compute_is_ending(self):
        soon = self.env.company._get_today() + timedelta(days=WARNING_DAYS)
        for skill in self:
            skill.is_ending = bool(skill.valid_until) and skill.valid_until <= soon
