from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AftersalesUnitReading(models.Model):
    """Operating hours or kilometres of a unit at a time."""

    _name = "aftersales.unit.reading"
    _description = "Reading"
    _order = "read_on desc, id desc"
    _rec_name = "value"

    unit_id = fields.Many2one(
        "stock.lot", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    value = fields.Float(required=True)
    meter = fields.Selection(
        [("hours", "Operating hours"), ("km", "Odometer (km)")],
        required=True,
        default="hours",
    )
    read_on = fields.Date(required=True, default=fields.Date.context_today)
    work_order_id = fields.Many2one("aftersales.work.order", index="btree_not_null")
    correction_reason = fields.Char(
        help="Why this reading is lower than an earlier one, e.g. meter exchanged."
    )

    _value_positive = models.Constraint(
        "CHECK(value >= 0)", "A reading cannot be negative."
    )

    @api.constrains("value", "meter", "unit_id", "correction_reason")
    def _check_value_rises(self):
        highest = {
            (unit, meter): value
            for unit, meter, value in self._read_group(
                [("unit_id", "in", self.unit_id.ids)],
                ["unit_id", "meter"],
                ["value:max"],
            )
        }
        for reading in self:
            before = highest.get((reading.unit_id, reading.meter), 0.0)
            if reading.value < before and not reading.correction_reason:
                raise ValidationError(
                    self.env._(
                        "The reading %(value)s is below the earlier %(before)s."
                        " Give the reason, e.g. meter exchanged.",
                        value=reading.value,
                        before=before,
                    )
                )
