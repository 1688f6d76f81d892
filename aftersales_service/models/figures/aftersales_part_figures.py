from odoo import fields, models
from odoo.tools import SQL

PAYERS = [("maker", "Maker"), ("customer", "Customer")]
RETURN_STATES = [
    ("none", "Not asked for"),
    ("open", "Not here yet"),
    ("returned", "Came back"),
    ("missing", "Never came"),
]


class AftersalesPartFigures(models.Model):
    """Parts fitted: a row per part of a done job, and whether the failed one came back.

    A part has one failed part at most, which the database holds by a unique index; that
    join is left out like one by primary key when nobody asks for it.
    """

    _name = "aftersales.part.figures"
    _description = "Figures of parts"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "done_at desc, id desc"
    _rec_name = "work_order_id"

    work_order_id = fields.Many2one("aftersales.work.order", readonly=True)
    part_id = fields.Many2one("product.product", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", readonly=True
    )
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    component_id = fields.Many2one("aftersales.fault.code", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    done_at = fields.Datetime(string="Done", readonly=True)
    warranty_result = fields.Selection(
        selection=lambda self: self._get_choices("helpdesk.ticket", "warranty_result"),
        string="Warranty",
        readonly=True,
    )
    payer = fields.Selection(
        PAYERS,
        string="Who pays the part",
        readonly=True,
        help="As the warranty was decided; empty where nothing was decided.",
    )
    return_state = fields.Selection(RETURN_STATES, string="Failed part", readonly=True)
    line_count = fields.Integer(string="Parts on reports", readonly=True)
    quantity = fields.Float(readonly=True)
    cost = fields.Monetary(
        readonly=True,
        help="What the parts cost us when they were reported, in the company's"
        " currency.",
    )
    asked_count = fields.Integer(string="Failed parts asked for", readonly=True)
    open_count = fields.Integer(string="Failed parts not here yet", readonly=True)
    came_back = fields.Float(
        string="Came back (%)",
        aggregator="avg",
        readonly=True,
        help="Of the failed parts that came back or never will.",
    )

    def _get_query(self):
        # What the job was decided on, else its request.
        return SQL("""
            SELECT p.id, p.work_order_id, w.company_id, w.territory_id,
                   p.create_uid, p.create_date, p.write_uid, p.write_date,
                   p.product_id AS part_id, w.request_type_id, w.product_id,
                   w.component_id, w.station_id, c.currency_id, w.done_at,
                   COALESCE(d.result, e.result) AS warranty_result,
                   CASE WHEN d.covers_parts OR (d.id IS NULL AND e.covers_parts)
                        THEN 'maker'
                        WHEN COALESCE(d.id, e.id) IS NOT NULL THEN 'customer'
                        END AS payer,
                   CASE WHEN r.id IS NULL THEN 'none'
                        WHEN r.state IN ('due', 'sent') THEN 'open'
                        WHEN r.result = 'not_received' THEN 'missing'
                        ELSE 'returned' END AS return_state,
                   1 AS line_count,
                   p.quantity,
                   p.quantity * p.unit_cost AS cost,
                   (r.id IS NOT NULL)::int AS asked_count,
                   COALESCE(r.state IN ('due', 'sent'), FALSE)::int AS open_count,
                   CASE WHEN r.state NOT IN ('received', 'closed') THEN NULL
                        WHEN r.result = 'not_received' THEN 0.0
                        WHEN r.id IS NOT NULL THEN 100.0 END AS came_back
              FROM aftersales_work_order_part p
              JOIN aftersales_work_order w ON w.id = p.work_order_id
         LEFT JOIN aftersales_warranty_decision d ON d.id = w.warranty_decision_id
         LEFT JOIN helpdesk_ticket t ON t.id = w.ticket_id
         LEFT JOIN aftersales_warranty_decision e ON e.id = t.warranty_decision_id
         LEFT JOIN aftersales_part_return r ON r.part_line_id = p.id
         LEFT JOIN res_company c ON c.id = w.company_id
             WHERE w.state = 'done'
        """)
