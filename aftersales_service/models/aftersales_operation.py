from odoo import api, fields, models


class AftersalesOperation(models.Model):
    """A piece of work with the hours it should take."""

    _name = "aftersales.operation"
    _description = "Labour operation"
    _order = "code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    standard_hours = fields.Float(required=True, help="Hours paid for this operation.")
    component_id = fields.Many2one(
        "aftersales.fault.code", domain="[('kind', '=', 'component')]"
    )
    product_categ_id = fields.Many2one(
        "product.category", string="Product category", help="Empty means every product."
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(product_categ_id, 0), COALESCE(company_id, 0))",
        "This operation already exists.",
    )
    _hours_positive = models.Constraint(
        "CHECK(standard_hours >= 0)", "Standard hours cannot be negative."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for operation in self:
            operation.display_name = f"{operation.code} {operation.name}"
