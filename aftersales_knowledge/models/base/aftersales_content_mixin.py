from odoo import api, models


class AftersalesContentMixin(models.AbstractModel):
    """What people have been given to read stands still, in every language.

    How to use: inherit, name the columns in ``_content_fields`` and give
    ``_check_changeable``.
    """

    _name = "aftersales.content.mixin"
    _description = "Content that stands still"

    _content_fields: tuple[str, ...] = ()

    def write(self, vals):
        if vals.keys() & set(self._content_fields):
            self._check_changeable()
        return super().write(vals)

    def _update_field_translations(self, field_name, *args, **kwargs):
        if field_name in self._content_fields:
            self.check_access("write")
            self._check_changeable()
        return super()._update_field_translations(field_name, *args, **kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_changeable_only(self):
        self._check_changeable()

    def _check_changeable(self):
        """To be given: raise where a record of ``self`` is out and stands still."""
        raise NotImplementedError
