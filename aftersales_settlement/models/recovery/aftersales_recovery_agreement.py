from odoo import api, fields, models

from ...tools import recovery
from ..rate.aftersales_rate import to_decimal


class AftersalesRecoveryAgreement(models.Model):
    """What a supplier pays back when its part has failed in a repair we paid for."""

    _name = "aftersales.recovery.agreement"
    _description = "Supplier agreement"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10, help="The first agreement that fits is used: special ones on top."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    supplier_id = fields.Many2one("res.partner", required=True, index=True)
    product_id = fields.Many2one(
        "product.product", string="Part", help="Empty means every part it supplies."
    )
    product_categ_id = fields.Many2one(
        "product.category", string="Product category", help="Empty means every part."
    )
    valid_from = fields.Date(
        string="Valid from", help="First day of work; empty means always."
    )
    valid_to = fields.Date(
        string="Valid to", help="Last day of work; empty means no end."
    )
    max_months = fields.Integer(
        string="Months in service",
        help="Since the machine was installed, else sold; 0 means no limit.",
    )
    needs_inspection = fields.Boolean(
        string="Only after inspection",
        default=True,
        help="The failed part has come back and its fault was accepted.",
    )
    part_percent = fields.Float(string="Parts (%)", default=100.0, tracking=True)
    labor_percent = fields.Float(string="Labour (%)", tracking=True)
    travel_percent = fields.Float(string="Travel (%)", tracking=True)

    _percents_valid = models.Constraint(
        "CHECK(part_percent BETWEEN 0 AND 1000 AND labor_percent BETWEEN 0 AND 1000"
        " AND travel_percent BETWEEN 0 AND 1000)",
        "A supplier pays between 0 and 1000 %.",
    )
    _dates_ordered = models.Constraint(
        "CHECK(valid_to IS NULL OR valid_from IS NULL OR valid_to >= valid_from)",
        "An agreement cannot end before it begins.",
    )
    _months_positive = models.Constraint(
        "CHECK(max_months >= 0)", "The months in service cannot be negative."
    )

    @api.depends("supplier_id.name", "product_id.name", "product_categ_id.name")
    def _compute_display_name(self):
        for row in self:
            what = row.product_id.name or row.product_categ_id.name
            row.display_name = ": ".join(filter(None, [row.supplier_id.name, what]))

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._ask_for_search()
        return rows

    def write(self, vals):
        result = super().write(vals)
        self._ask_for_search()
        return result

    def _ask_for_search(self):
        """Let the server look at once for what these agreements bring."""
        cron = self.env.ref(
            "aftersales_settlement.ir_cron_recovery_find", raise_if_not_found=False
        )
        if cron:
            # Only wakes the search, which follows from the agreements.
            cron.sudo()._trigger()

    def _prepare_agreement(self):
        """This row as the pure rule reads it."""
        self.ensure_one()
        labor = to_decimal(self.labor_percent)
        return recovery.Agreement(
            id=self.id,
            supplier_id=self.supplier_id.id,
            sequence=self.sequence,
            valid_from=self.valid_from or None,
            valid_to=self.valid_to or None,
            product_ids=frozenset(self.product_id.ids),
            category_ids=frozenset(self.product_categ_id.ids),
            max_months=self.max_months or None,
            needs_inspection=self.needs_inspection,
            percents={
                "part": to_decimal(self.part_percent),
                "labor": labor,
                "surcharge": labor,
                "travel": to_decimal(self.travel_percent),
            },
        )
