from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import operation as operation_rule


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
        "product.category",
        string="Product category",
        help="Empty means every product. The more exact entry of a code counts: the"
        " model, then its category, then every product.",
    )
    product_id = fields.Many2one(
        "product.product",
        string="Model",
        index="btree_not_null",
        help="Hours on this model only; other models keep the entry of their category.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(product_id, 0), COALESCE(product_categ_id, 0),"
        " COALESCE(company_id, 0))",
        "This operation already exists.",
    )
    _hours_positive = models.Constraint(
        "CHECK(standard_hours >= 0)", "Standard hours cannot be negative."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for operation in self:
            operation.display_name = f"{operation.code} {operation.name}"

    @api.model
    def _get_exact(self, products, company, codes=None):
        """Product → {code: operation} that counts for it; in one search.

        :param products: models of machines; may be empty: then for no model
        :param codes: only these codes, None for all
        """
        domain = Domain("company_id", "in", [False, company.id])
        if codes is not None:
            domain &= Domain("code", "in", list(codes))
        operations = self.search(domain)
        facts = [operation._prepare_operation_facts() for operation in operations]
        found = {}
        for product in (*products, products.browse()):
            path = product.categ_id.parent_path or ""
            exact = operation_rule.most_exact(
                facts,
                product.id or None,
                [int(part) for part in path.split("/") if part],
            )
            found[product] = {code: self.browse(id_) for code, id_ in exact.items()}
        return found

    def _prepare_operation_facts(self):
        """This entry as ``tools.operation`` takes it."""
        self.ensure_one()
        return operation_rule.Operation(
            id=self.id,
            code=self.code,
            product_id=self.product_id.id or None,
            categ_id=self.product_categ_id.id or None,
            company_id=self.company_id.id or None,
        )
