from odoo import fields, models
from odoo.tools import SQL


class AftersalesRequestFigures(models.Model):
    """Requests and their deadlines: how many, how fast, how many in time."""

    _name = "aftersales.request.figures"
    _description = "Figures of requests"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "received_at desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", string="Request", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", readonly=True
    )
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    symptom_id = fields.Many2one("aftersales.fault.code", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Assigned user", readonly=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team", string="Department", readonly=True
    )
    channel_id = fields.Many2one("helpdesk.ticket.channel", readonly=True)
    priority = fields.Selection(
        selection=lambda self: self._get_choices("helpdesk.ticket", "priority"),
        string="Urgency",
        readonly=True,
    )
    warranty_result = fields.Selection(
        selection=lambda self: self._get_choices("helpdesk.ticket", "warranty_result"),
        string="Warranty",
        readonly=True,
    )
    received_at = fields.Datetime(string="Received", readonly=True)
    closed_date = fields.Datetime(string="Closed", readonly=True)
    request_count = fields.Integer(string="Requests", readonly=True)
    closed_count = fields.Integer(string="Closed requests", readonly=True)
    answer_hours = fields.Float(
        string="Hours to the answer",
        aggregator="avg",
        readonly=True,
        help="By the clock, from the request to the first station or person who has"
        " it; of a group the average.",
    )
    resolve_days = fields.Float(
        string="Days to the end",
        aggregator="avg",
        readonly=True,
        help="By the clock, from the request to its closing; of a group the average.",
    )
    late_answer_count = fields.Integer(string="Answered late", readonly=True)
    late_resolve_count = fields.Integer(string="Solved late", readonly=True)
    answer_kept = fields.Float(
        string="Answered in time (%)",
        aggregator="avg",
        readonly=True,
        help="Of the requests with a deadline that were answered or are late.",
    )
    resolve_kept = fields.Float(
        string="Solved in time (%)",
        aggregator="avg",
        readonly=True,
        help="Of the requests with a deadline that were closed or are late.",
    )

    def _get_query(self):
        # While a request waits, its lateness stands still.
        return SQL("""
            SELECT t.id, t.id AS ticket_id, t.company_id, t.territory_id,
                   t.create_uid, t.create_date, t.write_uid, t.write_date,
                   t.request_type_id, t.product_id, t.symptom_id, t.station_id,
                   t.user_id, t.team_id, t.channel_id, t.priority, t.warranty_result,
                   t.received_at, t.closed_date,
                   1 AS request_count,
                   (t.closed_date IS NOT NULL)::int AS closed_count,
                   date_part('epoch', t.answered_at - t.received_at) / 3600
                       AS answer_hours,
                   date_part('epoch', t.closed_date - t.received_at) / 86400
                       AS resolve_days,
                   (COALESCE(t.answered_at, now() AT TIME ZONE 'UTC')
                       > t.answer_deadline)::int AS late_answer_count,
                   (COALESCE(t.closed_date, t.clock_stopped_at,
                             now() AT TIME ZONE 'UTC')
                       > t.resolve_deadline)::int AS late_resolve_count,
                   CASE WHEN COALESCE(t.answered_at, now() AT TIME ZONE 'UTC')
                             > t.answer_deadline THEN 0.0
                        WHEN t.answered_at <= t.answer_deadline THEN 100.0
                        END AS answer_kept,
                   CASE WHEN COALESCE(t.closed_date, t.clock_stopped_at,
                                      now() AT TIME ZONE 'UTC')
                             > t.resolve_deadline THEN 0.0
                        WHEN t.closed_date <= t.resolve_deadline THEN 100.0
                        END AS resolve_kept
              FROM helpdesk_ticket t
             WHERE t.active
        """)
