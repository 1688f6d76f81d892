from odoo import models


class IrAttachment(models.Model):
    """Photos are compared by what they hold, whoever sent them."""

    _inherit = "ir.attachment"

    _checksum_idx = models.Index("(checksum) WHERE checksum IS NOT NULL")
