from odoo import fields, models
from odoo.exceptions import UserError

from ...tools import geo
from ...tools.parts import find_lenders

# States in which a station may still need parts for the job.
BORROW_STATES = ("offered", "accepted", "on_site", "waiting")


class AftersalesWorkOrder(models.Model):
    """Parts that the station lacks are borrowed from a neighbour."""

    _inherit = "aftersales.work.order"

    missing_part_ids = fields.Many2many(
        "product.product",
        string="Missing parts",
        compute="_compute_missing_part_ids",
        groups="base.group_user",
        help="Parts that the fault usually takes and the station has not on hand.",
    )
    borrow_picking_ids = fields.One2many(
        "stock.picking", "borrow_order_id", groups="base.group_user"
    )

    def _compute_missing_part_ids(self):
        # Which parts are on hand is a fact of the order, whoever looks.
        orders = self.sudo().filtered(
            lambda order: order.state in BORROW_STATES and order.station_id
        )
        on_hand = orders.station_id._get_parts_on_hand(orders._get_usual_parts())
        for order in self:
            known = order.sudo()
            known = known if known in orders else known.browse()
            stock = on_hand[known.station_id.id] if known else {}
            coming = known.borrow_picking_ids.filtered(
                lambda picking: picking.state not in ("done", "cancel")
            ).move_ids.product_id
            parts = known._get_usual_parts() - coming
            order.missing_part_ids = parts.filtered(
                lambda part, stock=stock: stock.get(part.id, 0) < 1
            )

    def action_borrow_parts(self):
        """Show which neighbours have the missing parts."""
        self.ensure_one()
        self._check_can_borrow()
        return self.env["aftersales.parts.borrow"]._open(self)

    def _check_can_borrow(self):
        """Raise unless the user may dispatch and the station still needs parts."""
        self.check_access("write")
        self.env["aftersales.work.order"].check_access("create")
        for order in self:
            if order.state not in BORROW_STATES:
                raise UserError(
                    self.env._("%(order)s needs no parts now.", order=order.name)
                )

    def _find_lenders(self):
        """Neighbours with the missing parts; callers have checked who asks.

        :return: list of `tools.parts.Lender`, part by part, nearest first
        """
        self.ensure_one()
        policy = self.env["aftersales.dispatch.policy"]._match_tickets(self.ticket_id)
        stations = self.env["res.partner"].search(
            [
                ("aftersales_role", "=", "station"),
                ("company_id", "in", [False, self.company_id.id]),
                ("id", "!=", self.station_id.id),
            ]
        )
        on_hand = stations._get_parts_on_hand(self.missing_part_ids)
        here = self.station_id._get_dispatch_point()
        lending = stations.filtered(lambda station: station.id in on_hand)
        return find_lenders(
            self.missing_part_ids.ids,
            {station.id: on_hand[station.id] for station in lending},
            {s.id: geo.between(here, s._get_dispatch_point()).km for s in lending},
            policy[self.ticket_id].max_distance_km,
        )

    def _borrow(self, lender, product, quantity=1.0):
        """A transfer of parts between two stations, and a word to the lender.

        Callers have checked that the user may dispatch ``self``; runs with ``sudo()``.

        :return: the transfer
        """
        self.ensure_one()
        offers = self._find_lenders()
        if not any(
            (one.station_id, one.product_id) == (lender.id, product.id)
            for one in offers
        ):
            raise UserError(
                self.env._(
                    "%(station)s has no %(part)s to lend.",
                    station=lender.name,
                    part=product.display_name,
                )
            )
        source, target = (
            lender.station_stock_location_id,
            self.station_id.station_stock_location_id,
        )
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self._get_borrow_type().id,
                "location_id": source.id,
                "location_dest_id": target.id,
                "partner_id": self.station_id.id,
                "origin": self.name,
                "borrow_order_id": self.id,
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": product.id,
                            "product_uom": product.uom_id.id,
                            "product_uom_qty": quantity,
                            "location_id": source.id,
                            "location_dest_id": target.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self._tell_lender(picking, lender, product, quantity)
        self.invalidate_recordset(["missing_part_ids"])
        return picking

    def _get_borrow_type(self):
        """Kind of transfer of the order's company for moves between stations.

        Also an archived one: a warehouse without own storage places hides it.
        """
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_id.id)], limit=1
        )
        return warehouse.int_type_id

    def _tell_lender(self, picking, lender, product, quantity):
        """Write to the lender; the order's own log keeps what was asked."""
        words = self.with_context(lang=lender.lang or self.env.lang).env
        picking.message_post(
            subject=words._("Please send a part to %s", self.station_id.name),
            body=words._(
                "Please send %(quantity)g × %(part)s to %(station)s (%(phone)s) for"
                " job %(order)s.",
                quantity=quantity,
                part=product.with_context(lang=lender.lang).display_name,
                station=self.station_id.name,
                phone=self.station_id.phone or "-",
                order=self.name,
            ),
            partner_ids=lender.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self._message_log(
            body=self.env._(
                "%(part)s borrowed from %(station)s: %(transfer)s",
                part=product.display_name,
                station=lender.name,
                transfer=picking.name,
            )
        )


class StockPicking(models.Model):
    """A transfer that brings a borrowed part to a job."""

    _inherit = "stock.picking"

    borrow_order_id = fields.Many2one(
        "aftersales.work.order",
        string="Borrowed for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
