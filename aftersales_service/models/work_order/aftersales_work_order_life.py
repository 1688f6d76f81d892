from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# For each button: the states it serves, and who may press it. "station": whoever
# works for the order's station, or the office for him; "office": the office only.
ACTIONS = {
    "accept": (("offered",), "station"),
    "decline": (("offered",), "station"),
    # Also from waiting, where a visit is planned.
    "arrive": (("accepted",), "station"),
    "visit": (("accepted", "on_site", "waiting"), "station"),
    "wait": (("accepted", "on_site"), "station"),
    "resume": (("waiting",), "station"),
    "report": (("accepted", "on_site", "returned"), "station"),
    "approve": (("reported",), "office"),
    "return": (("reported", "done"), "office"),
    "cancel": (
        ("draft", "offered", "accepted", "on_site", "waiting", "returned"),
        "office",
    ),
}
OFFICE = "aftersales_service.group_aftersales_office"
REASON_LENGTH = 200
"""Longest reason, in characters; what is longer is cut."""


class AftersalesWorkOrder(models.Model):
    """The life of a work order after the offer: answer, way, report, end."""

    _inherit = "aftersales.work.order"

    can_accept = fields.Boolean(compute="_compute_can")
    can_decline = fields.Boolean(compute="_compute_can")
    can_arrive = fields.Boolean(compute="_compute_can")
    can_wait = fields.Boolean(compute="_compute_can")
    can_resume = fields.Boolean(compute="_compute_can")
    can_report = fields.Boolean(compute="_compute_can")
    can_approve = fields.Boolean(compute="_compute_can")
    can_return = fields.Boolean(compute="_compute_can")
    can_cancel = fields.Boolean(compute="_compute_can")

    is_own_job = fields.Boolean(compute="_compute_can")

    @api.depends("state", "station_id")
    @api.depends_context("uid")
    def _compute_can(self):
        own = self.env.user.partner_id._get_service_station()
        for order in self:
            # Only the id is compared.
            order.is_own_job = bool(own) and own == order.sudo().station_id
            for action in ACTIONS:
                order[f"can_{action}"] = order._can(action)

    def _can(self, action):
        """Whether the present user may do ``action`` now: button and guard ask this."""
        self.ensure_one()
        states, role = ACTIONS[action]
        if self.state not in states or (action == "return" and self._is_settled()):
            return False
        return self._is_for(role)

    def _is_for(self, role):
        """Whether the present user has ``role`` on this order: station or office."""
        self.ensure_one()
        user = self.env.user
        if user.has_group(OFFICE):
            return True
        own = user.partner_id._get_service_station()
        # Only the id is compared: does the user work for the order's station?
        return role == "station" and bool(own) and own == self.sudo().station_id

    def _is_settled(self):
        """Whether this order has been paid for, so that its report stays.

        Asked per record; may be extended.
        """
        self.ensure_one()
        # Asked for the buttons of the station too, who may not read the field.
        return self.sudo().is_imported

    def _check_can(self, action):
        """Raise unless the present user may read all of ``self`` and do ``action``."""
        self.check_access("read")
        labels = dict(self._fields["state"]._description_selection(self.env))
        for order in self:
            if not order._is_for(ACTIONS[action][1]):
                raise AccessError(
                    self.env._(
                        "Only the office or the station of %(order)s can do this.",
                        order=order.display_name,
                    )
                )
            if not order._can(action):
                raise UserError(
                    self.env._(
                        "This step is not open for %(order)s, which is “%(state)s”.",
                        order=order.display_name,
                        state=labels.get(order.state),
                    )
                )

    # Buttons: the guard first, then with the rights of the system, because a
    # station's report reaches customer, machine and stock.

    def action_accept(self):
        self._check_can("accept")
        self.sudo()._accept()  # guard: can_accept

    def action_decline(self):
        return self._ask_reason("decline")

    def action_arrive(self):
        self._check_can("arrive")
        self.sudo()._arrive()  # guard: can_arrive

    def action_wait(self):
        return self._ask_reason("wait")

    def action_resume(self):
        self._check_can("resume")
        self.sudo()._resume()  # guard: can_resume

    def action_submit_report(self):
        self._check_can("report")
        self.sudo()._submit_report()  # guard: can_report

    def action_approve(self):
        self._check_can("approve")
        self.ticket_id._check_gate("report")
        self.sudo()._finish()  # guard: can_approve

    def action_return(self):
        return self._ask_reason("return")

    def action_cancel(self):
        return self._ask_reason("cancel")

    def _ask_reason(self, step):
        self._check_can(step)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Give the reason"),
            "res_model": "aftersales.work.order.reason",
            "view_mode": "form",
            "target": "new",
            "context": {"default_work_order_ids": self.ids, "default_step": step},
        }

    def action_open_request(self):
        return self._open(self.ticket_id)

    def action_open_unit(self):
        return self._open(self.unit_id)

    def action_open_previous(self):
        return self._open(self.previous_id)

    def action_open_followups(self):
        return self._open(self.followup_ids)

    def _open(self, records):
        """Action that shows one record as a form, several as a list."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"].sudo()._get(records._name).name,
            "res_model": records._name,
            "view_mode": "form",
            "res_id": records[:1].id,
        }
        if len(records) > 1:
            action |= {
                "view_mode": "list,form",
                "res_id": False,
                "domain": [("id", "in", records.ids)],
            }
        return action

    # Steps. Batch methods; callers have checked who asks.

    def _accept(self, technician=None):
        """The station takes the job.

        :param technician: contact of the station who goes, empty for not named yet
        """
        vals = {"accepted_at": fields.Datetime.now()}
        if technician:
            vals["technician_id"] = technician.id
        self._update_state("accepted", **vals)

    def _decline(self, reason):
        self._update_state("declined", decline_reason=self._clean_reason(reason))
        self._after_lost()

    def _arrive(self):
        self._update_state("on_site", arrived_at=fields.Datetime.now())

    def _wait(self, reason):
        """The job waits. ``reason`` is a key of ``wait_reason``."""
        self._update_state("waiting", wait_reason=reason)

    def _resume(self):
        """Go on after waiting: at the machine if somebody was there already."""
        arrived = self.filtered("arrived_at")
        arrived._update_state("on_site", wait_reason=False)
        (self - arrived)._update_state("accepted", wait_reason=False)

    def _return_to_station(self, reason):
        """Send the report back; the station is told why."""
        if settled := self.filtered(lambda order: order._is_settled()):
            raise UserError(
                self.env._(
                    "%(orders)s is settled and cannot be returned.",
                    orders=", ".join(settled.mapped("name")),
                )
            )
        reason = self._clean_reason(reason)
        self._update_state("returned", return_reason=reason, done_at=False)
        for order in self:
            order.message_post(
                body=self.env._("Please correct the report: %(reason)s", reason=reason),
                partner_ids=(order.technician_id or order.station_id).ids,
                subtype_xmlid="mail.mt_comment",
            )

    def _cancel(self, reason):
        self._update_state("cancelled", decline_reason=self._clean_reason(reason))
        self._after_lost()

    def _finish(self):
        """The report is accepted: the job is done, and what follows begins."""
        if not self:
            return
        self._update_state("done", done_at=fields.Datetime.now())
        self._apply_installation()
        self._after_done()

    def _after_lost(self):
        """Hook: what follows when these work orders are declined, expired or cancelled.

        Called once per batch; may be extended. Here the places in the station's days
        become free.
        """
        self.slot_ids.unlink()

    def _clean_reason(self, reason):
        """The reason as one bounded line. Raises when there is none."""
        text = " ".join((reason or "").split())[:REASON_LENGTH]
        if not text:
            raise UserError(self.env._("Give a reason."))
        return text
