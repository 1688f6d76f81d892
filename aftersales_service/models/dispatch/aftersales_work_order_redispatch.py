from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..work_order.aftersales_work_order import LOST_STATES

# The station does not want the job, the request still needs one.
UNANSWERED_STATES = ("declined", "expired")


class AftersalesWorkOrder(models.Model):
    """Re-dispatch: what follows when a station does not take or keep the job.

    Callers of the methods without ``action_`` have checked that the user may dispatch
    ``self`` and call with ``sudo()``; the time-outs run as the system.
    """

    _name = "aftersales.work.order"
    _inherit = ["aftersales.work.order", "aftersales.batch.mixin"]

    can_dispatch = fields.Boolean(compute="_compute_can_move", groups="base.group_user")
    move_reason = fields.Char(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Why the office gave the job to another station.",
    )
    can_move = fields.Boolean(compute="_compute_can_move", groups="base.group_user")
    lost_at = fields.Datetime(
        string="Given back",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="When the station lost the job: declined, not answered, moved, cancelled.",
    )
    lost_why = fields.Char(
        string="Why it moved", compute="_compute_lost_why", groups="base.group_user"
    )
    chain_ids = fields.Many2many(
        "aftersales.work.order",
        string="Who had it",
        compute="_compute_chain_ids",
        groups="base.group_user",
        help="All stations that had this duty, one after the other.",
    )

    _previous_uniq = models.UniqueIndex(
        "(previous_id) WHERE previous_id IS NOT NULL",
        "This work order was dispatched again already.",
    )

    @api.depends("state")
    def _compute_can_move(self):
        is_office = self.env["aftersales.work.order"].has_access("create")
        for order in self:
            order.can_move = is_office and order._is_movable()
            order.can_dispatch = order.state == "draft" and order.ticket_id.can_dispatch

    @api.depends("state", "decline_reason", "move_reason")
    @api.depends_context("lang")
    def _compute_lost_why(self):
        for order in self:
            order.lost_why = {
                "declined": order.decline_reason,
                "cancelled": order.decline_reason,
                "moved": order.move_reason,
                "expired": self.env._("No answer in time"),
            }.get(order.state, False)

    @api.depends("previous_id", "ticket_id.work_order_ids.previous_id")
    def _compute_chain_ids(self):
        for order in self:
            family = order.ticket_id.work_order_ids.sorted("id")
            chain = order
            # Upwards to who had it first, then down to who has it now.
            while chain[0].previous_id and chain[0].previous_id not in chain:
                chain = chain[0].previous_id | chain
            for later in family:
                if later.previous_id in chain:
                    chain |= later
            order.chain_ids = chain

    def _is_movable(self):
        """Whether a station holds the job and another may get it."""
        self.ensure_one()
        return "moved" in self.TRANSITIONS[self.state]

    # === When the station does not take it ===

    def _after_lost(self):
        """What follows when stations declined or did not answer: others are asked."""
        result = super()._after_lost()
        self._write_guarded({"lost_at": fields.Datetime.now()})
        # The network's stations are looked at, whoever declined.
        self.sudo().filtered(lambda o: o.state in UNANSWERED_STATES)._redispatch()
        return result

    def _redispatch(self):
        """Make the next work order of each request that lost its station.

        Where the policy assigns by itself it is offered to the next best; otherwise,
        and when there is none, the office is asked. Calling twice makes nothing twice.

        :return: the new work orders
        """
        orders = self._create_next()
        policies = self.env["aftersales.dispatch.policy"]._match_tickets(
            orders.ticket_id
        )
        automatic = orders.filtered(lambda o: policies[o.ticket_id].mode == "assign")
        offered = automatic._dispatch_best()
        (orders - offered)._ask_office(
            lambda order: order.env._(
                "Dispatch again: %(station)s did not take it",
                station=order.previous_id.station_id.name,
            )
        )
        return orders

    def _create_next(self):
        """The work orders that follow ``self`` where the request has no other."""
        lost = self.filtered(lambda order: order.state in LOST_STATES)
        busy = lost.ticket_id.filtered(
            lambda t: any(order._is_live() for order in t.work_order_ids)
        )
        return (
            self._unguarded()
            .create(
                [
                    {"ticket_id": order.ticket_id.id, "previous_id": order.id}
                    for order in lost
                    if order.ticket_id not in busy
                ]
            )
            ._guarded_again()
        )

    def _move(self, station, reason):
        """Take the job from its station and offer it to another.

        :return: the new work order
        """
        self.ensure_one()
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the job moves to another station."))
        if station == self.station_id:
            raise UserError(
                self.env._("%(station)s has this job now.", station=station.name)
            )
        self._update_state("moved", move_reason=reason)
        self._after_lost()
        order = self._create_next()
        order._offer_chosen(station, reason)
        return order

    # === The office ===

    def _ask_office(self, get_summary):
        """An activity for the dispatcher of each work order; never two of them.

        :param get_summary: work order in the dispatcher's language → text
        """
        activity_type = "aftersales_service.mail_activity_type_dispatch"
        open_ids = set(self.activity_search([activity_type]).mapped("res_id"))
        values = []
        model_id = self.env["ir.model"]._get_id(self._name)
        type_id = self.env["ir.model.data"]._xmlid_to_res_id(activity_type)
        for order, user in self._get_dispatchers().items():
            if order.id in open_ids:
                continue
            localised = order.with_context(lang=user.lang or self.env.lang)
            values.append(
                {
                    "activity_type_id": type_id,
                    "summary": get_summary(localised),
                    "automated": True,
                    "date_deadline": order.company_id._get_today(),
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "user_id": user.id,
                }
            )
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            values
        )

    def _get_dispatchers(self):
        """Who is asked about each work order: the territory's manager, else its staff.

        :return: {work order: user}, an empty user where nobody may dispatch it
        """
        staff = {
            territory: territory.manager_id
            or territory.access_user_ids.filtered(
                lambda user: user.has_group(
                    "aftersales_service.group_aftersales_office"
                )
            )[:1]
            for territory in self.ticket_id.territory_id
        }
        nobody = self.env["res.users"]
        return {
            order: staff.get(order.ticket_id.territory_id, nobody) for order in self
        }

    def _close_dispatch_activities(self):
        self.activity_unlink(["aftersales_service.mail_activity_type_dispatch"])

    def action_dispatch_best(self):
        """Offer each of these jobs to its best station."""
        return self.ticket_id.action_dispatch_best()

    def action_open_dispatch(self):
        """Show the ranked stations and let the office choose."""
        return self.ticket_id.action_open_dispatch()

    def action_move(self):
        """Open the choice of another station."""
        self.ensure_one()
        self._check_can_move()
        return self.env["aftersales.dispatch.wizard"]._open(self.ticket_id, self)

    def _check_can_move(self):
        """Raise unless the user may take these jobs from their stations."""
        self.check_access("write")
        self.env["aftersales.work.order"].check_access("create")
        for order in self:
            if not order._is_movable():
                order._check_transition("moved")

    # === Time-outs ===

    @api.model
    def _cron_remind_and_expire(self, batch_size=50):
        """Remind stations at half time, take back offers nobody answered.

        Each batch is committed; a second process skips what the first has locked.
        """
        now = fields.Datetime.now()
        offered = Domain("state", "=", "offered")
        self._work_in_batches(
            offered & Domain("answer_by", "<=", now), "_expire", batch_size
        )
        self._work_in_batches(
            offered
            & Domain("remind_at", "<=", now)
            & Domain("reminded_at", "=", False),
            "_remind",
            batch_size,
        )

    def _expire(self):
        """Take back offers whose time is over and ask the next station."""
        self._update_state("expired")
        self._after_lost()

    def _remind(self):
        """Remind the stations once; of its own team's offers the office is reminded."""
        self._write_guarded({"reminded_at": fields.Datetime.now()})
        self._mail_station("aftersales_service.mail_template_job_reminder")
        own = self.filtered("station_id.is_internal_team")
        own._ask_office(lambda order: order.env._("No answer yet from the own team"))
