from odoo import fields, models
from odoo.tools import SQL


class AftersalesFollowupFigures(models.Model):
    """Follow-ups: kept in time or not, and what the customers said."""

    _name = "aftersales.followup.figures"
    _description = "Figures of follow-ups"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "due_date desc, id desc"
    _rec_name = "followup_id"

    followup_id = fields.Many2one(
        "aftersales.followup", string="Follow-up", readonly=True
    )
    rule_id = fields.Many2one("aftersales.followup.rule", readonly=True)
    channel = fields.Selection(
        selection=lambda self: self._get_choices("aftersales.followup", "channel"),
        readonly=True,
    )
    station_id = fields.Many2one("res.partner", readonly=True)
    user_id = fields.Many2one("res.users", string="Agent", readonly=True)
    state = fields.Selection(
        selection=lambda self: self._get_choices("aftersales.followup", "state"),
        readonly=True,
    )
    due_date = fields.Date(string="Due on", readonly=True)
    done_at = fields.Datetime(string="Answered at", readonly=True)
    followup_count = fields.Integer(string="Follow-ups", readonly=True)
    answered_count = fields.Integer(string="Answered", readonly=True)
    late_count = fields.Integer(
        string="Late", readonly=True, help="Answered after the day, or still due."
    )
    kept = fields.Float(
        string="Kept in time (%)",
        aggregator="avg",
        readonly=True,
        help="Of the follow-ups that were answered or are late.",
    )
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    satisfaction = fields.Float(
        string="Satisfaction (1 to 5)",
        aggregator="avg",
        readonly=True,
        help="Of those who answered; of a group the average.",
    )
    solved = fields.Float(
        string="Machine runs (%)",
        aggregator="avg",
        readonly=True,
        help="Of those who answered.",
    )
    extra_charge_count = fields.Integer(
        string="Charged more than reported", readonly=True
    )

    def _get_query(self):
        return SQL(
            """
            SELECT f.id, f.id AS followup_id, f.company_id, f.territory_id,
                   f.create_uid, f.create_date, f.write_uid, f.write_date,
                   f.rule_id, f.channel, f.station_id, f.user_id, f.state,
                   f.due_date, f.done_at,
                   1 AS followup_count,
                   (f.state = 'done')::int AS answered_count,
                   (f.state IN ('due', 'done')
                       AND COALESCE(f.done_at, now() AT TIME ZONE 'UTC')
                           > %(day_end)s)::int AS late_count,
                   CASE WHEN f.state NOT IN ('due', 'done') THEN NULL
                        WHEN COALESCE(f.done_at, now() AT TIME ZONE 'UTC')
                             > %(day_end)s THEN 0.0
                        WHEN f.state = 'done' THEN 100.0 END AS kept,
                   f.attempt_count,
                   CASE WHEN f.state = 'done' THEN NULLIF(f.satisfaction, 0)
                        END::double precision AS satisfaction,
                   -- A greeting asks after no machine.
                   CASE WHEN f.state = 'done' AND f.event_key IS NULL
                        THEN 100.0 * COALESCE(f.is_solved, false)::int END AS solved,
                   (f.state = 'done' AND COALESCE(f.is_charged_extra, false))::int
                       AS extra_charge_count
              FROM aftersales_followup f
            """,
            day_end=self._get_day_end(SQL("f.due_date"), SQL("f.company_id")),
        )
