from odoo import models
from odoo.exceptions import AccessError


class AftersalesFollowup(models.Model):
    """An account manager does his follow-ups himself: he is scored by them."""

    _inherit = "aftersales.followup"

    def write(self, vals):
        user = self.env.user
        is_given_away = vals.get("user_id", user.id) != user.id
        if is_given_away and not self.env.su and user._is_customer_bound():
            raise AccessError(
                self.env._(
                    "You can take a follow-up of your customers yourself. The office"
                    " gives it to somebody else."
                )
            )
        return super().write(vals)
