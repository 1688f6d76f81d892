from odoo import models


class ResUsers(models.Model):
    """An auditor reads all follow-ups, also one who is an account manager beside it."""

    _inherit = "res.users"

    def _is_customer_bound(self):
        return super()._is_customer_bound() and not self.has_group(
            "aftersales_settlement.group_settlement_auditor"
        )
