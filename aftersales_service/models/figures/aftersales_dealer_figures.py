from odoo import fields, models
from odoo.tools import SQL

KINDS = [
    ("received", "Come in"),
    ("sold", "Sold"),
    ("passed", "Passed on"),
    ("parts", "Parts sold"),
]


class AftersalesDealerFigures(models.Model):
    """What dealers got, sold and have: a row per event of a machine or of parts.

    A machine that went from one dealer to the next was received by each of them, on the
    day it came to him. It lies where the dealer lies, wherever it stands today.
    """

    _name = "aftersales.dealer.figures"
    _description = "Figures of dealers"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "day desc, id desc"
    _rec_name = "dealer_id"

    unit_id = fields.Many2one("stock.lot", string="Machine", readonly=True)
    movement_id = fields.Many2one("aftersales.dealer.movement", readonly=True)
    dealer_id = fields.Many2one("res.partner", readonly=True)
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    kind = fields.Selection(KINDS, string="What happened", readonly=True)
    day = fields.Date(
        readonly=True, help="Empty where nobody wrote down when it happened."
    )
    received_count = fields.Integer(string="Machines received", readonly=True)
    sold_count = fields.Integer(string="Machines sold", readonly=True)
    passed_count = fields.Integer(
        string="Machines passed on", readonly=True, help="To another dealer."
    )
    stock_count = fields.Integer(
        string="Machines in stock now",
        readonly=True,
        help="Counted on the day they came, however long ago.",
    )
    stock_days = fields.Float(
        string="Days until sold",
        aggregator="avg",
        readonly=True,
        help="From the day it came to this dealer; of a group the average.",
    )
    age_days = fields.Float(
        string="Days in stock so far",
        aggregator="avg",
        readonly=True,
        help="Of the machines in stock now; of a group the average.",
    )
    part_quantity = fields.Float(
        string="Parts sold",
        readonly=True,
        help="Parts, and models without a serial number, that were registered as sold.",
    )

    def _get_query(self):
        # Each with four ids, because a machine comes and is sold, and a transfer is
        # the coming of the dealer before and his passing on.
        came = SQL("COALESCE(u.dealer_date, u.shipping_date)")
        unsold = SQL(
            "(u.sale_date IS NULL AND u.owner_id IS NULL AND u.void_reason IS NULL)"
        )
        # A machine of all companies is counted by the clock.
        zone = SQL("COALESCE(%s, 'UTC')", self._get_zone(SQL("u.company_id")))
        return SQL(
            """
            SELECT u.id::bigint * 4 AS id, u.company_id, p.territory_id,
                   u.create_uid, u.create_date, u.write_uid, u.write_date,
                   u.id AS unit_id, NULL::int AS movement_id,
                   u.selling_partner_id AS dealer_id, u.product_id,
                   'received' AS kind,
                   %(came)s AS day,
                   1 AS received_count, 0 AS sold_count, 0 AS passed_count,
                   %(unsold)s::int AS stock_count,
                   NULL::double precision AS stock_days,
                   CASE WHEN %(unsold)s
                        THEN ((now() AT TIME ZONE %(zone)s)::date - %(came)s)
                        ::double precision END AS age_days,
                   0::double precision AS part_quantity
              FROM stock_lot u
         LEFT JOIN res_partner p ON p.id = u.selling_partner_id
             WHERE u.selling_partner_id IS NOT NULL
         UNION ALL
            SELECT u.id::bigint * 4 + 1, u.company_id, p.territory_id,
                   u.create_uid, u.create_date, u.write_uid, u.write_date,
                   u.id, NULL::int, u.selling_partner_id, u.product_id, 'sold',
                   u.sale_date, 0, 1, 0, 0,
                   CASE WHEN u.sale_date >= %(came)s
                        THEN (u.sale_date - %(came)s)::double precision END,
                   NULL::double precision, 0::double precision
              FROM stock_lot u
         LEFT JOIN res_partner p ON p.id = u.selling_partner_id
             WHERE u.selling_partner_id IS NOT NULL
               AND (u.sale_date IS NOT NULL OR u.owner_id IS NOT NULL)
         UNION ALL
            SELECT m.id::bigint * 4 + 2, m.company_id, m.territory_id,
                   m.create_uid, m.create_date, m.write_uid, m.write_date,
                   m.unit_id, m.id, m.dealer_id, m.product_id, 'received',
                   COALESCE(m.received_on, u.shipping_date), 1, 0, 0, 0,
                   NULL::double precision, NULL::double precision,
                   0::double precision
              FROM aftersales_dealer_movement m
         LEFT JOIN stock_lot u ON u.id = m.unit_id
             WHERE m.state = 'done' AND m.kind = 'transfer' AND m.unit_id IS NOT NULL
         UNION ALL
            SELECT m.id::bigint * 4 + 3, m.company_id, m.territory_id,
                   m.create_uid, m.create_date, m.write_uid, m.write_date,
                   m.unit_id, m.id, m.dealer_id, m.product_id,
                   CASE WHEN m.unit_id IS NULL THEN 'parts' ELSE 'passed' END,
                   m.moved_on, 0, 0, (m.unit_id IS NOT NULL)::int, 0,
                   NULL::double precision, NULL::double precision,
                   CASE WHEN m.unit_id IS NULL THEN m.quantity ELSE 0 END
              FROM aftersales_dealer_movement m
             WHERE m.state = 'done'
               AND (m.kind = 'transfer') = (m.unit_id IS NOT NULL)
            """,
            came=came,
            unsold=unsold,
            zone=zone,
        )

    def action_open_record(self):
        """Open the machine, else what the dealer registered."""
        self.ensure_one()
        return (self.unit_id or self.movement_id).get_formview_action()
