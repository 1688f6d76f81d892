from odoo import api, models
from odoo.fields import Command


class StockMove(models.Model):
    """Goods that reach a dealer: the machines' files name him."""

    _inherit = "stock.move"

    @api.model
    def _prepare_network_move_vals(self, product, quantity, locations, lot=None):
        """A move between two places that is done at once, as values.

        :param locations: (from, to)
        :param lot: what a tracked product is known by
        """
        source, target = locations
        ends = {"location_id": source.id, "location_dest_id": target.id}
        line = {
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "quantity": quantity,
            "lot_id": lot.id if lot else False,
            "picked": True,
            **ends,
        }
        return {
            "product_id": product.id,
            "product_uom": product.uom_id.id,
            "product_uom_qty": quantity,
            "picked": True,
            "move_line_ids": [Command.create(line)],
            **ends,
        }

    def _action_done(self, *args, **kwargs):
        moves = super()._action_done(*args, **kwargs)
        moves._apply_sell_in()
        return moves

    def _apply_sell_in(self):
        """Machines delivered to a dealer are his to sell, from that day on."""
        lines = self.move_line_ids.filtered("lot_id")
        places = lines.location_dest_id.filtered(
            lambda place: place.usage == "customer"
        )
        if not places:
            return
        # Follows from a delivery the warehouse was allowed to make.
        dealers = (
            self.env["res.partner"]
            .sudo()
            .search(
                [
                    ("station_stock_location_id", "in", places.ids),
                    ("aftersales_role", "=", "dealer"),
                ]
            )
        )
        by_place = {dealer.station_stock_location_id: dealer for dealer in dealers}
        for place, arrived in lines.grouped("location_dest_id").items():
            if dealer := by_place.get(place):
                units = arrived.lot_id.sudo().filtered(lambda unit: not unit.sale_date)
                units.selling_partner_id = dealer
                units.filtered(
                    lambda unit: not unit.shipping_date
                ).shipping_date = self[:1].date.date()
