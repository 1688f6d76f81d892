from odoo import api, fields, models

from ...tools import parts as parts_rule
from ...tools import report as report_rule
from ...tools import serial as serial_rule


class AftersalesWorkOrderLineMixin(models.AbstractModel):
    """A line of a report: it can be changed as long as the report is open."""

    _name = "aftersales.work.order.line.mixin"
    _description = "Line of a work order's report"

    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="work_order_id.company_id", store=True)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.work_order_id._check_report_open()
        return lines

    def write(self, vals):
        self.work_order_id._check_report_open()
        result = super().write(vals)
        if "work_order_id" in vals:
            self.work_order_id._check_report_open()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_open_report(self):
        self.work_order_id._check_report_open()


class AftersalesWorkOrderOperation(models.Model):
    """Labour done, by operation."""

    _name = "aftersales.work.order.operation"
    _description = "Labour of a work order"
    _inherit = ["aftersales.work.order.line.mixin"]
    _order = "work_order_id, id"

    operation_id = fields.Many2one(
        "aftersales.operation", required=True, ondelete="restrict"
    )
    standard_hours = fields.Float(
        compute="_compute_standard_hours",
        store=True,
        help="Of the entry that counts for this machine, as it was when reported.",
    )

    _operation_uniq = models.UniqueIndex(
        "(work_order_id, operation_id)", "This operation is on the report already."
    )

    # Not of the hours themselves: what was reported stays as it was.
    @api.depends("operation_id", "work_order_id")
    def _compute_standard_hours(self):
        for company, lines in self.grouped("company_id").items():
            exact = lines.env["aftersales.operation"]._get_exact(
                lines.work_order_id.product_id,
                company,
                lines.operation_id.mapped("code"),
            )
            for line in lines:
                operation = line.operation_id
                counts = exact[line.work_order_id.product_id].get(operation.code)
                line.standard_hours = (counts or operation).standard_hours


