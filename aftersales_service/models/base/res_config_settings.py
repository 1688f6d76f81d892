from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the service, per company."""

    _inherit = "res.config.settings"

    # Core's settings have a currency only where accounting is installed.
    service_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the service"
    )
    goodwill_limit = fields.Monetary(
        related="company_id.goodwill_limit",
        readonly=False,
        currency_field="service_currency_id",
    )
    duplicate_days = fields.Integer(related="company_id.duplicate_days", readonly=False)
    classifier_id = fields.Many2one(related="company_id.classifier_id", readonly=False)
    radar_max_kmh = fields.Float(related="company_id.radar_max_kmh", readonly=False)
    radar_min_km = fields.Float(related="company_id.radar_min_km", readonly=False)
    radar_window_days = fields.Integer(
        related="company_id.radar_window_days", readonly=False
    )
    radar_cluster_size = fields.Integer(
        related="company_id.radar_cluster_size", readonly=False
    )
    radar_grace_days = fields.Integer(
        related="company_id.radar_grace_days", readonly=False
    )
    quality_sigmas = fields.Float(related="company_id.quality_sigmas", readonly=False)
    quality_min_claims = fields.Integer(
        related="company_id.quality_min_claims", readonly=False
    )
    verify_window_minutes = fields.Integer(
        related="company_id.verify_window_minutes", readonly=False
    )
    verify_limit_address = fields.Integer(
        related="company_id.verify_limit_address", readonly=False
    )
    verify_limit_total = fields.Integer(
        related="company_id.verify_limit_total", readonly=False
    )
    verify_serial_free = fields.Integer(
        related="company_id.verify_serial_free", readonly=False
    )
