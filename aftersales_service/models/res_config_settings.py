from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the service, per company."""

    _inherit = "res.config.settings"

    # Core's settings have a currency only where accounting is installed.
    service_currency_id = fields.Many2one(related="company_id.currency_id")
    goodwill_limit = fields.Monetary(
        related="company_id.goodwill_limit",
        readonly=False,
        currency_field="service_currency_id",
    )
