from odoo import api, models
from odoo.fields import Domain
from odoo.tools import escape_psql

from ...tools import serial as serial_rule

# Characters typed from which on what is found is sorted by serial number.
_SORTED_FROM = 3


class StockLot(models.Model):
    """Finding a unit, opening its file, going on from it."""

    _inherit = "stock.lot"

    @api.model
    def _get_serial_domain(self, text):
        """Domain of the units whose serial begins as typed; served by the index."""
        key = serial_rule.normalise(text)
        if not key:
            return Domain.FALSE
        return Domain("serial_key", "=like", escape_psql(key) + "%")

    @api.model
    def _search_display_name(self, operator, value):
        domain = Domain(super()._search_display_name(operator, value))
        if operator not in ("=", "ilike", "like", "=ilike") or not value:
            return domain
        if not isinstance(value, str):
            return domain
        return self._get_serial_domain(value) | domain

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        # The beginning of the number first: one look at the index, whoever types it
        # how; core's slower "contains" only when that finds nothing.
        if operator in ("ilike", "like"):
            key = serial_rule.normalise(name)
            asked = self._get_serial_domain(name) if key else Domain.TRUE
            # Sorting by name what a letter or two leaves would read half the table.
            order = None if len(key) >= _SORTED_FROM else "id desc"
            units = self.search_fetch(
                asked & Domain(domain or []), ["display_name"], limit=limit, order=order
            )
            if units or not key:
                return [(unit.id, unit.display_name) for unit in units.sudo()]
        return super().name_search(name, domain, operator, limit)

    @api.model
    def _find_by_serial(self, text):
        """Units the user may see whose serial is the typed one; one indexed query."""
        key = serial_rule.normalise(text)
        return self.search_fetch([("serial_key", "=", key)]) if key else self.browse()

    def get_formview_id(self, access_uid=None):
        # After-sales people get the machine's file, not the warehouse's lot form.
        if self.env.user.has_group("aftersales_service.group_aftersales_agent"):
            return self.env.ref("aftersales_service.unit_view_form").id
        return super().get_formview_id(access_uid)

    def _mail_get_partner_fields(self, introspect_fields=False):
        # Core takes all partners ever delivered to, out of stock moves that agents
        # may not read, for every look at the chatter. The owner is who we write to.
        return ["owner_id"]

    def action_new_request(self):
        """Open a new request on this machine."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New request"),
            "res_model": "helpdesk.ticket",
            "view_mode": "form",
            "context": {
                "default_unit_id": self.id,
                "default_serial_typed": self.name,
                "default_partner_id": self.owner_id.id,
            },
        }

    def action_open_requests(self):
        return self._action_open_related("helpdesk.ticket", self.env._("Requests"))

    def action_open_work_orders(self):
        return self._action_open_related(
            "aftersales.work.order", self.env._("Work orders")
        )

    def action_open_serial_checks(self):
        return self._action_open_related(
            "aftersales.serial.check", self.env._("Authenticity checks")
        )

    def _action_open_related(self, model, name):
        """Window action on the records of ``model`` on this machine."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("%(what)s of %(unit)s", what=name, unit=self.name),
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("unit_id", "=", self.id)],
            "context": {"create": False},
        }
