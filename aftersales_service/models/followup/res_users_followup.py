from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Who sees the answers that core keeps in models of its own."""

    _inherit = "res.users"

    def _get_answer_domain(self, model, path):
        """Domain of the record rules on rows of core that hang on a model of ours.

        :param model: our model, that must be readable for the row to be
        :param path: field path from the row to our record
        """
        foreign = Domain(path, "=", False)
        access = self.env["ir.model.access"].with_user(self)
        if not access.check(model, "read", raise_exception=False):
            return foreign
        seen = self._get_border_domain(f"{path}.territory_id")
        if model == "aftersales.followup":
            seen &= self._get_customer_domain(f"{path}.partner_id")
        return foreign | seen
