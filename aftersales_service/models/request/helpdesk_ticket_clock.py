from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import deadline as clock_rule


class HelpdeskTicket(models.Model):
    """The clock stops while a request waits or is closed, warns and escalates.

    ``_sync_clock`` is called after whatever may stop or start it; ``next_alert_at``
    says when the watch has to look again.
    """

    _inherit = "helpdesk.ticket"

    clock_stopped_at = fields.Datetime(
        string="Waiting since",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="While a request waits its deadlines move on by the working time.",
    )
    clock_pauses = fields.Json(readonly=True, copy=False, groups="base.group_user")
    next_alert_at = fields.Datetime(
        compute="_compute_deadlines",
        store=True,
        precompute=True,
        copy=False,
        index="btree_not_null",
        groups="base.group_user",
    )
    due_state = fields.Selection(
        [
            ("late", "Late"),
            ("soon", "Due soon"),
            ("waiting", "Waiting"),
            ("on_time", "On time"),
        ],
        string="Deadline",
        compute="_compute_due_state",
    )
    alert_ids = fields.One2many(
        "aftersales.deadline.alert",
        "ticket_id",
        string="Deadline alerts",
        groups="base.group_user",
    )

    @api.depends("is_overdue", "clock_stopped_at", "closed", "service_level_id")
    def _compute_due_state(self):
        now = fields.Datetime.now()
        for ticket in self:
            # Whether it is late, for whoever may read the request.
            facts = ticket.sudo()._prepare_alert_facts()
            unanswered = not facts.is_answered and facts.answer_deadline
            nearest = min(
                filter(None, (unanswered, facts.resolve_deadline)), default=None
            )
            ticket.due_state = (
                not ticket.closed
                and bool(nearest)
                and (
                    (ticket.is_overdue and "late")
                    or (not facts.is_running and "waiting")
                    or (nearest - facts.warn_before <= now and "soon")
                    or "on_time"
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if "stage_id" in vals:
            self._sync_clock()
        return result

    def _is_clock_stopped(self):
        """Whether nobody can be blamed for time that passes now. May be extended."""
        self.ensure_one()
        return self.closed or self.service_state == "waiting"

    def _sync_clock(self):
        """Stop or start the clock of each request as its state says. Idempotent."""
        # Deadlines are facts the system writes, for whoever moved the request.
        tickets = self.sudo().with_context(tracking_disable=True)
        now = fields.Datetime.now()
        stopping = tickets.filtered(
            lambda ticket: ticket._is_clock_stopped() and not ticket.clock_stopped_at
        )
        stopping.write({"clock_stopped_at": now})
        tickets.filtered(
            lambda ticket: ticket.clock_stopped_at and not ticket._is_clock_stopped()
        )._resume_clock(now)
        # Also what was done and is open again has deadlines to be watched.
        tickets._plan_alerts()

    def _resume_clock(self, now):
        """Go on: each deadline that had not passed moves by the working time lost."""
        if not self:
            return
        calendars = self._get_clock_calendars()
        spans = self._read_spans(
            calendars, {ticket: ticket.clock_stopped_at for ticket in self}, now
        )
        for ticket in self:
            stopped, working = ticket.clock_stopped_at, spans[calendars[ticket]]
            vals = {
                name: _naive(
                    clock_rule.resume(
                        _aware(ticket[name]), _aware(stopped), _aware(now), working
                    )
                )
                or ticket[name]
                for name in ("answer_deadline", "arrive_deadline", "resolve_deadline")
                if ticket[name]
            }
            pauses = [*(ticket.clock_pauses or ()), _to_texts(stopped, now)]
            ticket.write({**vals, "clock_stopped_at": False, "clock_pauses": pauses})

    def _get_clock_calendars(self, levels=None):
        """{request: the working hours its deadlines are counted in}.

        :param levels: {request: row of the service levels or None}, if just chosen
        """
        levels = levels or {ticket: ticket._get_level() for ticket in self}
        calendars = self.env["resource.calendar"]
        return {
            ticket: calendars.browse(level and level.calendar_id)
            or ticket.company_id.resource_calendar_id
            for ticket, level in levels.items()
        }

    def _get_level(self):
        """The row of the service levels that this request was given, if any."""
        level = self.service_level_id
        return level._prepare_level() if level else None

    def _get_pauses(self):
        """Past pauses as aware spans, rising."""
        self.ensure_one()
        return [
            tuple(_aware(fields.Datetime.to_datetime(text)) for text in pair)
            for pair in (self.clock_pauses or ())
        ]

    def _prepare_alert_facts(self):
        """Facts for ``deadline.due_alerts``. May be extended."""
        self.ensure_one()
        level = self._get_level()
        return clock_rule.AlertFacts(
            answer_deadline=self.answer_deadline or None,
            resolve_deadline=self.resolve_deadline or None,
            is_answered=bool(self.answered_at),
            is_running=not self._is_clock_stopped(),
            warn_before=timedelta(hours=level.warn_hours if level else 0),
            told=frozenset((alert.kind, alert.deadline) for alert in self.alert_ids),
        )

    def _plan_alerts(self):
        """Store when the watch must look at each request next."""
        # A fact the system writes, see _sync_clock.
        for ticket in self.sudo().with_context(tracking_disable=True):
            at = ticket._find_next_alert()
            if ticket.next_alert_at != at:
                ticket.next_alert_at = at

    def _find_next_alert(self):
        """When the first is told of what is still to be told; False for never."""
        first = next(iter(clock_rule.open_alerts(self._prepare_alert_facts())), None)
        return first.at if first else False

    @api.model
    def _cron_watch_deadlines(self, batch_size=50):
        """Warn before a deadline and escalate after it, each once."""
        self._work_in_batches(
            Domain("next_alert_at", "<=", fields.Datetime.now()),
            "_tell_deadlines",
            batch_size,
        )

    def _tell_deadlines(self):
        """Tell what is due about these requests."""
        now = fields.Datetime.now()
        vals_list = []
        for ticket in self.sudo():  # called by the cron only
            facts = ticket._prepare_alert_facts()
            vals_list += [
                {
                    "ticket_id": ticket.id,
                    "kind": alert.kind,
                    "deadline": alert.deadline,
                    "user_id": ticket._get_told_user(alert.kind).id,
                    "territory_id": ticket.territory_id.id,
                    "company_id": ticket.company_id.id,
                }
                for alert in clock_rule.due_alerts(facts, now)
            ]
            following = clock_rule.next_alert_at(facts, now)
            ticket.with_context(tracking_disable=True).next_alert_at = following
        # Only the watch makes alerts.
        self.env["aftersales.deadline.alert"].sudo().create(vals_list)._tell()

    def _get_told_user(self, kind):
        """Who is told: the one at work is warned, his superior hears of what is late.

        The superior is the first other person responsible, from the request's
        territory upwards.
        """
        self.ensure_one()
        worker = self.user_id or self.territory_id._get_responsible()
        if kind.endswith("warning"):
            return worker
        territory = self.territory_id
        while territory:
            superior = territory._get_responsible()
            if superior and superior != worker:
                return superior
            territory = territory.parent_id
        return worker


def _aware(moment):
    return pytz.utc.localize(moment)


def _naive(moment):
    return moment and moment.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)


def _to_texts(*moments):
    return [fields.Datetime.to_string(moment) for moment in moments]
