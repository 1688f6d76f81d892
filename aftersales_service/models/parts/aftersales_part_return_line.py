from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import part_return as part_return_rule
from ...tools import serial as serial_rule
from .aftersales_part_return import NAME

# What a failed part that was sent is known by.
KEPT_FIELDS = frozenset(
    {"work_order_id", "product_id", "quantity", "failed_serial_text"}
)
RULES = [
    ("always", "Always"),
    ("warranty", "When the maker pays"),
    ("never", "Never"),
]


class ResCompany(models.Model):
    """Which failed parts come back, unless their product says something else."""

    _inherit = "res.company"

    failed_part_return = fields.Selection(
        RULES,
        string="Failed parts come back",
        default="never",
        help="Parts that stations replaced. A product may have a rule of its own.",
    )
    failed_part_days = fields.Integer(
        string="Days to send failed parts",
        default=30,
        help="Counted from the day the job is done; later they are overdue.",
    )


class ResConfigSettings(models.TransientModel):
    """Settings of the service, per company."""

    _inherit = "res.config.settings"

    failed_part_return = fields.Selection(
        related="company_id.failed_part_return", readonly=False
    )
    failed_part_days = fields.Integer(
        related="company_id.failed_part_days", readonly=False
    )


class ProductTemplate(models.Model):
    """A spare part may have to come back when it failed."""

    _inherit = "product.template"

    failed_part_return = fields.Selection(
        RULES,
        string="Failed part comes back",
        help="Empty means as the company's settings say.",
    )


class ResPartner(models.Model):
    """Where failed parts lie at a station until they are sent."""

    _inherit = "res.partner"

    station_failed_location_id = fields.Many2one(
        "stock.location",
        string="Failed parts location",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    def _ensure_failed_part_location(self):
        """The station's place for failed parts, beside that of its good ones.

        Callers hold sudo and have checked who sends.
        """
        self.ensure_one()
        if not self.station_failed_location_id:
            name = self.env._("%(station)s, failed parts", station=self.name)
            vals = {
                "name": name,
                "usage": "customer",
                "company_id": self.company_id.id,
            }
            self.station_failed_location_id = self._create_locations({self: vals})[self]
        return self.station_failed_location_id


class AftersalesWorkOrderPart(models.Model):
    """A part fitted: whether the failed one comes back."""

    _inherit = "aftersales.work.order.part"

    def write(self, vals):
        changed = self.filtered(
            lambda line: any(
                line._fields[name].convert_to_write(line[name], line) != vals[name]
                for name in KEPT_FIELDS & vals.keys()
            )
        )
        changed._check_failed_part_kept()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_failed_part_kept(self):
        self._check_failed_part_kept()

    def _check_failed_part_kept(self):
        """A line stays as it is when its failed part is on the way back."""
        # Only whether it was sent; the caller may change the report.
        for part in self.sudo().part_return_ids:
            if part._is_under_way():
                raise UserError(
                    self.env._(
                        "The failed part %(part)s was sent back; its line stays.",
                        part=part.product_id.display_name,
                    )
                )

    def _must_return(self):
        """Whether the failed part of this line has to come back."""
        self.ensure_one()
        order = self.work_order_id
        decision = order.warranty_decision_id or order.ticket_id.warranty_decision_id
        return part_return_rule.must_return(
            self.product_id.failed_part_return or None,
            order.company_id.failed_part_return or None,
            maker_pays=bool(decision.covers_parts),
        )

    def _get_failed_lot(self, number):
        """The lot of the failed part: its serial, else the number of the return.

        A serial that lies in a stock was mistyped: that piece stays where it is.
        """
        self.ensure_one()
        if self.product_id.tracking == "none":
            return self.env["stock.lot"]
        text = (self.failed_serial_text or "").strip()
        key = serial_rule.normalise(text)
        if not key:
            return self._get_or_create_lot(number)
        known = self._find_lots([("serial_key", "=", key)])
        free = known.filtered(self._is_failed_lot)
        if known and not free:
            return self._get_or_create_lot(number)
        return free[:1] or self._get_or_create_lot(text)

    def _is_failed_lot(self, lot):
        """Whether a piece can be the failed one: at a customer, or in no stock."""
        quants = lot.quant_ids.filtered(lambda quant: quant.quantity > 0)
        _own, customer = self._get_move_locations()
        # The network's places are of usage customer too.
        return not (quants.location_id - customer).filtered(
            lambda place: place.usage in ("internal", "transit", "customer")
        )

    def _find_lots(self, domain):
        """Lots of the part, the company's own before those that all share."""
        return (
            self.env["stock.lot"]
            .search(
                Domain(domain)
                & Domain("product_id", "=", self.product_id.id)
                & Domain("company_id", "in", [False, self.company_id.id])
            )
            .sorted(lambda lot: not lot.company_id)
        )

    def _get_or_create_lot(self, name):
        return self._find_lots([("name", "=", name)])[:1] or self.env[
            "stock.lot"
        ].create(
            {
                "name": name,
                "product_id": self.product_id.id,
                "company_id": self.company_id.id,
            }
        )


class StockMove(models.Model):
    """The transfer that brings failed parts back."""

    _inherit = "stock.move"

    def _action_done(self, *args, **kwargs):
        moves = super()._action_done(*args, **kwargs)
        moves._get_sent_part_returns()._receive()
        return moves

    def _action_cancel(self):
        result = super()._action_cancel()
        self._get_sent_part_returns()._take_back()
        return result

    def _get_sent_part_returns(self):
        """Failed parts that these moves bring to the maker."""
        # Follows from a transfer the warehouse was allowed to make or to cancel.
        parts = self.env[NAME].sudo()
        return parts.search([("move_id", "in", self.ids), ("state", "=", "sent")])
