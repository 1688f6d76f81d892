from odoo import models
from odoo.fields import Domain


class HelpdeskTicket(models.Model):
    """What the customer sees at the end: what it cost, and what he thinks of it."""

    _inherit = "helpdesk.ticket"

    def _get_portal_charges(self):
        """[(what, amount, currency)] the customer was asked for, by done jobs."""
        self.ensure_one()
        # The caller has checked that the user may read this request.
        charges = (
            self.sudo()
            .work_order_ids.filtered(lambda order: order.state in ("reported", "done"))
            .charge_line_ids
        )
        words = dict(charges._fields["kind"]._description_selection(self.env))
        return [
            (charge.note or words[charge.kind], charge.amount, charge.currency_id)
            for charge in charges
        ]

    def _get_portal_rating(self):
        """The customer's own rating, or an empty record."""
        self.ensure_one()
        # Of this request only, see _get_portal_charges.
        return (
            self.env["rating.rating"]
            .sudo()
            .search([("res_model", "=", self._name), ("res_id", "=", self.id)], limit=1)
        )

    def _can_portal_rate(self):
        """Whether work was done that nobody has rated yet."""
        self.ensure_one()
        is_done = self.sudo().service_state in ("to_follow_up", "done")
        was_served = "done" in self.sudo().work_order_ids.mapped("state")
        return is_done and was_served and not self._get_portal_rating()

    def _rate_from_portal(self, stars, words):
        """Keep the rating; a second click at the same time finds the first.

        The caller has checked who rates.
        """
        self.ensure_one()
        ticket = self.sudo()
        ticket.lock_for_update()
        if not ticket._can_portal_rate():
            return
        order = ticket._get_live_orders()[-1:]
        self.env["rating.rating"].sudo().create(
            {
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": ticket.id,
                "partner_id": ticket.partner_id.id,
                "rated_partner_id": order.station_id.id,
                "rating": stars,
                "feedback": words,
                "consumed": True,
            }
        )
        ticket.message_post(
            body=self.env._(
                "The customer gave %(stars)s of 5: %(words)s", stars=stars, words=words
            ),
            author_id=ticket.partner_id.id or None,
            subtype_xmlid="mail.mt_note",
        )


class ResPartner(models.Model):
    """Whose machines a portal user sees as his own."""

    _inherit = "res.partner"

    def _get_own_units_domain(self):
        """Machines this person or his company owns."""
        self.ensure_one()
        # Bare id of the user's own company.
        return Domain("owner_id", "child_of", self.sudo().commercial_partner_id.id)


class StockLot(models.Model):
    """A machine as its owner sees it."""

    _inherit = "stock.lot"

    def _prepare_portal_machines(self):
        """What the owner may read of his machines, in order; the caller has checked.

        :return: list of dicts serial, model, sold, installed, warranty_end,
            is_covered, requests (open), history (done jobs), reading
        """
        today = self.env.company._get_today()
        requests = self.env["helpdesk.ticket"].search(
            [("unit_id", "in", self.ids), ("stage_id.closed", "=", False)]
        )
        by_unit = requests.grouped("unit_id")
        history = self._get_service_history()
        return [
            {
                "serial": unit.name,
                "model": unit.product_id.name,
                "sold": unit.sale_date,
                "installed": unit.installation_date,
                "warranty_end": unit.warranty_end,
                "is_covered": bool(unit.warranty_end and unit.warranty_end >= today),
                "requests": by_unit.get(unit, requests.browse()),
                "history": history[unit],
                "reading": unit._get_last_reading_text(),
            }
            for unit in self
        ]

    def _get_service_history(self, limit=10):
        """Done jobs of each machine, newest first; callers pass machines with sudo.

        :return: {unit: its last ``limit`` jobs}, one query for all
        """
        orders = self.env["aftersales.work.order"].search(
            Domain("unit_id", "in", self.ids) & Domain("state", "=", "done"),
            order="done_at desc, id desc",
        )
        by_unit = orders.grouped("unit_id")
        return {unit: by_unit.get(unit, orders.browse())[:limit] for unit in self}

    def _get_last_reading_text(self):
        """The last reading with what it counts, empty when there is none."""
        self.ensure_one()
        if not self.last_reading:
            return ""
        words = dict(self._get_meter_words())
        return f"{self.last_reading:.10g} {words.get(self.last_meter, '')}".strip()
