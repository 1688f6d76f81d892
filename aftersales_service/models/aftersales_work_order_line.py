from odoo import api, fields, models


class AftersalesWorkOrderOperation(models.Model):
    """Labour done, by operation."""

    _name = "aftersales.work.order.operation"
    _description = "Labour of a work order"
    _order = "work_order_id, id"

    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="work_order_id.company_id", store=True)
    operation_id = fields.Many2one(
        "aftersales.operation", required=True, ondelete="restrict"
    )
    standard_hours = fields.Float(related="operation_id.standard_hours")

    _operation_uniq = models.UniqueIndex(
        "(work_order_id, operation_id)", "This operation is on the report already."
    )


class AftersalesWorkOrderPart(models.Model):
    """A part fitted, and the stock move that takes it from the station's stock."""

    _name = "aftersales.work.order.part"
    _description = "Part of a work order"
    _order = "work_order_id, id"

    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="work_order_id.company_id", store=True)
    product_id = fields.Many2one(
        "product.product", string="Part", required=True, ondelete="restrict"
    )
    quantity = fields.Float(default=1.0, required=True)
    serial_text = fields.Char(string="Serial of the new part")
    failed_serial_text = fields.Char(string="Serial of the failed part")
    move_id = fields.Many2one(
        "stock.move", readonly=True, copy=False, index="btree_not_null"
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be above zero."
    )


class AftersalesWorkOrderCharge(models.Model):
    """Money the customer was asked for."""

    _name = "aftersales.work.order.charge"
    _description = "Charge of a work order"
    _order = "work_order_id, id"

    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="work_order_id.company_id", store=True)
    currency_id = fields.Many2one(related="work_order_id.currency_id")
    kind = fields.Selection(
        [
            ("labor", "Labour"),
            ("parts", "Parts"),
            ("travel", "Travel"),
            ("other", "Other"),
        ],
        required=True,
        default="labor",
    )
    amount = fields.Monetary(required=True)
    note = fields.Char()

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A charge cannot be negative."
    )

    @api.depends("kind", "amount")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for charge in self:
            charge.display_name = f"{labels.get(charge.kind)} {charge.amount:.2f}"
