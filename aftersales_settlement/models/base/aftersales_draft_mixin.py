from odoo import fields, models


class AftersalesDraftMixin(models.AbstractModel):
    """Rules of payment that may be written and tried out before they are used.

    How to use: a model that inherits this leaves drafts out where it picks the row to
    work with, by ``is_draft``.
    """

    _name = "aftersales.draft.mixin"
    _description = "Draft of a rule of payment"

    is_draft = fields.Boolean(
        string="Draft",
        copy=False,
        index="btree_not_null",
        help="Never used in real work; it can be tried out on past months.",
    )

    def action_make_draft(self):
        """Button: a copy to change and try out, while this one stays in use."""
        self.ensure_one()
        name = self.env._("%(name)s (draft)", name=self.name)
        draft = self.copy({"name": name, "is_draft": True})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def action_use(self):
        """Button: the draft is used from now on, before what was used until now."""
        self.ensure_one()
        used = self.search([("is_draft", "=", False)], order="sequence, id", limit=1)
        self.write({"is_draft": False, "sequence": used.sequence - 1})

    def action_try_out(self):
        """Button: what would have been paid with this in past months."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try out"),
            "res_model": "aftersales.tryout.start",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_source": f"{self._name},{self.id}",
                "default_company_id": (self.company_id or self.env.company).id,
            },
        }
