from odoo import fields, models


class AftersalesInteractionKind(models.Model):
    """What sort of contact it was; defines the fields its interactions have beside."""

    _name = "aftersales.interaction.kind"
    _description = "Kind of interaction"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True, help="Short name by which another system or a file names it."
    )
    medium = fields.Selection(
        [
            ("phone", "Phone"),
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("chat", "Chat"),
            ("letter", "Letter"),
            ("visit", "Visit"),
            ("quotation", "Quotation"),
        ],
        string="Goes by",
        required=True,
        default="phone",
        help="Which way it goes. Several kinds may go the same way.",
    )
    sequence = fields.Integer(default=50)
    active = fields.Boolean(default=True)
    interaction_properties_definition = fields.PropertiesDefinition(
        "Fields of this kind",
        help="What is written down of each contact of this kind beside the usual.",
    )
    company_id = fields.Many2one(
        "res.company", help="Empty means every company uses it."
    )

    _code_uniq = models.UniqueIndex(
        "(code, coalesce(company_id, 0))", "Another kind has this code."
    )
