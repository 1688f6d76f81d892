from odoo import fields, models
from odoo.tools import SQL


class AftersalesQualityFigures(models.Model):
    """What fails: a row per repair, with the machine's build and age at the fault.

    Counts only. A rate needs the machines that did not fail, too: see
    ``aftersales.life.study``.
    """

    _name = "aftersales.quality.figures"
    _description = "Figures of quality"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "failed_at desc, id desc"
    _rec_name = "work_order_id"

    work_order_id = fields.Many2one("aftersales.work.order", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", readonly=True
    )
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    component_id = fields.Many2one("aftersales.fault.code", readonly=True)
    symptom_id = fields.Many2one("aftersales.fault.code", readonly=True)
    cause_id = fields.Many2one("aftersales.fault.code", readonly=True)
    remedy_id = fields.Many2one("aftersales.fault.code", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    warranty_result = fields.Selection(
        selection=lambda self: self._get_choices("helpdesk.ticket", "warranty_result"),
        string="Warranty",
        readonly=True,
    )
    failed_at = fields.Datetime(
        string="Failed", readonly=True, help="When the fault was told."
    )
    production_month = fields.Date(
        string="Production month", readonly=True, help="First day of the month."
    )
    production_batch = fields.Char(readonly=True)
    failure_count = fields.Integer(string="Repairs", readonly=True)
    service_months = fields.Integer(
        string="Months in service",
        aggregator="avg",
        readonly=True,
        help="Of the machine at the fault, since it was installed, else sold; of a"
        " group the average.",
    )
    labor_hours = fields.Float(string="Hours worked", readonly=True)

    def _get_query(self):
        return SQL("""
            SELECT w.id, w.id AS work_order_id, w.company_id, w.territory_id,
                   w.create_uid, w.create_date, w.write_uid, w.write_date,
                   w.request_type_id, w.product_id, w.station_id,
                   w.component_id, w.symptom_id, w.cause_id, w.remedy_id,
                   t.warranty_result, t.received_at AS failed_at,
                   date_trunc('month', u.production_date)::date AS production_month,
                   u.production_batch,
                   1 AS failure_count,
                   GREATEST(0, floor((t.received_at::date - COALESCE(
                       u.installation_date, u.sale_date)) / 30.4375))::int
                       AS service_months,
                   w.labor_hours
              FROM aftersales_work_order w
         LEFT JOIN helpdesk_ticket t ON t.id = w.ticket_id
         LEFT JOIN stock_lot u ON u.id = w.unit_id
              JOIN aftersales_request_type k
                ON k.id = w.request_type_id AND k.is_installation IS NOT TRUE
             WHERE w.state IN ('reported', 'returned', 'done')
        """)
