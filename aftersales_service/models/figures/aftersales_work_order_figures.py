from odoo import fields, models
from odoo.tools import SQL


class AftersalesWorkOrderFigures(models.Model):
    """Work orders: how many, how fast the stations are, what they drive and work."""

    _name = "aftersales.work.order.figures"
    _description = "Figures of work orders"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "offered_at desc, id desc"
    _rec_name = "work_order_id"

    work_order_id = fields.Many2one("aftersales.work.order", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", readonly=True
    )
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    component_id = fields.Many2one("aftersales.fault.code", readonly=True)
    state = fields.Selection(
        selection=lambda self: self._get_choices("aftersales.work.order", "state"),
        readonly=True,
    )
    offered_at = fields.Datetime(string="Offered", readonly=True)
    done_at = fields.Datetime(string="Done", readonly=True)
    order_count = fields.Integer(string="Work orders", readonly=True)
    done_count = fields.Integer(string="Done work orders", readonly=True)
    refused_count = fields.Integer(
        string="Declined or not answered",
        readonly=True,
        help="Offers the station declined or let run out.",
    )
    answer_hours = fields.Float(
        string="Hours to accept",
        aggregator="avg",
        readonly=True,
        help="By the clock, from the offer to the station's yes; of a group the"
        " average.",
    )
    arrive_hours = fields.Float(
        string="Hours to arrive",
        aggregator="avg",
        readonly=True,
        help="By the clock, from the offer to the arrival; of a group the average.",
    )
    report_days = fields.Float(
        string="Days to the report",
        aggregator="avg",
        readonly=True,
        help="By the clock, from the offer to the report; of a group the average.",
    )
    arrive_kept = fields.Float(
        string="Arrived in time (%)",
        aggregator="avg",
        readonly=True,
        help="Of the jobs whose request has an arrival deadline and that were arrived"
        " at.",
    )
    labor_hours = fields.Float(string="Hours worked", readonly=True)
    travel_km = fields.Float(string="Kilometres driven", readonly=True)

    def _get_query(self):
        return SQL("""
            SELECT w.id, w.id AS work_order_id, w.company_id, w.territory_id,
                   w.create_uid, w.create_date, w.write_uid, w.write_date,
                   w.request_type_id, w.product_id, w.station_id, w.component_id,
                   w.state, w.offered_at, w.done_at,
                   1 AS order_count,
                   (w.state = 'done')::int AS done_count,
                   (w.state IN ('declined', 'expired'))::int AS refused_count,
                   date_part('epoch', w.accepted_at - w.offered_at) / 3600
                       AS answer_hours,
                   date_part('epoch', w.arrived_at - w.offered_at) / 3600
                       AS arrive_hours,
                   date_part('epoch', w.reported_at - w.offered_at) / 86400
                       AS report_days,
                   CASE WHEN w.arrived_at > t.arrive_deadline THEN 0.0
                        WHEN w.arrived_at <= t.arrive_deadline THEN 100.0
                        END AS arrive_kept,
                   w.labor_hours, w.travel_km
              FROM aftersales_work_order w
         LEFT JOIN helpdesk_ticket t ON t.id = w.ticket_id
             WHERE w.state <> 'draft'
        """)
