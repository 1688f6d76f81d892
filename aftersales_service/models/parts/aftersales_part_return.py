import base64
import io
from datetime import timedelta

import qrcode

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

INSPECTORS = (
    "aftersales_service.group_aftersales_quality",
    "aftersales_service.group_aftersales_headquarters",
)
RESULTS = [
    ("accepted", "Fault accepted"),
    ("misuse", "Owner's fault"),
    ("no_fault", "No fault found"),
    ("not_received", "Not received"),
]
NAME = "aftersales.part.return"


class AftersalesPartReturn(models.Model):
    """A failed part that comes back to the maker, and what its inspection found."""

    _name = "aftersales.part.return"
    _description = "Failed part to return"
    _inherit = ["aftersales.state.mixin"]
    _order = "id desc"

    TRANSITIONS = {
        "due": ("sent", "closed"),
        "sent": ("received", "due", "closed"),
        "received": ("closed",),
        "closed": (),
    }
    _guarded_fields = (
        "name",
        "part_line_id",
        "state",
        "due_date",
        "sent_at",
        "received_at",
        "collected_move_id",
        "move_id",
        "inspected_by_id",
        "inspected_at",
        "reminded_on",
    )

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    part_line_id = fields.Many2one(
        "aftersales.work.order.part",
        string="Part of the report",
        required=True,
        index=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    work_order_id = fields.Many2one(
        related="part_line_id.work_order_id", store=True, index=True
    )
    product_id = fields.Many2one(
        related="part_line_id.product_id", string="Part", store=True, index=True
    )
    quantity = fields.Float(related="part_line_id.quantity", store=True)
    failed_serial_text = fields.Char(related="part_line_id.failed_serial_text")
    station_id = fields.Many2one(
        related="work_order_id.station_id", store=True, index="btree_not_null"
    )
    unit_id = fields.Many2one(related="work_order_id.unit_id", string="Machine")
    component_id = fields.Many2one(related="work_order_id.component_id")
    cause_id = fields.Many2one(
        related="work_order_id.cause_id", string="Cause as reported"
    )
    territory_id = fields.Many2one(
        related="work_order_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(
        related="work_order_id.company_id", store=True, index=True
    )
    state = fields.Selection(
        [
            ("due", "To send"),
            ("sent", "Sent"),
            ("received", "Received by us"),
            ("closed", "Inspected"),
        ],
        default="due",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    due_date = fields.Date(
        readonly=True, copy=False, help="The station sends the part until this day."
    )
    sent_at = fields.Datetime(readonly=True, copy=False)
    received_at = fields.Datetime(readonly=True, copy=False)
    # From the customer into the station's place, once; then to the maker.
    collected_move_id = fields.Many2one("stock.move", readonly=True, copy=False)
    move_id = fields.Many2one(
        "stock.move", readonly=True, copy=False, index="btree_not_null"
    )
    picking_id = fields.Many2one(related="move_id.picking_id", string="Transfer")
    result = fields.Selection(RESULTS, string="Inspection", copy=False)
    result_note = fields.Char(string="What was found", copy=False)
    inspected_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    inspected_at = fields.Datetime(readonly=True, copy=False)
    can_receive = fields.Boolean(compute="_compute_can")
    can_inspect = fields.Boolean(compute="_compute_can")

    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is taken.")
    # A job that is returned and done again asks for each part once.
    _line_uniq = models.UniqueIndex(
        "(part_line_id)", "This failed part is asked for already."
    )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can(self):
        may = self._is_inspector()
        for part in self:
            part.can_receive = may and part.state == "sent"
            part.can_inspect = may and part.state != "closed"

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self.env["ir.sequence"]._next_numbers(NAME, len(vals_list))
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        return super().create(vals_list)

    def write(self, vals):
        if {"result", "result_note"} & vals.keys() and not self._is_unguarded():
            self._check_inspector()
            if any(part.state == "closed" for part in self):
                raise UserError(self.env._("The inspection is closed."))
        return super().write(vals)

    # Buttons

    def action_receive(self):
        """The part is here: its move is done, whatever else the transfer holds."""
        self._check_inspector()
        self.check_access("read")
        parts = self.sudo()  # guard: _check_inspector just above
        if parts.filtered(lambda part: part.state != "sent"):
            raise UserError(self.env._("Only a part that was sent can be received."))
        parts.move_id.picked = True
        parts.move_id._action_done()

    def action_close(self):
        """The inspection is done: its result stands."""
        self._check_inspector()
        self.check_access("write")
        for part in self:
            if not part.result:
                raise UserError(self.env._("Choose what the inspection found."))
            if (part.state == "received") == (part.result == "not_received"):
                raise UserError(
                    self.env._(
                        "%(part)s: a part that was received has been inspected, one"
                        " that was not is “Not received”.",
                        part=part.name,
                    )
                )
        self.sudo()._close()  # guard: _check_inspector

    def action_open_work_order(self):
        return self.work_order_id._open(self.work_order_id)

    def action_open_picking(self):
        return self.work_order_id._open(self.picking_id)

    def _is_inspector(self):
        user = self.env.user
        return self.env.su or any(user.has_group(group) for group in INSPECTORS)

    def _check_inspector(self):
        if not self._is_inspector():
            raise AccessError(self.env._("Quality inspects the parts that come back."))

    # Steps. Batch methods; callers have checked who asks.

    def _send(self):
        """One transfer per station to the maker's place for failed parts.

        Each part enters the stock once, from the customer's place, and leaves it with
        the transfer; good parts of the station are not touched.

        :return: the transfers
        """
        if self.try_lock_for_update() != self:
            raise UserError(self.env._("These parts are being sent already."))
        self._update_state("sent", sent_at=fields.Datetime.now())
        target = self.env.ref("aftersales_service.stock_location_failed_parts")
        pickings = self.env["stock.picking"]
        for (station, company), parts in self.grouped(
            lambda part: (part.station_id, part.company_id)
        ).items():
            source = station._ensure_failed_part_location()
            parts.filtered(lambda part: not part.collected_move_id)._collect(source)
            pickings |= parts._create_picking(station, company, (source, target))
        return pickings

    def _collect(self, place):
        """The failed parts lie at the station now: one done move each."""
        moves = self.env["stock.move"]
        vals_list = []
        for part in self:
            _own, customer = part.part_line_id._get_move_locations()
            vals = moves._prepare_network_move_vals(
                part.product_id,
                part.quantity,
                (customer, place),
                part.part_line_id._get_failed_lot(part.name),
            )
            vals_list.append(
                vals | {"company_id": part.company_id.id, "origin": part.name}
            )
        collected = moves.create(vals_list)
        for part, move in zip(self, collected, strict=True):
            part._write_guarded({"collected_move_id": move.id})
        collected._action_done()

    def _create_picking(self, station, company, locations):
        """An open transfer with one move per part."""
        source, target = locations
        ends = {"location_id": source.id, "location_dest_id": target.id}
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": self.work_order_id[:1]._get_borrow_type().id,
                "partner_id": station.id,
                "origin": ", ".join(self.mapped("name"))[:200],
                "company_id": company.id,
                **ends,
            }
        )
        moves = self.env["stock.move"].create(
            [part._prepare_return_move_vals(picking, locations) for part in self]
        )
        # Parts of one model stay moves of their own: each is inspected.
        moves._action_confirm(merge=False)
        for part, move in zip(self, moves, strict=True):
            part._write_guarded({"move_id": move.id})
        return picking

    def _prepare_return_move_vals(self, picking, locations):
        self.ensure_one()
        vals = self.env["stock.move"]._prepare_network_move_vals(
            self.product_id,
            self.quantity,
            locations,
            self.collected_move_id.lot_ids[:1],
        )
        for _create, _zero, line in vals["move_line_ids"]:
            line.update(picked=False, picking_id=picking.id)
        return vals | {
            "picked": False,
            "picking_id": picking.id,
            "picking_type_id": picking.picking_type_id.id,
            "company_id": self.company_id.id,
            "origin": self.name,
        }

    def _is_under_way(self):
        """Whether the stock knows this part already."""
        self.ensure_one()
        return self.state != "due" or bool(self.collected_move_id)

    def _receive(self):
        self._update_state("received", received_at=fields.Datetime.now())

    def _take_back(self):
        """Their transfer was cancelled: they still lie at the station."""
        self._update_state("due", sent_at=False, move_id=False)

    def _close(self):
        """Freeze the result, and tell the job's log. Hook: ``_after_inspected``."""
        missing = self.filtered(lambda part: part.state != "received")
        missing.move_id.filtered(lambda move: move.state != "done")._action_cancel()
        self._update_state(
            "closed",
            inspected_by_id=self.env.uid,
            inspected_at=fields.Datetime.now(),
        )
        labels = dict(self._fields["result"]._description_selection(self.env))
        for part in self:
            part.work_order_id._message_log(
                body=self.env._(
                    "Failed part %(part)s inspected: %(result)s. %(note)s",
                    part=part.name,
                    result=labels[part.result],
                    note=part.result_note or "",
                )
            )
        self._after_inspected()

    def _after_inspected(self):
        """Hook: what follows from these results. Batch; may be extended."""

    # Label

    def _get_number_qr(self):
        """The picture of the number that a scanner reads: PNG, base64."""
        self.ensure_one()
        stream = io.BytesIO()
        qrcode.make(
            self.name, border=2, error_correction=qrcode.constants.ERROR_CORRECT_M
        ).save(stream)
        return base64.b64encode(stream.getvalue())

    def _get_label_rows(self, columns=2):
        """These parts in rows of as many labels as stand beside each other."""
        return [self[start : start + columns] for start in range(0, len(self), columns)]

    def _get_report_base_filename(self):
        return " ".join(self.mapped("name"))[:80]


