from odoo import fields, models


class AftersalesRequestMonitor(models.Model):
    """Open requests as headquarters watches them: what is late, where and at whom.

    A view of the database, one row per open request, as it is at this moment. While a
    request waits, its lateness stands still.
    """

    _name = "aftersales.request.monitor"
    _description = "Deadlines of open requests"
    _auto = False
    _log_access = True
    _order = "hours_late desc, deadline, id"
    _rec_name = "number"

    number = fields.Char(readonly=True)
    ticket_id = fields.Many2one("helpdesk.ticket", string="Request", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    territory_id = fields.Many2one("aftersales.territory", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", readonly=True
    )
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Assigned user", readonly=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team", string="Department", readonly=True
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        string="Urgency",
        readonly=True,
    )
    service_state = fields.Selection(
        selection="_get_service_states", string="State", readonly=True
    )
    holder = fields.Selection(
        [
            ("office", "Office"),
            ("department", "Department"),
            ("station", "Station"),
            ("waiting", "Nobody, it waits"),
        ],
        string="At whom",
        readonly=True,
        help="Who has to do the next step.",
    )
    due_state = fields.Selection(
        [
            ("late", "Late"),
            ("soon", "Due soon"),
            ("waiting", "Waiting"),
            ("on_time", "On time"),
            ("none", "No deadline"),
        ],
        string="Deadline kept",
        readonly=True,
    )
    received_at = fields.Datetime(string="Received", readonly=True)
    deadline = fields.Datetime(readonly=True, help="The next one still open.")
    hours_late = fields.Float(
        readonly=True,
        aggregator="max",
        help="Hours by the clock since the deadline; of a group the longest.",
    )
    late_count = fields.Integer(string="Late requests", readonly=True)
    open_count = fields.Integer(string="Open requests", readonly=True)

    @property
    def _table_query(self):
        return """
            SELECT open.*,
                   CASE WHEN deadline IS NULL THEN 'none'
                        WHEN deadline < watched_at THEN 'late'
                        WHEN holder = 'waiting' THEN 'waiting'
                        WHEN deadline - warn <= watched_at THEN 'soon'
                        ELSE 'on_time' END AS due_state,
                   GREATEST(
                       EXTRACT(EPOCH FROM watched_at - deadline) / 3600, 0
                   ) AS hours_late,
                   (deadline < watched_at)::int AS late_count,
                   1 AS open_count
              FROM (
                SELECT t.id, t.id AS ticket_id, t.number, t.company_id,
                       t.territory_id, t.request_type_id, t.product_id, t.station_id,
                       t.user_id, t.team_id, t.priority, t.service_state,
                       t.received_at, t.create_uid, t.create_date, t.write_uid,
                       t.write_date,
                       COALESCE(t.clock_stopped_at, now() AT TIME ZONE 'UTC')
                           AS watched_at,
                       COALESCE(l.warn_hours, 0) * interval '1 hour' AS warn,
                       CASE WHEN t.answered_at IS NULL
                            THEN LEAST(t.answer_deadline, t.resolve_deadline)
                            ELSE t.resolve_deadline END AS deadline,
                       CASE WHEN t.service_state = 'waiting' THEN 'waiting'
                            WHEN t.service_state IN ('offered', 'in_progress')
                            THEN 'station'
                            WHEN k.needs_work_order IS NOT TRUE
                                 AND t.team_id IS NOT NULL THEN 'department'
                            ELSE 'office' END AS holder
                  FROM helpdesk_ticket t
                  JOIN helpdesk_ticket_stage s ON s.id = t.stage_id
                  LEFT JOIN aftersales_request_type k ON k.id = t.request_type_id
                  LEFT JOIN aftersales_service_level l ON l.id = t.service_level_id
                 WHERE s.closed IS NOT TRUE AND t.active
              ) AS open
        """

    def _get_service_states(self):
        states = self.env["helpdesk.ticket"]._fields["service_state"]
        return states._description_selection(self.env)

    def action_open_request(self):
        """Open the request of this row."""
        self.ensure_one()
        return self.ticket_id.action_open_request()
