from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools import serial as serial_rule
from ...tools import serial_format as format_rule


class AftersalesSerialFormat(models.Model):
    """How the serial numbers of a model look; kept by headquarters."""

    _name = "aftersales.serial.format"
    _description = "Serial number format"
    _inherit = ["aftersales.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", index=True)
    product_id = fields.Many2one(
        "product.product",
        string="Model",
        index="btree_not_null",
        ondelete="cascade",
        help="A model's own format counts before that of its category.",
    )
    categ_id = fields.Many2one(
        "product.category",
        string="Product category",
        index="btree_not_null",
        ondelete="cascade",
        help="Also for the categories below it. Neither model nor category: for every"
        " model that has no format of its own.",
    )
    masks = fields.Text(
        string="What it looks like",
        help="# is a digit, @ a letter, * either, ! the check character; everything"
        " else is itself. Spaces and dashes do not count. Several ways: a line each.",
    )
    check_algorithm = fields.Selection(
        [
            ("none", "None"),
            ("vin", "Frame number of 17 characters (ISO 3779)"),
            ("luhn", "Modulo 10 (Luhn)"),
            ("mod11", "Modulo 11-2 (ISO 7064)"),
        ],
        string="Check character",
        required=True,
        default="none",
        help="Where no ! stands in the format, the last character is the check"
        " character; of a frame number it is the ninth.",
    )
    example = fields.Char(help="A right serial number, told to who types a wrong one.")

    _one_target = models.Constraint(
        "CHECK(product_id IS NULL OR categ_id IS NULL)",
        "A format is for a model or for a category, not for both.",
    )

    @api.constrains("masks", "check_algorithm", "example")
    def _check_format(self):
        for record in self:
            rule = record._prepare_format()
            fault = format_rule.find_mask_fault(rule.masks, rule.algorithm)
            if fault:
                raise ValidationError(record._get_fault_words(fault))
            key = serial_rule.normalise(record.example)
            if key and format_rule.find_fault(key, [rule]):
                raise ValidationError(
                    self.env._(
                        "The example %(example)s does not have this format.",
                        example=record.example,
                    )
                )

    def _get_fault_words(self, fault):
        words = {
            "empty": self.env._("Say what the serial number looks like."),
            "many": self.env._(
                "A format has at most %(count)s lines.", count=format_rule.MAX_MASKS
            ),
            "places": self.env._(
                "The sign ! stands once, and only with a check character of modulo 10"
                " or 11."
            ),
        }
        return words[fault]

    def _prepare_format(self):
        """This format as the rule wants it."""
        self.ensure_one()
        lines = (self.masks or "").splitlines()
        return format_rule.SerialFormat(
            product_id=self.product_id.id or None,
            categ_id=self.categ_id.id or None,
            masks=tuple(filter(None, map(serial_rule.normalise, lines))),
            algorithm=self.check_algorithm or "none",
            example=self.example or "",
        )

    @api.model
    def _get_formats(self, company_ids):
        """All formats of the companies, for ``serial.check``; read once."""
        return self._get_cached_formats(tuple(company_ids))

    @api.model
    @tools.ormcache("company_ids")
    def _get_cached_formats(self, company_ids):
        # What serials look like is no secret: a wrong one is told the right format.
        records = self.sudo().search([("company_id", "in", [False, *company_ids])])
        return tuple(record._prepare_format() for record in records)
