from odoo import models

SHOWN = 80
"""Most rows of each list on a dealer's page."""


class ResPartner(models.Model):
    """What a dealer has, got and gave away."""

    _inherit = "res.partner"

    def _get_dealer(self):
        """The dealer this partner is or works for, else an empty record.

        Used by the portal to know who is asking; callers check nothing else.
        """
        self.ensure_one()
        # Only the own company of the partner is looked at.
        dealer = self.sudo().commercial_partner_id
        return dealer if dealer.aftersales_role == "dealer" else dealer.browse()

    def _get_unsold_domain(self):
        """Machines this dealer has to sell."""
        self.ensure_one()
        return [
            ("selling_partner_id", "=", self.id),
            ("sale_date", "=", False),
            ("owner_id", "=", False),
            ("void_reason", "=", False),
        ]

    def _get_traded_products(self):
        """Models and parts this dealer may register: those it has or had.

        Called with ``sudo()`` for the user's own dealer.
        """
        self.ensure_one()
        Lot, Quant = self.env["stock.lot"], self.env["stock.quant"]
        place = self.station_stock_location_id
        units = Lot._read_group(
            [("selling_partner_id", "=", self.id)], ["product_id"], limit=SHOWN
        )
        parts = Quant._read_group(
            [("location_id", "=", place.id)], ["product_id"], limit=SHOWN
        )
        return self.env["product.product"].union(
            *(product for (product,) in [*units, *parts])
        )

    def _get_receiving_dealers(self):
        """Other dealers of the company in this one's territory and its branches."""
        self.ensure_one()
        return self.search(
            [
                ("aftersales_role", "=", "dealer"),
                ("territory_id", "child_of", self.territory_id.ids),
                ("company_id", "in", [False, self.env.company.id]),
                ("id", "!=", self.id),
            ],
            limit=SHOWN,
        )

    def _prepare_dealer_stock(self):
        """What the dealer's page shows. Called with ``sudo()`` for the user's own."""
        self.ensure_one()
        place = self.station_stock_location_id
        Lot, Quant = self.env["stock.lot"], self.env["stock.quant"]
        unsold = self._get_unsold_domain()
        parts = Quant._read_group(
            [("location_id", "=", place.id), ("lot_id", "=", False)],
            ["product_id"],
            ["quantity:sum"],
            having=[("quantity:sum", "!=", 0)],
        )
        arrived = self.env["stock.move.line"].search(
            [("location_dest_id", "=", place.id), ("state", "=", "done")],
            order="date desc, id desc",
            limit=SHOWN,
        )
        return {
            "units": Lot.search(unsold, order="shipping_date, id", limit=SHOWN),
            "unit_count": Lot.search_count(unsold),
            "parts": parts,
            "arrived": arrived if place else arrived.browse(),
            "movements": self.env["aftersales.dealer.movement"].search(
                [("dealer_id", "=", self.id), ("state", "=", "done")], limit=SHOWN
            ),
        }
