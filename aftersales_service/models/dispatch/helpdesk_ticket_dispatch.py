from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..work_order.aftersales_work_order import LOST_STATES

WAITING_DOMAIN = Domain("service_state", "=", "to_dispatch") & Domain(
    "closed", "=", False
)


class HelpdeskTicket(models.Model):
    """Dispatch of a request: one click to the best station, or a choice."""

    _name = "helpdesk.ticket"
    _inherit = ["helpdesk.ticket", "aftersales.batch.mixin"]

    can_dispatch = fields.Boolean(compute="_compute_can_dispatch")

    @api.depends(
        "service_state",
        "request_type_id.needs_work_order",
        "closed",
        "warranty_decision_id",
        "mark_ids.state",
    )
    def _compute_can_dispatch(self):
        is_office = self.env["aftersales.work.order"].has_access("create")
        for ticket in self:
            ticket.can_dispatch = bool(
                is_office and ticket._origin and ticket._is_dispatchable()
            )

    def _is_dispatchable(self):
        """Whether the request needs a station and has none."""
        self.ensure_one()
        # The state of the request, whoever looks.
        ticket = self.sudo()
        return (
            ticket.request_type_id.needs_work_order
            and not ticket.closed
            and not any(
                order._is_live() and order.state != "draft"
                for order in ticket.work_order_ids
            )
            and not ticket._get_shut_gate("dispatch")
        )

    def _check_can_dispatch(self):
        """Raise unless the user may dispatch all of these requests."""
        self.env["aftersales.work.order"].check_access("create")
        self.check_access("write")
        self._check_gate("dispatch")
        for ticket in self:
            if not ticket._is_dispatchable():
                raise UserError(
                    self.env._(
                        "%(request)s does not wait for a station.",
                        request=ticket.display_name,
                    )
                )

    def _get_orders_to_dispatch(self):
        """The draft work order of each request, made where it is missing."""
        drafts = self.work_order_ids.filtered(lambda order: order.state == "draft")
        missing = self - drafts.ticket_id
        values = []
        for ticket in missing:
            last = ticket.work_order_ids.sorted("id")[-1:]
            values.append(
                {
                    "ticket_id": ticket.id,
                    "previous_id": last.id if last.state in LOST_STATES else False,
                }
            )
        created = self.env["aftersales.work.order"]._unguarded().create(values)
        return drafts | created._guarded_again()

    def action_dispatch_best(self):
        """Offer each request to its best station; shows why where there is none."""
        self._check_can_dispatch()
        policies = self.env["aftersales.dispatch.policy"]._match_tickets(self)
        if len(self) == 1 and policies[self].mode == "off":
            return self.action_open_dispatch()
        # Stations, parts and calendars of the whole network are looked at; the check
        # above says that these requests are the user's to dispatch.
        orders = self.sudo()._get_orders_to_dispatch()
        offered = orders._dispatch_best()
        if len(self) == 1 and not offered:
            return self.action_open_dispatch()
        return self._notify_dispatched(offered, orders - offered)

    def action_dispatch_together(self):
        """Start a run that finds what is best for all of ``self`` together.

        Called on no request: for all that are ready for dispatch and the user's.
        """
        self.env["aftersales.work.order"].check_access("create")
        tickets = self or self.search(WAITING_DOMAIN)
        tickets = tickets._filtered_access("write").filtered(
            lambda ticket: ticket.next_step == "dispatch"
        )
        if not tickets:
            raise UserError(self.env._("No request is ready for dispatch."))
        run = self.env["aftersales.run"]._start(
            "batch_dispatch",
            {"ticket_ids": tickets.ids},
            total_count=len(tickets),
        )
        return run._action_open()

    def _notify_dispatched(self, offered, left):
        """What the user sees after dispatching."""
        if len(offered) == 1 and not left:
            message = self.env._(
                "Offered to %(station)s, which answers by %(time)s.",
                station=offered.station_id.name,
                time=fields.Datetime.context_timestamp(
                    self, offered.answer_by
                ).strftime("%Y-%m-%d %H:%M"),
            )
        else:
            message = self.env._(
                "Offered: %(offered)s. No station found: %(left)s.",
                offered=len(offered),
                left=len(left),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if left else "success",
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def action_open_dispatch(self):
        """Show the ranked stations and let the office choose."""
        self.ensure_one()
        self._check_can_dispatch()
        return self.env["aftersales.dispatch.wizard"]._open(self)

    @api.model
    def _cron_dispatch_waiting(self, batch_size=50):
        """Offer requests that are ready where the policy assigns by itself."""
        policies = self.env["aftersales.dispatch.policy"]
        if policies.search_count([("mode", "=", "assign")], limit=1):
            self._work_in_batches(
                WAITING_DOMAIN,
                "_dispatch_waiting",
                batch_size,
            )

    def _dispatch_waiting(self):
        """Offer those of ``self`` that are ready and may be assigned."""
        policies = self.env["aftersales.dispatch.policy"]._match_tickets(self)
        ready = self.filtered(
            lambda t: policies[t].mode == "assign" and t.next_step == "dispatch"
        )
        orders = ready._get_orders_to_dispatch()
        offered = orders._dispatch_best()
        (orders - offered)._ask_office(
            lambda order: order.env._("No station can take this job")
        )
