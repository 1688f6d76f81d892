from dataclasses import dataclass, replace
from datetime import date

from odoo import api, fields, models
from odoo.exceptions import UserError

_CHANGE_KEY = "aftersales_change"


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """How a machine's file changes; made by our code, never by a caller over RPC.

    keeps_history: the history is put right by the caller.
    """

    day: date | None = None
    order_id: int | None = None
    reason: str | None = None
    keeps_history: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """One kind of period: the column of the machine that it follows."""

    column: str
    # Who has the history, who is in it: names of columns of the period.
    holder: str
    held: str


OWNER = Kind(column="owner_id", holder="unit_id", held="partner_id")
COMPONENT = Kind(column="parent_unit_id", holder="part_unit_id", held="unit_id")
KINDS = {"owner": OWNER, "component": COMPONENT}


class StockLot(models.Model):
    """Who owned a machine, and which components were in it, from when to when.

    Whoever writes ``owner_id`` or ``parent_unit_id`` writes the history with it: sale,
    transfer, installation, registration, exchanged component.
    """

    _inherit = "stock.lot"

    owner_period_ids = fields.One2many(
        "aftersales.unit.period",
        "unit_id",
        string="Owners",
        domain=[("kind", "=", "owner")],
        readonly=True,
        groups="base.group_user",
    )
    component_period_ids = fields.One2many(
        "aftersales.unit.period",
        "unit_id",
        string="Components from – to",
        domain=[("kind", "=", "component")],
        readonly=True,
        groups="base.group_user",
    )

    @api.model_create_multi
    def create(self, vals_list):
        units = super().create(vals_list)
        for kind, columns in KINDS.items():
            units.filtered(columns.column)._open_periods(kind)
        return units

    def write(self, vals):
        before = {
            kind: {
                unit: unit[columns.column]
                for unit in self
                if unit[columns.column].id != (vals[columns.column] or False)
            }
            for kind, columns in KINDS.items()
            if columns.column in vals and not self._get_change().keeps_history
        }
        result = super().write(vals)
        for kind, old in before.items():
            units = self.browse().concat(*old)
            units._close_periods(kind, old)
            units.filtered(KINDS[kind].column)._open_periods(kind)
        return result

    def _with_change(self, **change):
        """The same machines, whose next change happens so: see ``Change``."""
        return self.with_context(**{_CHANGE_KEY: Change(**change)})

    def _get_change(self):
        change = self.env.context.get(_CHANGE_KEY)
        known = change if isinstance(change, Change) else Change()
        return known if known.day else replace(known, day=self._get_change_day())

    def _get_change_day(self):
        return self.env.company._get_today()

    def _open_periods(self, kind):
        """Begin a period for each of ``self``, whose column is set."""
        columns, change = KINDS[kind], self._get_change()
        is_told = _CHANGE_KEY in self.env.context
        # Follows from the change of the machine, which the caller may make.
        self.env["aftersales.unit.period"].sudo().create(
            [
                {
                    "kind": kind,
                    columns.holder: unit.id,
                    columns.held: unit[columns.column].id,
                    "date_from": (not is_told and unit._get_known_since(kind))
                    or change.day,
                    "order_from_id": change.order_id,
                    "reason": change.reason,
                }
                for unit in self
            ]
        )

    def _close_periods(self, kind, old):
        """End what held until now: {machine: what its column was}."""
        columns, change = KINDS[kind], self._get_change()
        periods = self.env["aftersales.unit.period"].sudo()  # see `_open_periods`
        still_open = periods.search(
            [
                ("kind", "=", kind),
                (columns.holder, "in", self.ids),
                ("date_to", "=", False),
            ]
        )
        vals = {"date_to": change.day, "order_to_id": change.order_id}
        # A file may know a day that is still to come, or that is over elsewhere only.
        late = still_open.filtered(
            lambda row: row.date_from and row.date_from > change.day
        )
        (still_open - late).write(vals)
        for day, rows in late.grouped("date_from").items():
            rows.write({**vals, "date_to": day})
        # A machine from a file has an owner that no period knows yet.
        unknown = [unit for unit in self if old[unit]]
        unknown = [u for u in unknown if u not in still_open[columns.holder]]
        periods.create(
            [
                {
                    "kind": kind,
                    columns.holder: unit.id,
                    columns.held: old[unit].id,
                    **vals,
                }
                for unit in unknown
            ]
        )
        # The next period begins in the same transaction: only one may be open.
        periods.flush_model(["date_to"])

    def _get_known_since(self, kind):
        """The day from which the present owner is known to have the machine."""
        self.ensure_one()
        if kind != "owner" or self.owner_period_ids:
            return None
        return self.sale_date or self.installation_date

    # Ownership

    def _transfer(self, partner, day, reason=None):
        """Give the machines of ``self``, and what is built into them, to ``partner``.

        The caller has checked who asks. What was promised to the old owner alone ends.

        :raise UserError: a machine is void, is his already, or was not yet the old
            owner's on that day
        """
        self._check_owned_since(day)
        for unit in self:
            if unit.void_reason:
                raise UserError(
                    self.env._("%(unit)s is scrapped or stolen.", unit=unit.name)
                )
            if unit.owner_id == partner:
                raise UserError(
                    self.env._(
                        "%(unit)s belongs to %(owner)s already.",
                        unit=unit.name,
                        owner=partner.name,
                    )
                )
            parts = unit.component_unit_ids.filtered(
                lambda part, old=unit.owner_id: part.owner_id and part.owner_id == old
            )
            (unit | parts)._with_change(day=day, reason=reason).owner_id = partner
            unit._message_log(
                body=self.env._(
                    "Now belongs to %(owner)s, from %(day)s. %(reason)s",
                    owner=partner.name,
                    day=fields.Date.to_string(day),
                    reason=reason or "",
                )
            )

    def _check_owned_since(self, day):
        """Raise where the present owner has a machine only since after ``day``."""
        # The history is read for its days; the caller has checked who asks.
        for period in self.sudo().owner_period_ids:
            if not period.date_to and period.date_from and period.date_from > day:
                raise UserError(
                    self.env._(
                        "%(owner)s has %(unit)s since %(day)s only: "
                        "choose a later day.",
                        owner=period.partner_id.name,
                        unit=period.unit_id.name,
                        day=fields.Date.to_string(period.date_from),
                    )
                )

    def action_transfer(self):
        """Ask who the new owner is."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New owner"),
            "res_model": "aftersales.unit.transfer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_unit_id": self.id},
        }
