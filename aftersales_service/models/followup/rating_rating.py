from odoo import api, fields, models


class RatingRating(models.Model):
    """A rating of a work order: made by its follow-up, seen behind the border.

    Core lets every employee read, write and create ratings; the record rules of this
    addon look at ``work_order_id``.
    """

    _inherit = "rating.rating"

    work_order_id = fields.Many2one(
        "aftersales.work.order",
        compute="_compute_work_order_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="cascade",
    )

    @api.depends("res_model_id", "res_id")
    def _compute_work_order_id(self):
        orders = self.env["aftersales.work.order"]
        model = self.env["ir.model"]._get(orders._name)
        for rating in self:
            is_ours = rating.res_model_id == model
            rating.work_order_id = rating.res_id if is_ours else False

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"res_model_id", "res_id", "work_order_id"}:
            # Nobody makes a work order's rating out of another one.
            self.check_access("write")
        return result
