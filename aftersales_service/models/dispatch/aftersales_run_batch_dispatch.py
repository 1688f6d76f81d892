import base64

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.tools.misc import formatLang

from ...tools import unit_file

BATCH_SIZE = 100
"""Offers written and committed at once."""


class AftersalesRun(models.Model):
    """Batch dispatch: first the plan for all together, then the offers in batches.

    ``params``: ``ticket_ids``, requests that the user who started it may dispatch.
    ``checkpoint``: ``todo`` (work order id, station id, day) still to be offered,
    ``offered`` (how many were), ``refused`` (request number, reason).
    """

    _inherit = "aftersales.run"

    kind = fields.Selection(
        selection_add=[("batch_dispatch", "Batch dispatch")],
        ondelete={"batch_dispatch": "cascade"},
    )

    def _work_batch_dispatch(self):
        """Plan in the first batch, offer in the others; return what is left."""
        if not self.checkpoint:
            return self._plan_batch_dispatch()
        todo = self.checkpoint["todo"]
        self._offer_batch_dispatch(todo[:BATCH_SIZE])
        self._save_checkpoint(todo=todo[BATCH_SIZE:])
        return len(todo[BATCH_SIZE:])

    def _plan_batch_dispatch(self):
        """Assign all requests that still wait to stations and days."""
        tickets = self._get_batch_tickets(self.params["ticket_ids"])
        # Stations, parts and calendars of the whole network are looked at; these
        # requests are the user's to dispatch.
        orders = tickets.sudo()._get_orders_to_dispatch()
        plan = orders._plan_batch()
        answer = plan.answer
        self._save_checkpoint(
            todo=[
                [order.id, given.station_id, given.day.isoformat()]
                for order, given in plan.given.items()
            ],
            offered=0,
            refused=[
                [order.ticket_id.number, reason]
                for order, reason in plan.refused.items()
            ],
        )
        self._write_log(
            self.env._(
                "%(requests)s requests, %(given)s with a station. %(gap)s",
                requests=len(orders),
                given=len(plan.given),
                gap=self._describe_gap(answer.gap),
            )
        )
        return len(plan.given)

    def _describe_gap(self, gap):
        """How far from the best possible the plan can be, in one sentence."""
        if gap is None:
            return self.env._("How near this is to the best possible is not known.")
        if not gap:
            return self.env._("No other assignment is better for all together.")
        return self.env._(
            "At most %(percent)s %% above the best possible.",
            percent=formatLang(self.env, 100 * gap, digits=2),
        )

    def _get_batch_tickets(self, ticket_ids):
        """Of these requests those that wait and are the user's to dispatch."""
        tickets = self.env["helpdesk.ticket"].search([("id", "in", ticket_ids)])
        tickets = tickets._filtered_access("write")
        return tickets.filtered(lambda ticket: ticket._is_dispatchable())

    def _offer_batch_dispatch(self, rows):
        """Offer what was planned; what somebody did meanwhile is reported."""
        orders = self.env["aftersales.work.order"].browse(row[0] for row in rows)
        orders = orders.exists()
        # Which of them are still the user's to dispatch.
        tickets = self._get_batch_tickets(orders.sudo().ticket_id.ids)
        orders = orders.sudo().filtered(
            lambda o: o.state == "draft" and o.ticket_id in tickets
        )
        plan = {
            order: (station_id, fields.Date.to_date(day))
            for order_id, station_id, day in rows
            for order in orders.browse(order_id)
            if order in orders
        }
        offered = self._offer_apart(orders, plan)
        lost = self.env["aftersales.work.order"].browse(row[0] for row in rows).exists()
        reason = self.env._("Somebody else was faster: dispatched, or no place left.")
        self._save_checkpoint(
            offered=self.checkpoint["offered"] + len(offered),
            refused=self.checkpoint["refused"]
            + [[o.ticket_id.number, reason] for o in lost.sudo() - offered],
        )

    def _offer_apart(self, orders, plan):
        """Offer all at once; where one was offered by another meanwhile, one by one.

        :return: the work orders that were offered
        """
        try:
            with self.env.cr.savepoint():
                offered = orders._offer_planned(plan) if orders else orders
                self.env.flush_all()
            return offered
        except UniqueViolation:
            if len(orders) == 1:
                return orders.browse()
        return orders.union(*(self._offer_apart(order, plan) for order in orders))

    def _finish_batch_dispatch(self):
        """Say how many were offered, and give the list of the others with reasons."""
        refused = (self.checkpoint or {}).get("refused", [])
        offered = (self.checkpoint or {}).get("offered", 0)
        self._write_log(
            self.env._(
                "Offered: %(offered)s. No station found: %(left)s.",
                offered=offered,
                left=len(refused),
            )
        )
        vals = {"refused_count": len(refused)}
        if refused:
            vals["refused_name"] = self.env._("requests without a station.csv")
            vals["refused_file"] = base64.b64encode(
                unit_file.write_refused(
                    [self.env._("Request")],
                    (self.env._("No."), self.env._("Reason")),
                    [(n, row[1], [row[0]]) for n, row in enumerate(refused, start=1)],
                )
            )
        # The result belongs to the run, which the user was allowed to start.
        self.sudo()._write_guarded(vals)
