from odoo import fields, models


class AftersalesTerritoryMixin(models.AbstractModel):
    """Puts a record behind the border: it belongs to one home territory.

    A model that inherits this declares ``company_id`` itself and gets its two
    record rules (company, territory) in ``security/``.
    """

    _name = "aftersales.territory.mixin"
    _description = "Belongs to a territory"

    territory_id = fields.Many2one(
        "aftersales.territory",
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user._get_default_territory(),
        help="Home territory: its staff may see and change this record. Without one"
        " only headquarters can.",
    )
