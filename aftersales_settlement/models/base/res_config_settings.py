from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Settings of the settlement, per company."""

    _inherit = "res.config.settings"

    settlement_billing = fields.Selection(
        related="company_id.settlement_billing", readonly=False
    )
    settlement_journal_id = fields.Many2one(
        related="company_id.settlement_journal_id", readonly=False
    )
    settlement_tax_ids = fields.Many2many(
        related="company_id.settlement_tax_ids", readonly=False
    )
    settlement_confirm_days = fields.Integer(
        related="company_id.settlement_confirm_days", readonly=False
    )