class AftersalesWorkOrderPart(models.Model):
    """A part fitted, and the stock move that takes it from the station's stock."""

    _name = "aftersales.work.order.part"
    _description = "Part of a work order"
    _inherit = ["aftersales.work.order.line.mixin", "aftersales.state.mixin"]
    _order = "work_order_id, id"

    _guarded_fields = ("move_id",)
    # A change of these after the move puts the part back first.
    _moved_fields = frozenset({"product_id", "quantity", "serial_text"})

    product_id = fields.Many2one(
        "product.product",
        string="Part",
        required=True,
        ondelete="restrict",
        domain="[('type', '=', 'consu')]",
    )
    quantity = fields.Float(default=1.0, required=True)
    serial_text = fields.Char(string="Serial of the new part")
    failed_serial_text = fields.Char(string="Serial of the failed part")
    move_id = fields.Many2one(
        "stock.move", readonly=True, copy=False, index="btree_not_null"
    )

    unit_cost = fields.Float(
        compute="_compute_unit_cost",
        store=True,
        groups="base.group_user",
        help="What one piece cost us when it was reported, in the company's currency.",
    )

    _quantity_positive = models.Constraint(
        "CHECK(quantity > 0)", "The quantity of a part must be above zero."
    )

    # Not of the cost itself: what was reported stays as it was.
    @api.depends("product_id", "work_order_id")
    def _compute_unit_cost(self):
        for company, lines in self.grouped("company_id").items():
            for line in lines:
                product = line.product_id.with_company(company)
                line.unit_cost = product.standard_price

    def write(self, vals):
        self.filtered(lambda line: line.move_id and line._differs(vals))._put_back()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_put_back(self):
        self._put_back()

    def _differs(self, vals):
        """Whether ``vals`` change what was moved."""
        self.ensure_one()
        return any(
            self._fields[name].convert_to_write(self[name], self) != vals[name]
            for name in self._moved_fields & vals.keys()
        )

    def _prepare_part_facts(self):
        """This line for ``report.check``; its key is the id."""
        self.ensure_one()
        return report_rule.PartFacts(
            key=str(self.id),
            quantity=self.quantity,
            tracking=self.product_id.tracking,
            has_serial=bool(serial_rule.normalise(self.serial_text)),
        )

    def _consume(self):
        """Take the parts out of the stations' stock, each line once.

        The quantity may go below zero: a station uses what it has in its hands,
        whatever the system knows. The office is told.
        """
        # The report was accepted by its checks; stations have no rights on stock.
        lines = self.sudo().filtered(
            lambda line: not line.move_id and line.product_id.type == "consu"
        )
        if not lines:
            return
        lines.work_order_id.station_id._ensure_network_location()
        lots = lines._find_or_create_lots()
        consigned = lines._get_lines_from_consignment(lots)
        vals_list = [
            line._prepare_move_vals(lots.get(line.id), line in consigned)
            for line in lines
        ]
        moves = self.env["stock.move"].sudo().create(vals_list)
        for line, move in zip(lines, moves, strict=True):
            line._write_guarded({"move_id": move.id})
        moves._action_done()
        lines._tell_negative_stock()

    def _put_back(self):
        """Undo the moves of lines that are changed or removed after all."""
        # Reached only through a write or unlink that was allowed on an open report.
        lines = self.sudo().filtered("move_id")
        if not lines:
            return
        moves = self.env["stock.move"].sudo()
        vals_list = []
        for line in lines:
            move = line.move_id
            vals = moves._prepare_network_move_vals(
                move.product_id,
                move.quantity,
                (move.location_dest_id, move.location_id),
                move.lot_ids[:1],
            )
            vals |= {
                "company_id": move.company_id.id,
                "origin": move.origin,
                "origin_returned_move_id": move.id,
            }
            vals_list.append(vals)
        moves.create(vals_list)._action_done()
        lines._write_guarded({"move_id": False})

    def _get_consignment_location(self):
        """Where the order's company keeps parts at the station; may be empty."""
        self.ensure_one()
        order = self.work_order_id
        station = order.station_id
        location = station.station_consignment_location_id
        is_used = station.has_consignment and location.company_id == order.company_id
        return location if is_used else location.browse()

    def _get_lines_from_consignment(self, lots):
        """Those of these lines whose part our consignment stock at the station covers.

        :param lots: {line id: lot of its tracked part}
        """
        places = {line: line._get_consignment_location() for line in self}
        locations = self.env["stock.location"].union(*places.values())
        if not locations:
            return self.browse()
        rows = self.env["stock.quant"]._read_group(
            [
                ("location_id", "in", locations.ids),
                ("product_id", "in", self.product_id.ids),
            ],
            ["location_id", "product_id", "lot_id"],
            ["quantity:sum", "reserved_quantity:sum"],
        )
        free = {
            (location.id, product.id, lot.id or None): quantity - reserved
            for location, product, lot, quantity, reserved in rows
        }
        wants = [
            parts_rule.Want(
                key=line.id,
                stock=places[line].id or None,
                product_id=line.product_id.id,
                lot_id=lots[line.id].id if line.id in lots else None,
                quantity=line.quantity,
            )
            for line in self
        ]
        return self.browse(parts_rule.from_consignment(wants, free))

    def _prepare_move_vals(self, lot, from_consignment=False):
        """The stock move of one line: from the station's place to the customer's."""
        self.ensure_one()
        order = self.work_order_id
        source, target = self._get_move_locations()
        if from_consignment:
            source = self._get_consignment_location()
        vals = self.env["stock.move"]._prepare_network_move_vals(
            self.product_id, self.quantity, (source, target), lot
        )
        return vals | {
            "company_id": order.company_id.id,
            "origin": order.name,
            "partner_id": order.station_id.id,
        }

    def _get_move_locations(self):
        """(from, to): the station's parts location, the place of the customer."""
        order = self.work_order_id
        source = order.station_id.station_stock_location_id
        target = order.partner_id.with_company(order.company_id).property_stock_customer
        if not target or target == source:
            # A machine of the station itself: the part is used up all the same.
            target = self.env.ref("stock.stock_location_customers")
        return source, target

    def _find_or_create_lots(self):
        """Line id → lot of its tracked part; a number nobody knew is registered.

        A number known before keeps all it has; a new one belongs to its machine.
        """
        tracked = self.filtered(lambda line: line.product_id.tracking != "none")
        keys = {line: line._get_lot_key() for line in tracked}
        Lot = self.env["stock.lot"].sudo()
        lots = Lot.search(
            [
                ("product_id", "in", tracked.product_id.ids),
                (
                    "serial_key",
                    "in",
                    [key for _company, _product, key in keys.values()],
                ),
                ("company_id", "in", [False, *tracked.company_id.ids]),
            ]
        )
        known = {
            (lot.company_id.id, lot.product_id.id, lot.serial_key): lot for lot in lots
        }
        for key in keys.values():
            # Its own company's, else the one all companies share.
            if shared := known.get((False, *key[1:])):
                known.setdefault(key, shared)
        missing = {
            key: line._prepare_lot_vals()
            for line, key in keys.items()
            if key not in known
        }
        known |= dict(zip(missing, Lot.create(list(missing.values())), strict=True))
        return {line.id: known[key] for line, key in keys.items()}

    def _get_lot_key(self):
        """(company, product, serial key): by what a number is known."""
        self.ensure_one()
        key = serial_rule.normalise(self.serial_text)
        return self.company_id.id, self.product_id.id, key

    def _prepare_lot_vals(self):
        """Values of the lot of a number that nobody knew."""
        self.ensure_one()
        vals = {
            "name": self.serial_text.strip(),
            "product_id": self.product_id.id,
            "company_id": self.company_id.id,
        }
        if home := self.work_order_id.unit_id.territory_id:
            vals["territory_id"] = home.id
        return vals

    def _tell_negative_stock(self):
        """Tell the office which parts a station used that its stock did not hold."""
        rows = self.env["stock.quant"]._read_group(
            [
                ("location_id", "in", self.move_id.location_id.ids),
                ("product_id", "in", self.product_id.ids),
            ],
            ["location_id", "product_id"],
            ["quantity:sum"],
            having=[("quantity:sum", "<", 0)],
        )
        short = {(location, product): quantity for location, product, quantity in rows}
        for order, lines in self.grouped("work_order_id").items():
            found = {
                line.product_id: short[line.move_id.location_id, line.product_id]
                for line in lines
                if (line.move_id.location_id, line.product_id) in short
            }
            if found:
                order._tell_office_of_stock(found)


class AftersalesWorkOrderCharge(models.Model):
    """Money the customer was asked for."""

    _name = "aftersales.work.order.charge"
    _description = "Charge of a work order"
    _inherit = ["aftersales.work.order.line.mixin"]
    _order = "work_order_id, id"

    currency_id = fields.Many2one(related="work_order_id.currency_id")
    kind = fields.Selection(
        [
            ("labor", "Labour"),
            ("parts", "Parts"),
            ("travel", "Travel"),
            ("other", "Other"),
        ],
        required=True,
        default="labor",
    )
    amount = fields.Monetary(required=True)
    is_collected = fields.Boolean(
        string="Paid on the spot",
        default=True,
        help="The customer has given the money to the station; otherwise he still owes"
        " it.",
    )
    note = fields.Char()

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A charge cannot be negative."
    )

    @api.depends("kind", "amount")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for charge in self:
            charge.display_name = f"{labels.get(charge.kind)} {charge.amount:.2f}"
