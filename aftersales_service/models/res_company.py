from odoo import fields, models


class ResCompany(models.Model):
    """Settings of the service, per company."""

    _inherit = "res.company"

    goodwill_limit = fields.Monetary(
        default=500.0,
        help="Up to this expected cost an office may grant goodwill by itself.",
    )
