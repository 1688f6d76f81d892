from odoo import api, models


class AftersalesGuardMixin(models.AbstractModel):
    """Columns that only code writes have no default but that of their field.

    Odoo takes defaults from a caller's context and from those a user saved for
    himself; both come after a check of the values given to create.
    """

    _name = "aftersales.guard.mixin"
    _description = "Guarded columns"

    @api.model
    def _get_guarded_names(self):
        """Names of the columns that only code writes. May be extended."""
        return frozenset()

    @api.model
    def default_get(self, fields):
        guarded = self._get_guarded_names()
        values = super().default_get([name for name in fields if name not in guarded])
        for name in guarded.intersection(fields):
            field = self._fields[name]
            if field.default:
                value = field.convert_to_cache(field.default(self), self, False)
                values[name] = field.convert_to_write(value, self)
        return values
