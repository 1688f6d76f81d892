from odoo import fields, models


class AftersalesCustomerClass(models.Model):
    """What sort of customer it is; defines the fields its customers have beside."""

    _name = "aftersales.customer.class"
    _description = "Customer class"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name by which another system or a file names it."
    )
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    partner_properties_definition = fields.PropertiesDefinition(
        "Fields of this class",
        help="What is written down of each customer of this class beside the usual.",
    )
    company_id = fields.Many2one(
        "res.company", help="Empty means every company uses it."
    )

    _code_uniq = models.UniqueIndex(
        "(code, coalesce(company_id, 0))", "Another class has this code."
    )


class ResPartner(models.Model):
    """The class of a customer and the fields it brings."""

    _inherit = "res.partner"

    customer_class_id = fields.Many2one(
        "aftersales.customer.class",
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="Brings fields of its own, see below.",
    )
    class_properties = fields.Properties(
        "Fields of the class",
        definition="customer_class_id.partner_properties_definition",
        copy=True,
        groups="base.group_user",
    )