class AftersalesWorkOrder(models.Model):
    """A done job asks for the failed parts that must come back."""

    _inherit = "aftersales.work.order"

    part_return_ids = fields.One2many(
        NAME, "work_order_id", string="Failed parts", groups="base.group_user"
    )
    part_return_count = fields.Integer(
        compute="_compute_part_return_count", groups="base.group_user"
    )

    def _compute_part_return_count(self):
        counts = dict(
            self.env[NAME]._read_group(
                [("work_order_id", "in", self.ids)], ["work_order_id"], ["__count"]
            )
        )
        for order in self:
            order.part_return_count = counts.get(order, 0)

    def action_open_part_returns(self):
        return self._open(self.part_return_ids)

    def _after_done(self):
        result = super()._after_done()
        self._ask_for_failed_parts()
        return result

    def _ask_for_failed_parts(self):
        """Ask for each failed part that must come back, once; in batch."""
        # Follows from the report, whoever made it done.
        lines = self.sudo().part_line_ids
        returns = lines.env[NAME]._unguarded()
        known = returns.search([("part_line_id", "in", lines.ids)]).part_line_id
        returns.create(
            [
                {
                    "part_line_id": line.id,
                    "due_date": line.work_order_id._get_local_today()
                    + timedelta(days=line.company_id.failed_part_days),
                }
                for line in lines - known
                if line._must_return()
            ]
        )

    def _return_to_station(self, reason):
        result = super()._return_to_station(reason)
        # What was not sent yet is asked for again when the report is done.
        waiting = self.sudo().part_line_ids.part_return_ids
        waiting.filtered(lambda part: not part._is_under_way()).unlink()
        return result


class AftersalesWorkOrderPart(models.Model):
    """A part fitted; the one it replaced may have to come back."""

    _inherit = "aftersales.work.order.part"

    part_return_ids = fields.One2many(NAME, "part_line_id", groups="base.group_user")
