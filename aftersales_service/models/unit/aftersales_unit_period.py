from odoo import api, fields, models


class AftersalesUnitPeriod(models.Model):
    """From when to when: who owned a machine, or which component was in it.

    Rows are written by code only, whatever changes owner or component; the open one is
    what stands on the machine's file today.
    """

    _name = "aftersales.unit.period"
    _description = "History of a machine"
    _order = "date_from desc, id desc"
    _rec_name = "unit_id"

    unit_id = fields.Many2one(
        "stock.lot", string="Machine", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="unit_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("owner", "Owner"), ("component", "Built-in component")], required=True
    )
    partner_id = fields.Many2one("res.partner", string="Owner", index="btree_not_null")
    part_unit_id = fields.Many2one(
        "stock.lot",
        string="Built-in component",
        index="btree_not_null",
        ondelete="cascade",
    )
    product_id = fields.Many2one(related="part_unit_id.product_id", string="Model")
    date_from = fields.Date(string="From", help="Empty means nobody knows.")
    date_to = fields.Date(string="Until", help="Empty means until now.")
    order_from_id = fields.Many2one(
        "aftersales.work.order", string="Fitted by", index="btree_not_null"
    )
    order_to_id = fields.Many2one(
        "aftersales.work.order", string="Replaced by", index="btree_not_null"
    )
    reason = fields.Char(string="How")

    _in_order = models.Constraint(
        "CHECK (date_to >= date_from)", "A period cannot end before it begins."
    )
    _one_owner = models.UniqueIndex(
        "(unit_id) WHERE kind = 'owner' AND date_to IS NULL",
        "A machine has one owner at a time.",
    )
    _one_place = models.UniqueIndex(
        "(part_unit_id) WHERE kind = 'component' AND date_to IS NULL",
        "A component is in one machine at a time.",
    )

    @api.depends("unit_id.name", "partner_id", "part_unit_id")
    def _compute_display_name(self):
        for period in self:
            period.display_name = period.unit_id.name
