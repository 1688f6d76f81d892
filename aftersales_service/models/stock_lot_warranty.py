from odoo import api, fields, models


class StockLot(models.Model):
    """How long the whole machine is in warranty, for the person who only asks."""

    _inherit = "stock.lot"

    warranty_end = fields.Date(
        string="Warranty until",
        compute="_compute_warranty_end",
        groups="base.group_user",
        help="Of the whole machine, as its policy stands today. What a repair costs is"
        " decided on the request.",
    )

    @api.depends(
        "product_id",
        "production_date",
        "shipping_date",
        "sale_date",
        "installation_date",
        "territory_id",
    )
    def _compute_warranty_end(self):
        ends = self._get_warranty_ends()
        for unit in self:
            unit.warranty_end = ends.get(unit.id)

    def _get_warranty_ends(self):
        """Last day in warranty of each whole machine, as its policy stands today.

        :return: {unit id: day}; machines without a policy or start date are missing
        """
        return {}
