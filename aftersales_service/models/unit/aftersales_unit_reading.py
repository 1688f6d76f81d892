from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...tools import reading as reading_rule


class AftersalesUnitReading(models.Model):
    """Operating hours or kilometres of a unit at a time."""

    _name = "aftersales.unit.reading"
    _description = "Reading"
    _order = "read_on desc, id desc"
    _rec_name = "value"

    unit_id = fields.Many2one(
        "stock.lot", string="Machine", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    value = fields.Float(string="Reading", required=True, aggregator="max")
    meter = fields.Selection(
        [("hours", "Operating hours"), ("km", "Odometer (km)")],
        required=True,
        default="hours",
    )
    read_on = fields.Date(
        required=True, default=lambda self: self.env.company._get_today()
    )
    work_order_id = fields.Many2one("aftersales.work.order", index="btree_not_null")
    correction_reason = fields.Selection(
        [("exchanged", "Meter exchanged"), ("wrong", "Earlier reading was wrong")],
        string="Why it is lower",
        help="After an exchange the new meter's hours are added to the old one's.",
    )

    _value_positive = models.Constraint(
        "CHECK(value >= 0)", "A reading cannot be negative."
    )
    # The last reading of each unit is read from the end of this index.
    _unit_day_idx = models.Index("(unit_id, read_on, id)")

    @api.constrains("value", "meter", "unit_id", "read_on", "correction_reason")
    def _check_value_rises(self):
        # The whole series of each meter, past the border: a rule of the machine.
        everything = self.sudo().search([("unit_id", "in", self.unit_id.ids)])
        for (unit, meter), series in everything.grouped(
            lambda reading: (reading.unit_id, reading.meter)
        ).items():
            fall = reading_rule.first_fall(
                reading._prepare_reading_facts() for reading in series
            )
            if fall:
                raise ValidationError(self._describe_fall(unit, meter, *fall))

    def _prepare_reading_facts(self):
        """This reading for ``tools.reading``."""
        self.ensure_one()
        return reading_rule.Reading(
            id=self.id,
            read_on=self.read_on,
            value=self.value,
            reason=self.correction_reason or None,
        )

    @api.model
    def _describe_fall(self, unit, meter, earlier, later):
        """The sentence that refuses ``later``, which is below ``earlier``."""
        labels = dict(self._fields["meter"]._description_selection(self.env))
        return self.env._(
            "%(unit)s: the reading of %(later_day)s (%(later)g) is below that of"
            " %(earlier_day)s (%(earlier)g), %(meter)s. Correct it, or choose the"
            " reason.",
            unit=unit.name,
            meter=labels[meter],
            earlier=earlier.value,
            earlier_day=format_date(self.env, earlier.read_on),
            later=later.value,
            later_day=format_date(self.env, later.read_on),
        )
