from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import deadline as clock_rule
from ...tools import service_level as level_rule

# How far ahead working hours are read at once; longer promises are asked one by one.
HORIZON = timedelta(days=42)


class HelpdeskTicket(models.Model):
    """Deadlines: how soon a request must be answered, visited and solved."""

    _inherit = "helpdesk.ticket"

    service_level_id = fields.Many2one(
        "aftersales.service.level",
        compute="_compute_deadlines",
        store=True,
        precompute=True,
        copy=False,
    )
    answer_deadline = fields.Datetime(
        compute="_compute_deadlines",
        store=True,
        precompute=True,
        copy=False,
        help="By then a station or a person must have the request.",
    )
    arrive_deadline = fields.Datetime(
        string="Arrival deadline",
        compute="_compute_deadlines",
        store=True,
        precompute=True,
        copy=False,
    )
    resolve_deadline = fields.Datetime(
        string="Resolution deadline",
        compute="_compute_deadlines",
        store=True,
        precompute=True,
        copy=False,
    )
    answered_at = fields.Datetime(
        string="Answered",
        compute="_compute_answered_at",
        store=True,
        copy=False,
        help="When the request was first assigned to a station or person.",
    )
    is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="Open and past its answer or resolution deadline.",
    )

    @api.depends("assigned_date", "work_order_ids.offered_at")
    def _compute_answered_at(self):
        for ticket in self:
            # A fact of the request, whoever triggers its computation.
            offers = ticket.sudo().work_order_ids.mapped("offered_at")
            answers = [*filter(None, offers), ticket.assigned_date]
            first = min(filter(None, answers), default=False)
            ticket.answered_at = ticket.answered_at or first

    @api.depends(
        "closed",
        "answered_at",
        "answer_deadline",
        "resolve_deadline",
        "clock_stopped_at",
    )
    def _compute_is_overdue(self):
        # Whether it is late, for whoever may read the request.
        for ticket in self.sudo():
            now = ticket.clock_stopped_at or fields.Datetime.now()
            unanswered = not ticket.answered_at and ticket.answer_deadline
            deadlines = filter(None, (unanswered, ticket.resolve_deadline))
            ticket.is_overdue = not ticket.closed and any(
                deadline < now for deadline in deadlines
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        unanswered = Domain("answered_at", "=", False)
        late = Domain("resolve_deadline", "<", now) & (
            Domain("clock_stopped_at", "=", False)
            | Domain.custom(to_sql=_sql_late_when_stopped)
        )
        return Domain("stage_id.closed", "=", False) & (
            late | (unanswered & Domain("answer_deadline", "<", now))
        )

    @api.depends(
        "request_type_id", "priority", "territory_id", "received_at", "partner_id"
    )
    def _compute_deadlines(self):
        """Choose the service level of each request, and its deadlines.

        A snapshot: changing the table later moves no deadline by itself.
        """
        # Before it is saved a form may have lost the moment of the call.
        now = fields.Datetime.now()
        starts = {ticket: ticket.received_at or now for ticket in self}
        levels = self._match_service_levels()
        calendars = self._get_clock_calendars(levels)
        spans = self._read_spans(calendars, starts, now)
        for ticket, level in levels.items():
            calendar = calendars[ticket]
            plan = ticket._get_planner(calendar, starts[ticket], spans[calendar])
            ticket.service_level_id = level and level.id
            ticket.answer_deadline = level and plan(level.answer_hours)
            ticket.arrive_deadline = level and plan(level.arrive_hours)
            ticket.resolve_deadline = level and plan(level.resolve_hours)
            ticket.next_alert_at = ticket._find_next_alert()

    def _match_service_levels(self):
        """The row of the table for each request."""
        table = self.env["aftersales.service.level"]
        found = {}
        for company, tickets in self.grouped("company_id").items():
            rows = table._get_rows(company.id)
            for ticket in tickets:
                found[ticket] = level_rule.match(ticket._prepare_level_facts(), rows)
        return found

    def _prepare_level_facts(self):
        """Facts for ``service_level.match``. May be extended."""
        self.ensure_one()
        return level_rule.LevelFacts(
            type_id=self.request_type_id.id or None,
            priority=self.priority or "0",
            # Whoever makes the request, the promise is by who it is for.
            loyalty_id=self.sudo().partner_id._get_loyalty_class().id or None,
            territory_path=(
                self.territory_id._get_path_ids() if self.territory_id else ()
            ),
        )

    def _read_spans(self, calendars, starts, now):
        """Read each calendar's working hours once for all requests.

        :param calendars: dict request → resource.calendar
        :param starts: dict request → moment from which they are needed, naive UTC
        :return: dict calendar → tuple of aware (begin, end), some weeks beyond ``now``
        """
        by_calendar = {}
        for ticket, calendar in calendars.items():
            by_calendar.setdefault(calendar, []).append(starts[ticket])
        found = {}
        for calendar, times in by_calendar.items():
            until = max(*times, now if self._has_pauses() else times[0]) + HORIZON
            found[calendar] = (
                calendar._get_open_hours(min(times).date(), until.date())
                if calendar
                else ()
            )
        return found

    def _has_pauses(self):
        """Whether the clock of any request ever stopped."""
        return any(ticket.clock_pauses or ticket.clock_stopped_at for ticket in self)

    def _get_planner(self, calendar, start, spans):
        """Function: working hours from ``start`` → deadline (naive UTC) or False.

        Working time of its pauses does not count; no hours mean no deadline.
        """
        self.ensure_one()
        start, pauses = pytz.utc.localize(start), self._get_pauses()
        spans = clock_rule.subtract(spans, pauses)

        def plan(hours):
            if not hours or not calendar:
                return False
            deadline = level_rule.plan(hours, start, spans) or calendar.plan_hours(
                hours, max([start, *(end for _, end in pauses)]), compute_leaves=True
            )
            if not deadline:
                return False
            return deadline.astimezone(pytz.utc).replace(tzinfo=None, microsecond=0)

        return plan


def _sql_late_when_stopped(model, alias, query):
    """It was late already when it began to wait."""
    return SQL(
        "%s < %s",
        model._field_to_sql(alias, "resolve_deadline", query),
        model._field_to_sql(alias, "clock_stopped_at", query),
    )
