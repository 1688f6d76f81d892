from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, format_datetime

from .aftersales_interaction_call import AGENT

#: Rows of each list on the card; what is more is behind the customer's name.
SHOWN = 5
#: Callers listed where several have the number.
SHOWN_CALLERS = 10


class AftersalesInteraction(models.Model):
    """The card an agent sees while the telephone rings, and what he does from it.

    Everything is read with the agent's own rights: the border and the company hold.
    """

    _inherit = "aftersales.interaction"

    def get_call_card(self):
        """What the card of a call shows; empty where the call is gone.

        :return: dict of plain values, see the methods below
        """
        self._check_takes_calls()
        call = self.exists()[:1]
        if not call:
            return {}
        call.check_access("read")
        customer = call.partner_id._filtered_access("read")
        callers = customer or call._get_callers()
        if len(callers) == 1:
            customer = callers
        card = {
            "id": call.id,
            "number": call.number or "",
            "line": call.line_number or "",
            "direction": call.direction,
            "state": call.call_state or "",
            "moment": format_datetime(self.env, call.moment, dt_format="short"),
            "is_linked": bool(call.partner_id),
            "customer": False,
            "callers": [],
        }
        if customer:
            card["customer"] = self._prepare_card_rows(customer)[0]
            card |= self._prepare_customer_lists(customer, call)
        else:
            card["callers"] = self._prepare_card_rows(callers[:SHOWN_CALLERS])
        return card

    def choose_caller(self, partner_id):
        """Keep who called; the card of that customer."""
        self._check_takes_calls()
        self.ensure_one()
        # write: the rules, and that the customer may be read.
        self.write({"partner_id": int(partner_id)})
        return self.get_call_card()

    def get_call_request_context(self, unit_id=None):
        """Context of a new request that knows caller, number, machine and call."""
        self._check_takes_calls()
        self.ensure_one()
        self.check_access("read")
        customer = self.partner_id or self._get_callers()
        context = {
            "default_channel_id": self.env["helpdesk.ticket"]._get_default_channel(),
            "default_contact_phone": self.number or False,
        }
        if self.has_access("write"):
            # Saved, the request is what the call was about.
            context["default_interaction_ids"] = [(4, self.id)]
        if len(customer) == 1:
            context["default_partner_id"] = customer.id
        if unit_id:
            unit = self.env["stock.lot"].browse(int(unit_id))
            unit.check_access("read")
            context |= {
                "default_unit_id": unit.id,
                "default_serial_typed": unit.name,
            }
        return context

    @api.model
    def _check_takes_calls(self):
        if not self.env.user.has_group(AGENT):
            raise AccessError(self.env._("You may not take calls."))

    def _get_callers(self):
        """Partners with the number of the call whom the user may read."""
        self.ensure_one()
        found = self._find_callers(self.number, self.env.user)
        return found.with_env(self.env)

    @api.model
    def _prepare_card_rows(self, partners):
        """Customers as rows: name, and what tells them apart."""
        details = self.env["aftersales.search"]._prepare_partner_details(partners)
        return [
            {
                "id": partner.id,
                "name": partner.name or partner.display_name,
                "details": [
                    text
                    for text in (*details[partner], partner._get_loyalty_class().name)
                    if text
                ],
            }
            for partner in partners
        ]

    @api.model
    def _prepare_customer_lists(self, customer, call):
        """Machines, open requests, due callbacks, last interactions of a customer."""
        # A contact's machines are those of its company; bare ids.
        family = [customer.id, customer.sudo().commercial_partner_id.id]
        units = self.env["stock.lot"].search(
            [("owner_id", "in", family)], order="id desc", limit=SHOWN
        )
        tickets = self.env["helpdesk.ticket"].search(
            [("partner_id", "in", family), ("stage_id.closed", "=", False)],
            order="id desc",
            limit=SHOWN,
        )
        followups = self.env["aftersales.followup"].search(
            [
                ("partner_id", "in", family),
                ("state", "in", ("due", "unreachable")),
            ],
            order="due_date",
            limit=SHOWN,
        )
        before = self.search(
            [("partner_id", "in", family), ("id", "!=", call.id)], limit=SHOWN
        )
        return {
            "units": self._prepare_unit_rows(units),
            "requests": [
                self._prepare_row(ticket, ticket.stage_id.name, ticket.summary)
                for ticket in tickets
            ],
            "callbacks": [
                self._prepare_row(
                    followup,
                    format_date(self.env, followup.due_date),
                    followup.sudo().rule_id.name,
                )
                for followup in followups
            ],
            "interactions": [
                self._prepare_row(interaction, interaction.summary)
                for interaction in before
            ],
        }

    @api.model
    def _prepare_unit_rows(self, units):
        """Machines: model, and until when the warranty lasts."""
        return [
            {
                **self._prepare_row(unit, unit.warranty_left),
                "name": unit.name,
                "model_name": unit.sudo().product_id.display_name,
            }
            for unit in units
        ]

    @api.model
    def _prepare_row(self, record, *details):
        return {
            "model": record._name,
            "id": record.id,
            "name": record.display_name,
            "details": [text for text in details if text],
        }
