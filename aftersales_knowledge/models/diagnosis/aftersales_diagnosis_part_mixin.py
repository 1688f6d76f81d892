from odoo import api, models


class AftersalesDiagnosisPartMixin(models.AbstractModel):
    """A part of a guide, which stands still while the guide is asked.

    A model that inherits this has a ``diagnosis_id``.
    """

    _name = "aftersales.diagnosis.part.mixin"
    _description = "Part of a guide"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts.diagnosis_id._check_changeable()
        return parts

    def write(self, vals):
        self.diagnosis_id._check_changeable()
        result = super().write(vals)
        # It may have been moved to another guide.
        self.diagnosis_id._check_changeable()
        return result

    def _update_field_translations(self, field_name, *args, **kwargs):
        self.check_access("write")
        self.diagnosis_id._check_changeable()
        return super()._update_field_translations(field_name, *args, **kwargs)

    @api.ondelete(at_uninstall=False)
    def _unlink_from_drafts_only(self):
        self.diagnosis_id._check_changeable()

    def _get_key(self):
        """The id by which the rule knows it, also while a form is typed."""
        return self._origin.id or self.id
