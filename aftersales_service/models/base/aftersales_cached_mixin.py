from odoo import api, models


class AftersalesCachedMixin(models.AbstractModel):
    """Master data that rules read once and keep until somebody changes it.

    What: a model that inherits this has its rows in an ``ormcache`` somewhere.
    How it works: creating, writing and deleting clear the registry's cache, in all
    processes with the commit.
    """

    _name = "aftersales.cached.mixin"
    _description = "Read once by rules"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
