from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesDealerMovement(models.Model):
    """What left a dealer: a machine or parts, sold or passed on to another dealer.

    What comes to a dealer comes by our deliveries and by transfers from others.
    """

    _name = "aftersales.dealer.movement"
    _description = "Dealer's sale or transfer"
    _inherit = ["aftersales.state.mixin"]
    _order = "moved_on desc, id desc"
    _rec_name = "product_id"

    TRANSITIONS = {"done": ("cancelled",), "cancelled": ()}
    _guarded_fields = (
        *("state", "dealer_id", "kind", "moved_on", "product_id", "unit_id"),
        *("quantity", "condition", "to_partner_id", "move_id", "company_id"),
        *("source_key", "received_on"),
    )

    state = fields.Selection(
        [("done", "Registered"), ("cancelled", "Cancelled")],
        default="done",
        required=True,
        index=True,
    )
    kind = fields.Selection(
        [("sale", "Sale"), ("transfer", "Transfer")], required=True, default="sale"
    )
    dealer_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="restrict"
    )
    territory_id = fields.Many2one(
        related="dealer_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    moved_on = fields.Date(string="Day", required=True)
    product_id = fields.Many2one("product.product", string="Model", required=True)
    unit_id = fields.Many2one("stock.lot", string="Machine", index="btree_not_null")
    quantity = fields.Float(required=True, default=1.0)
    condition = fields.Selection(
        [("new", "Factory-new"), ("used", "Used"), ("defective", "Defective")],
        required=True,
        default="new",
    )
    to_partner_id = fields.Many2one(
        "res.partner",
        string="To",
        index="btree_not_null",
        help="The customer of a sale, the receiving dealer of a transfer.",
    )
    move_id = fields.Many2one("stock.move", readonly=True, copy=False)
    received_on = fields.Date(
        readonly=True,
        copy=False,
        help="When another dealer had passed the machine on to this one.",
    )
    source_key = fields.Char(
        readonly=True, copy=False, help="File and line it came from."
    )

    _sold_once = models.UniqueIndex(
        "(unit_id) WHERE kind = 'sale' AND state = 'done'",
        "This machine is sold already.",
    )
    _transferred_once = models.UniqueIndex(
        "(unit_id, dealer_id, to_partner_id, moved_on)"
        " WHERE kind = 'transfer' AND state = 'done'",
        "This transfer is registered already.",
    )

    _from_file_once = models.UniqueIndex(
        "(dealer_id, source_key) WHERE source_key IS NOT NULL AND state = 'done'",
        "This file is registered already.",
    )

    @api.depends("kind", "product_id", "unit_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for movement in self:
            what = movement.unit_id.name or movement.product_id.display_name
            movement.display_name = f"{kinds.get(movement.kind, '')} {what}"

    def action_cancel(self):
        """It was registered by mistake: the machine or the parts go back."""
        self.check_access("write")
        self._update_state("cancelled")
        self.sudo()._put_back()  # guard: write access above

    @api.model
    def _get_holder(self, units, dealer):
        """Who has a machine as the register knows it, for ``tools.movement``.

        :param units: the machine, or all that have the serial typed
        """
        own = units.filtered(lambda unit: unit.selling_partner_id == dealer)
        if own:
            unsold = own.filtered(lambda unit: not (unit.sale_date or unit.owner_id))
            return "own" if unsold else "sold"
        is_known = any(
            unit.selling_partner_id or unit.sale_date or unit.owner_id for unit in units
        )
        return "other" if is_known else "nobody"

    @api.model
    def _get_finding_sentence(self, finding):
        """What to do about a finding of ``tools.movement``, in words."""
        missing = {
            "serial": self.env._("Enter a serial number, or choose a model."),
            "quantity": self.env._("Enter how many."),
            "moved_on": self.env._("Enter the day."),
            "customer_name": self.env._("Enter the customer's name and phone."),
            "to_partner_id": self.env._("Choose the dealer who receives it."),
        }
        sentences = {
            "too_high": self.env._("This number is too high."),
            "future": self.env._("This day is still to come."),
            "ambiguous": self.env._(
                "Several models have this serial number. Choose the model."
            ),
            "mismatch": self.env._("This serial number belongs to another model."),
            "unknown": self.env._(
                "This serial number is not among your machines. Check it, or ask your"
                " office."
            ),
            "sold": self.env._("This machine is sold already."),
            "own": self.env._("Choose another dealer than yourself."),
        }
        if finding.code == "missing":
            return missing[finding.field]
        return sentences[finding.code]

    @api.model
    def _register_typed(self, vals, typed):
        """Keep one movement, with the customer as he was typed.

        Called with ``sudo()``; the form's reader has checked every value.
        """
        return self._register_typed_rows([(vals, typed)])

    @api.model
    def _register_typed_rows(self, rows):
        """Keep movements given as (values, as typed), all or none; see above."""
        buyers = self._find_or_create_buyers(
            [
                (self.env["res.partner"].browse(vals["dealer_id"]), typed)
                for vals, typed in rows
                if vals["kind"] == "sale" and typed.get("customer_name")
            ]
        )
        vals_list = []
        for vals, typed in rows:
            buyer = vals["kind"] == "sale" and buyers.get(_who(typed))
            vals_list.append(vals | {"to_partner_id": buyer.id} if buyer else vals)
        try:
            return self._register_movements(vals_list)
        except UniqueViolation as error:
            raise UserError(self.env._("This is registered already.")) from error

    @api.model
    def _find_or_create_buyers(self, sales):
        """{name and phone: customer}, new ones at their dealer's place.

        :param sales: (dealer, customer as typed) each
        """
        Partner = self.env["res.partner"]
        told = {_who(typed): (dealer, typed) for dealer, typed in sales}
        buyers = Partner._find_customers(told)
        new = [who for who, buyer in buyers.items() if not buyer]
        made = Partner.create([self._prepare_buyer_vals(*told[who]) for who in new])
        return buyers | dict(zip(new, made, strict=True))

    @api.model
    def _prepare_buyer_vals(self, dealer, typed):
        """A customer who was typed, at the dealer's place."""
        return {
            "name": typed["customer_name"],
            "phone": typed.get("customer_phone"),
            "street": typed.get("customer_street"),
            "state_id": dealer.state_id.id,
            "country_id": dealer.country_id.id,
            "aftersales_role": "customer",
            "territory_id": dealer.territory_id.id,
            "company_id": self.env.company.id,
        }

    @api.model
    def _register_movements(self, vals_list):
        """Keep what dealers registered, with its effects on machines and stock.

        Called with ``sudo()``; the caller has checked who asks and every value.
        :return: the movements in the order of ``vals_list``
        """
        movements = self._unguarded().create(vals_list)._guarded_again()
        movements._apply_to_units()
        movements._move_goods()
        return movements

    def _apply_to_units(self):
        """The machine's file names who has it now."""
        for movement in self.filtered("unit_id"):
            unit = movement.unit_id
            if movement.kind == "transfer":
                movement._write_guarded({"received_on": unit.dealer_date})
                unit.write(
                    {
                        "selling_partner_id": movement.to_partner_id.id,
                        "dealer_date": movement.moved_on,
                    }
                )
                continue
            unit.write(
                {
                    "selling_partner_id": movement.dealer_id.id,
                    "owner_id": movement.to_partner_id.id,
                    "sale_date": movement.moved_on,
                }
            )

    def _move_goods(self):
        """Parts leave the dealer's stock, machines where they were received there."""
        self.dealer_id._ensure_network_location()
        held = self._get_units_in_stock()
        moving = self.filtered(
            lambda movement: (
                movement.product_id.type == "consu"
                and (not movement.unit_id or movement.unit_id in held)
            )
        )
        moves = self.env["stock.move"].create(
            [movement._prepare_move_vals() for movement in moving]
        )
        for movement, move in zip(moving, moves, strict=True):
            movement._write_guarded({"move_id": move.id})
        moves._action_done()

    def _get_units_in_stock(self):
        """Machines of these movements that lie at their dealers."""
        rows = self.env["stock.quant"]._read_group(
            [
                ("lot_id", "in", self.unit_id.ids),
                ("location_id", "in", self.dealer_id.station_stock_location_id.ids),
                ("quantity", ">", 0),
            ],
            ["lot_id"],
        )
        return self.env["stock.lot"].union(*(lot for (lot,) in rows))

    def _prepare_move_vals(self, is_back=False):
        """The stock move of one movement, or its way back."""
        self.ensure_one()
        source = self.dealer_id.station_stock_location_id
        target = self.to_partner_id.station_stock_location_id or self.env.ref(
            "stock.stock_location_customers"
        )
        if is_back:
            source, target = target, source
        vals = self.env["stock.move"]._prepare_network_move_vals(
            self.product_id, self.quantity, (source, target), self.unit_id
        )
        return vals | {
            "company_id": self.company_id.id,
            "partner_id": self.dealer_id.id,
            "origin": self.display_name,
        }

    def _put_back(self):
        """Undo what registering did."""
        moved = self.filtered("move_id")
        self.env["stock.move"].create(
            [movement._prepare_move_vals(is_back=True) for movement in moved]
        )._action_done()
        for movement in self.filtered("unit_id"):
            unit = movement.unit_id
            if movement.kind == "transfer":
                if unit.selling_partner_id != movement.to_partner_id:
                    raise UserError(
                        self.env._("%s has been passed on since.", unit.name)
                    )
                unit.write(
                    {
                        "selling_partner_id": movement.dealer_id.id,
                        "dealer_date": movement.received_on,
                    }
                )
            elif unit.owner_id == movement.to_partner_id:
                unit.write({"owner_id": False, "sale_date": False})


def _who(typed):
    """What a buyer is known by: both must fit, see ``_find_customer``."""
    return typed.get("customer_name"), typed.get("customer_phone")
