from odoo import api, models
from odoo.fields import Domain

READS_ALL = ("agent", "quality")
"""Roles that see follow-ups whoever looks after the customer."""


class ResUsers(models.Model):
    """Whose customers an account manager sees: those he looks after."""

    _inherit = "res.users"

    def _is_customer_bound(self):
        """Whether this user sees follow-ups of his own customers only.

        May be extended: a role beside it that reads all unbinds him.
        """
        self.ensure_one()
        group = "aftersales_service.group_aftersales_%s"
        return self.has_group(group % "account_manager") and not any(
            self.has_group(group % role) for role in READS_ALL
        )

    @api.model
    def _get_manager_domain(self, user_id):
        """Partners a user looks after: his own, and contacts of those without one."""
        return Domain("user_id", "=", user_id) | (
            Domain("user_id", "=", False) & Domain("parent_id.user_id", "=", user_id)
        )

    def _get_customer_domain(self, path):
        """Domain of the record rules on what hangs on a customer.

        :param path: field path to the customer
        """
        if not self._is_customer_bound():
            return Domain.TRUE
        return Domain(path, "any", self._get_manager_domain(self.id))

    def _get_customer_territory_ids(self):
        """Ids of the territories of this user's customers, and of those above."""
        self.ensure_one()
        # Bare ids of territories, which everybody may read.
        rows = (
            self.env["res.partner"]
            .sudo()
            ._read_group(self._get_manager_domain(self.id), ["territory_id"])
        )
        return {
            found
            for (territory,) in rows
            if territory
            for found in territory._get_path_ids()
        }
