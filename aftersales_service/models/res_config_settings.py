from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the service, per company."""

    _inherit = "res.config.settings"

    goodwill_limit = fields.Monetary(
        related="company_id.goodwill_limit", readonly=False
    )
