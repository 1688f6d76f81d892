from odoo import fields, models
from odoo.tools import SQL

KINDS = [
    ("answer", "Answer the request"),
    ("resolve", "Solve the request"),
    ("followup", "Ask the customer"),
    ("sheet", "Answer the problem sheet"),
    ("classify", "Say what “other” was"),
    ("decide", "Decide the warranty before the job"),
]


class AftersalesDutyFigures(models.Model):
    """Are the offices on time and by the book: a row per duty of an office.

    Every duty has a day or hour by which it is due; the warranty is due when the job is
    offered. Kept, late, or still open and in time.
    """

    _name = "aftersales.duty.figures"
    _description = "Duties of the offices"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "due_at desc, id desc"
    _rec_name = "ticket_id"

    ticket_id = fields.Many2one("helpdesk.ticket", string="Request", readonly=True)
    followup_id = fields.Many2one(
        "aftersales.followup", string="Follow-up", readonly=True
    )
    kind = fields.Selection(KINDS, string="Duty", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", readonly=True
    )
    user_id = fields.Many2one("res.users", string="Assigned user", readonly=True)
    team_id = fields.Many2one(
        "helpdesk.ticket.team", string="Department", readonly=True
    )
    due_at = fields.Datetime(string="Due", readonly=True)
    done_at = fields.Datetime(string="Done", readonly=True)
    duty_count = fields.Integer(string="Duties", readonly=True)
    late_count = fields.Integer(string="Late", readonly=True)
    kept = fields.Float(
        string="Kept in time (%)",
        aggregator="avg",
        readonly=True,
        help="Of the duties that were done or are late.",
    )
    days_late = fields.Float(
        string="Days late",
        aggregator="avg",
        readonly=True,
        help="Of the late ones, by the clock; of a group the average.",
    )

    def _get_query(self):
        # A day is kept until its end; what waits is not late.
        return SQL(
            """
            SELECT duty.*,
                   1 AS duty_count,
                   (ended_at > due_at)::int AS late_count,
                   CASE WHEN ended_at > due_at THEN 0.0
                        WHEN done_at IS NOT NULL THEN 100.0 END AS kept,
                   CASE WHEN ended_at > due_at
                        THEN date_part('epoch', ended_at - due_at) / 86400
                        END AS days_late
              FROM (
                SELECT id::bigint * 8 AS id, id AS ticket_id,
                       NULL::int AS followup_id, 'answer' AS kind,
                       company_id, territory_id, request_type_id, user_id, team_id,
                       create_uid, create_date, write_uid, write_date,
                       answer_deadline AS due_at, answered_at AS done_at,
                       COALESCE(answered_at, now() AT TIME ZONE 'UTC') AS ended_at
                  FROM helpdesk_ticket
                 WHERE active AND answer_deadline IS NOT NULL
             UNION ALL
                SELECT id::bigint * 8 + 1, id, NULL, 'resolve',
                       company_id, territory_id, request_type_id, user_id, team_id,
                       create_uid, create_date, write_uid, write_date,
                       resolve_deadline, closed_date,
                       COALESCE(closed_date, clock_stopped_at,
                                now() AT TIME ZONE 'UTC')
                  FROM helpdesk_ticket
                 WHERE active AND resolve_deadline IS NOT NULL
             UNION ALL
                SELECT id::bigint * 8 + 2, id, NULL, 'sheet',
                       company_id, territory_id, request_type_id, user_id, team_id,
                       create_uid, create_date, write_uid, write_date,
                       %(sheet_end)s, answered_on,
                       COALESCE(answered_on, now() AT TIME ZONE 'UTC')
                  FROM helpdesk_ticket
                 WHERE active AND answer_due_date IS NOT NULL
             UNION ALL
                SELECT f.id::bigint * 8 + 3, f.ticket_id, f.id, 'followup',
                       f.company_id, f.territory_id, t.request_type_id, f.user_id,
                       t.team_id, f.create_uid, f.create_date, f.write_uid,
                       f.write_date, %(followup_end)s, f.done_at,
                       COALESCE(f.done_at, now() AT TIME ZONE 'UTC')
                  FROM aftersales_followup f
             LEFT JOIN helpdesk_ticket t ON t.id = f.ticket_id
                 WHERE f.state IN ('due', 'done')
             UNION ALL
                SELECT w.id::bigint * 8 + 4, w.ticket_id, NULL, 'classify',
                       w.company_id, w.territory_id, w.request_type_id, t.user_id,
                       t.team_id, w.create_uid, w.create_date, w.write_uid,
                       w.write_date, %(classify_end)s,
                       w.classified_at,
                       COALESCE(w.classified_at, now() AT TIME ZONE 'UTC')
                  FROM aftersales_work_order w
             LEFT JOIN helpdesk_ticket t ON t.id = w.ticket_id
                 WHERE w.classify_by IS NOT NULL
             UNION ALL
                SELECT w.id::bigint * 8 + 5, w.ticket_id, NULL, 'decide',
                       w.company_id, w.territory_id, w.request_type_id, t.user_id,
                       t.team_id, w.create_uid, w.create_date, w.write_uid,
                       w.write_date, w.offered_at, first.decided_at,
                       COALESCE(first.decided_at, now() AT TIME ZONE 'UTC')
                  FROM aftersales_work_order w
                  JOIN aftersales_request_type k
                    ON k.id = w.request_type_id AND k.needs_warranty_decision
             LEFT JOIN helpdesk_ticket t ON t.id = w.ticket_id
             LEFT JOIN (
                    SELECT ticket_id, min(create_date) AS decided_at
                      FROM aftersales_warranty_decision GROUP BY ticket_id
                  ) first ON first.ticket_id = w.ticket_id
                 WHERE w.offered_at IS NOT NULL AND w.previous_id IS NULL
                   AND w.is_imported IS NOT TRUE
              ) AS duty
            """,
            sheet_end=self._get_day_end(SQL("answer_due_date"), SQL("company_id")),
            followup_end=self._get_day_end(SQL("f.due_date"), SQL("f.company_id")),
            classify_end=self._get_day_end(SQL("w.classify_by"), SQL("w.company_id")),
        )

    def action_open_record(self):
        """Open the follow-up or the request of this duty."""
        self.ensure_one()
        # A visit a year after the sale belongs to no request.
        return (self.followup_id or self.ticket_id).get_formview_action()
