from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import serial as serial_rule
from ...tools import workflow


class HelpdeskTicket(models.Model):
    """What the desk does next: its buttons, their guards, and what it is shown."""

    _inherit = "helpdesk.ticket"

    next_step = fields.Selection(
        [
            ("check_serial", "Check serial"),
            ("decide_warranty", "Decide warranty"),
            ("approve", "Approve"),
            ("task", "Do the task"),
            ("dispatch", "Dispatch"),
            ("report", "Check the report"),
            ("callback", "Ask the customer"),
            ("answer", "Answer in writing"),
            ("close", "Close"),
        ],
        compute="_compute_next_step",
        help="The one thing to do now; empty while others are at work.",
    )
    open_step = fields.Char(
        string="Still open",
        compute="_compute_next_step",
        help="Why the request cannot be closed yet.",
    )
    can_decide_again = fields.Boolean(compute="_compute_next_step")
    needs_kind = fields.Boolean(related="request_type_id.needs_kind")
    is_my_territory = fields.Boolean(
        compute="_compute_is_my_territory",
        search="_search_is_my_territory",
    )
    work_order_count = fields.Integer(compute="_compute_work_order_count")
    suggestions = fields.Html(compute="_compute_suggestions", sanitize=False)

    @api.depends(
        "request_type_id",
        "unit_id",
        "serial_typed",
        "serial_checked",
        "closed",
        "service_state",
        "warranty_decision_id",
        "can_dispatch",
        "answered_on",
    )
    @api.depends_context("uid", "lang")
    def _compute_next_step(self):
        for ticket in self:
            is_open = bool(ticket.id) and not ticket.closed
            stop = is_open and workflow.find_next(ticket._get_road())
            ticket.open_step = is_open and (
                ticket._describe_step(stop) if stop else ticket._get_open_step()
            )
            ticket.can_decide_again = (
                is_open
                and ticket._is_warranty_to_decide()
                and bool(ticket.warranty_decision_id)
            )
            ticket.next_step = (
                (ticket._is_serial_to_check() and "check_serial")
                or (stop and ticket._get_button(stop))
                or (is_open and not ticket.open_step and "close")
            )

    def _get_button(self, stop):
        """The button this user has for what the road waits for, or False.

        May be extended for further kinds of steps.
        """
        self.ensure_one()
        what = stop.step.what
        if stop.state == workflow.RUNNING:
            return False
        if what in ("approve", "task"):
            return bool(self._get_markable_step()) and what
        is_possible = {
            "warranty": self._is_warranty_to_decide(),
            "dispatch": self.can_dispatch,
            "report": self.env["aftersales.work.order"].has_access("create"),
            "callback": self.env["aftersales.followup"].has_access("write"),
            "answer": True,
        }
        names = {"warranty": "decide_warranty"}
        return bool(is_possible.get(what)) and names.get(what, what)

    @api.depends("territory_id")
    @api.depends_context("uid")
    def _compute_is_my_territory(self):
        mine = self.env.user._get_territory_ids()
        for ticket in self:
            ticket.is_my_territory = ticket.territory_id.id in mine

    def _search_is_my_territory(self, operator, value):
        if operator != "in":
            return NotImplemented
        return Domain("territory_id", "in", self.env.user._get_territory_ids())

    def _compute_work_order_count(self):
        counts = dict(
            self.env["aftersales.work.order"]._read_group(
                [("ticket_id", "in", self.ids)], ["ticket_id"], ["__count"]
            )
            if self.env["aftersales.work.order"].has_access("read")
            else ()
        )
        for ticket in self:
            ticket.work_order_count = counts.get(ticket, 0)

    @api.depends(
        "request_type_id", "symptom_id", "component_id", "product_id", "fault_text"
    )
    def _compute_suggestions(self):
        for ticket in self:
            items = [
                Markup('<li><a href="%s" target="_blank">%s</a><div>%s</div></li>')
                % (_get_link(item), item["title"], item.get("text") or "")
                for item in ticket._get_suggestions()
            ]
            ticket.suggestions = items and Markup("<ul>%s</ul>") % Markup().join(items)

    @api.constrains("stage_id")
    def _check_required_steps(self):
        for ticket in self:
            if ticket.stage_id.closed and (step := ticket._get_open_step()):
                raise UserError(
                    self.env._(
                        "%(request)s cannot be closed: %(step)s",
                        request=ticket.display_name,
                        step=step,
                    )
                )

    def action_check_serial(self):
        """Ask whether the typed serial is genuine.

        Saving the form has asked already; asking twice about the same serial would be
        two rows in the log, so this only asks where nothing was asked yet.
        """
        self.check_access("write")
        self._check_changed_serials()
        return True

    def action_decide_warranty(self):
        """Decide who pays, on what is known now."""
        self.check_access("write")
        self._check_can_decide_warranty()
        self._decide_warranty()
        return True

    def action_close(self):
        """Move each request to the first closed stage of its department."""
        for team, tickets in self.grouped("team_id").items():
            stages = team._get_applicable_stages()
            tickets.stage_id = stages.filtered(
                lambda stage: stage.closed and not stage.is_withdrawal
            )[:1]
        return True

    def action_open_work_orders(self):
        """Open the work orders of this request."""
        self.ensure_one()
        orders = self.work_order_ids
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Work orders of %(request)s", request=self.number),
            "res_model": "aftersales.work.order",
            "view_mode": "list,form",
            "domain": [("ticket_id", "=", self.id)],
            "context": {"create": False},
        }
        if len(orders) == 1:
            action |= {"view_mode": "form", "res_id": orders.id}
        return action

    def _is_serial_to_check(self):
        self.ensure_one()
        key = serial_rule.normalise(self.serial_typed)
        return bool(key) and key != self.serial_checked

    def _is_warranty_to_decide(self):
        self.ensure_one()
        return (
            not self.closed
            and self.request_type_id.needs_warranty_decision
            and bool(self.unit_id or self.serial_typed)
        )

    def _check_can_decide_warranty(self):
        for ticket in self:
            if not ticket._is_warranty_to_decide():
                raise UserError(
                    self.env._(
                        "There is no warranty to decide for %(request)s: it is closed,"
                        " names no machine, or its type needs no decision.",
                        request=ticket.display_name,
                    )
                )
        self._check_gate("warranty")

    def _get_open_step(self):
        """The first required step still open, as a sentence, or nothing."""
        return self._get_open_step_for(self.stage_id)

    def _get_open_step_for(self, stage):
        """The first step still open that closing with ``stage`` requires.

        May be extended. A request that is withdrawn (cancelled, rejected, duplicate)
        needs no service, but nobody may be left on the road for it.
        """
        self.ensure_one()
        # The guard looks at everything, whoever closes.
        ticket = self.sudo()
        orders = ticket._get_live_orders()
        undone = orders.filtered(lambda order: order.state != "done")
        if stage.sudo().is_withdrawal or ticket.duplicate_id:
            if undone:
                return self.env._("%(order)s is not done.", order=undone[0].name)
            return False
        if stop := workflow.find_open(ticket._get_road()):
            return self._describe_step(stop)
        # What was begun is ended, whether the type asks for it or not.
        if undone:
            return self.env._("%(order)s is not done.", order=undone[0].name)
        if "due" in ticket.followup_ids.mapped("state"):
            return self.env._("a follow-up is still due.")
        return False

    def _get_suggestions(self):
        """What may help with this fault, shown beside the request. May be extended.

        :return: list of dicts ``title``, ``text`` and either ``url`` or ``res_model``
            and ``res_id``
        """
        self.ensure_one()
        return []

    def _apply_quality_signal(self, signal):
        """Called when a follow-up or report says something about quality.

        May be extended: an empty hook here.

        :param dict signal: may hold ``reason`` (text), what it is about
            (``component_id``, ``product_id`` of the machine, ``production_batch``; the
            request's own where nothing is named), ``days`` it counts and ``evidence``,
            codes of what reports shall prove meanwhile
        """


def _get_link(item):
    """Address of a suggestion in the web client."""
    if item.get("url"):
        return item["url"]
    return f"/odoo/{item['res_model']}/{item['res_id']}"
