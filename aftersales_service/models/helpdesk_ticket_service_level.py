from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import deadline as clock_rule
from ..tools import service_level as level_rule

# How far ahead working hours are read at once; longer promises are asked one by one.
HORIZON = timedelta(days=42)


class HelpdeskTicket(models.Model):
    """Deadlines: how soon a request must be answered, visited and solved."""

    _inherit = "helpdesk.ticket"

    service_level_id = fields.Many2one(
        "aftersales.service.level", readonly=True, copy=False
    )
    answer_deadline = fields.Datetime(
        readonly=True,
        copy=False,
        help="By then a station or a person must have the request.",
    )
    arrive_deadline = fields.Datetime(
        string="Arrival deadline",
        readonly=True,
        copy=False,
    )
    resolve_deadline = fields.Datetime(
        string="Resolution deadline",
        readonly=True,
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

    def _apply_service_level(self):
        """Choose the service level of each request and store its deadlines.

        A snapshot: changing the table later moves no deadline by itself.
        """
        # Deadlines are facts the system writes, for whoever may save the request.
        tickets = self.sudo().with_context(tracking_disable=True)
        levels = tickets._match_service_levels()
        now = fields.Datetime.now()
        for ticket, level in levels.items():
            ticket.service_level_id = level
        calendars = tickets._get_clock_calendars()
        spans = tickets._read_spans(
            calendars, {ticket: ticket.received_at for ticket in tickets}, now
        )
        for ticket, level in levels.items():
            calendar = calendars[ticket]
            plan = ticket._get_planner(calendar, spans[calendar])
            ticket.write(
                {
                    "answer_deadline": plan(level.answer_hours),
                    "arrive_deadline": plan(level.arrive_hours),
                    "resolve_deadline": plan(level.resolve_hours),
                }
            )
        tickets._plan_alerts(now)

    def _match_service_levels(self):
        """The row of the table for each request; the table is read once."""
        levels = self.env["aftersales.service.level"].search([("active", "=", True)])
        found = {}
        for company, tickets in self.grouped("company_id").items():
            own = levels.filtered(lambda x, c=company: x.company_id in (c, c.browse()))
            rows = tuple(level._prepare_level() for level in own)
            for ticket in tickets:
                row = level_rule.match(ticket._prepare_level_facts(), rows)
                found[ticket] = levels.browse(row.id if row else ())
        return found

    def _prepare_level_facts(self):
        """Facts for ``service_level.match``. May be extended."""
        self.ensure_one()
        return level_rule.LevelFacts(
            type_id=self.request_type_id.id or None,
            priority=self.priority or "0",
            territory_path=(
                self.territory_id._get_path_ids() if self.territory_id else ()
            ),
        )

    def _read_spans(self, calendars, starts, now):
        """Read each calendar's working hours once for all requests.

        :param calendars: dict request → resource.calendar
        :param starts: dict request → moment from which they are needed, naive UTC
        :return: dict calendar → list of aware (begin, end), some weeks beyond ``now``
        """
        by_calendar = {}
        for ticket, calendar in calendars.items():
            by_calendar.setdefault(calendar, []).append(starts[ticket])
        found = {}
        for calendar, times in by_calendar.items():
            until = max(*times, now if self._has_pauses() else times[0]) + HORIZON
            found[calendar] = (
                [
                    (begin, end)
                    for begin, end, _meta in calendar._work_intervals_batch(
                        pytz.utc.localize(min(times)), pytz.utc.localize(until)
                    )[False]
                ]
                if calendar
                else []
            )
        return found

    def _has_pauses(self):
        """Whether the clock of any request ever stopped."""
        return any(ticket.clock_pauses or ticket.clock_stopped_at for ticket in self)

    def _get_planner(self, calendar, spans):
        """Function: working hours → the request's deadline (naive UTC) or False.

        Working time of its pauses does not count; no hours mean no deadline.
        """
        self.ensure_one()
        start, pauses = pytz.utc.localize(self.received_at), self._get_pauses()
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
