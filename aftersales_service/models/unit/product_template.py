from odoo import models, tools

from ...tools.matching import path_ids


class ProductTemplate(models.Model):
    """Names and categories of models are read once and kept."""

    _inherit = "product.template"

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"name", "categ_id"}:
            self.env.registry.clear_cache()
        return result

    def _update_field_translations(self, field_name, *args, **options):
        result = super()._update_field_translations(field_name, *args, **options)
        if field_name == "name":
            self.env.registry.clear_cache()
        return result


class ProductCategory(models.Model):
    """The tree of categories is read once and kept."""

    _inherit = "product.category"

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        return result


class ProductProduct(models.Model):
    """What the public is told of a model, and what warranties ask of it."""

    _inherit = "product.product"

    def _get_model_name(self):
        """Name of this model in the user's language, no secret; kept."""
        return self._read_model_name(self.env.lang)

    @tools.ormcache("self.id", "lang")
    def _read_model_name(self, lang):
        self.ensure_one()
        return self.sudo().with_context(lang=lang).name or ""

    @tools.ormcache("self.id")
    def _get_category_path(self):
        """Ids of this model's category and of those above it, nearest first; kept."""
        self.ensure_one()
        return path_ids(self.sudo().categ_id.parent_path)
