from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import serial as serial_rule


class HelpdeskTicket(models.Model):
    """What the desk does next: its buttons, their guards, and what it is shown."""

    _inherit = "helpdesk.ticket"

    can_check_serial = fields.Boolean(
        compute="_compute_can_check_serial", groups="base.group_user"
    )
    can_decide_warranty = fields.Boolean(
        compute="_compute_can_decide_warranty", groups="base.group_user"
    )
    can_decide_again = fields.Boolean(
        compute="_compute_can_decide_warranty", groups="base.group_user"
    )
    can_close = fields.Boolean(compute="_compute_can_close", groups="base.group_user")
    open_step = fields.Char(
        string="Still open", compute="_compute_can_close", groups="base.group_user"
    )
    suggestions = fields.Html(
        compute="_compute_suggestions", sanitize=False, groups="base.group_user"
    )

    @api.depends("serial_typed", "serial_checked")
    def _compute_can_check_serial(self):
        for ticket in self:
            ticket.can_check_serial = ticket._is_serial_to_check()

    @api.depends(
        "request_type_id", "unit_id", "serial_typed", "closed", "warranty_decision_id"
    )
    def _compute_can_decide_warranty(self):
        for ticket in self:
            can_decide = bool(ticket.id) and ticket._is_warranty_to_decide()
            ticket.can_decide_warranty = can_decide and not ticket.warranty_decision_id
            ticket.can_decide_again = can_decide and bool(ticket.warranty_decision_id)

    @api.depends("closed", "service_state", "unit_id", "serial_typed")
    def _compute_can_close(self):
        for ticket in self:
            step = ticket._get_open_step() if ticket.id and not ticket.closed else False
            ticket.open_step = step
            ticket.can_close = bool(ticket.id) and not ticket.closed and not step

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

    def _get_open_step(self):
        """The first required step still open, as a sentence, or nothing.

        May be extended. A request that is withdrawn (cancelled, rejected, duplicate)
        needs no service, but nobody may be left on the road for it.
        """
        self.ensure_one()
        # The guard looks at everything, whoever closes.
        ticket = self.sudo()
        orders = ticket._get_live_orders()
        undone = orders.filtered(lambda order: order.state != "done")
        if ticket.stage_id.is_withdrawal or ticket.duplicate_id:
            if undone:
                return self.env._("%(order)s is not done.", order=undone[0].name)
            return False
        kind = ticket.request_type_id
        if kind.needs_unit and not (ticket.unit_id or ticket.serial_typed):
            return self.env._("the machine is not named yet.")
        if kind.needs_work_order and not orders - undone:
            return self.env._("no work order is done yet.")
        if undone:
            return self.env._("%(order)s is not done.", order=undone[0].name)
        if kind.needs_warranty_decision and not ticket.warranty_decision_id:
            return self.env._("the warranty is not decided yet.")
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
        """


def _get_link(item):
    """Address of a suggestion in the web client."""
    if item.get("url"):
        return item["url"]
    return f"/odoo/{item['res_model']}/{item['res_id']}"
