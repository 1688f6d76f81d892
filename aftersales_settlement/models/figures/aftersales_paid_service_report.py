from odoo import fields, models
from odoo.tools import SQL

from ..charge.aftersales_charge_rule import EARNERS


class AftersalesPaidServiceReport(models.Model):
    """Which paid services earn money: income, cost and margin per job.

    A view of the database, one row per paid service, in the company's currency. Income
    is what was invoiced, less credit notes and tax; cost is what the station is paid
    for the job and what our own parts cost today.
    """

    _name = "aftersales.paid.service.report"
    _description = "Income from paid service"
    _auto = False
    _log_access = True
    _order = "work_date desc, id desc"
    _rec_name = "work_order_id"

    work_order_id = fields.Many2one(
        "aftersales.work.order", string="Work order", readonly=True
    )
    work_date = fields.Date(string="Work done on", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    territory_id = fields.Many2one("aftersales.territory", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Service", readonly=True
    )
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    earner = fields.Selection(EARNERS, string="Earned by", readonly=True)
    job_count = fields.Integer(string="Jobs", readonly=True)
    asked = fields.Monetary(
        string="Asked of customers", readonly=True, help="Tax included."
    )
    kept = fields.Monetary(string="Kept by stations", readonly=True)
    income = fields.Monetary(
        readonly=True, help="Invoiced by us, without tax and less credit notes."
    )
    station_cost = fields.Monetary(
        string="Paid to stations", readonly=True, help="Approved claims of the jobs."
    )
    part_cost = fields.Monetary(
        string="Our parts",
        readonly=True,
        help="Parts of ours that were used, at their present cost.",
    )
    margin = fields.Monetary(readonly=True, help="Income less both costs.")

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row.*, income - station_cost - part_cost AS margin
              FROM (
                SELECT charge.id, charge.work_order_id, charge.work_date,
                       charge.company_id, company.currency_id, charge.territory_id,
                       charge.station_id, charge.partner_id, charge.request_type_id,
                       unit.product_id, charge.earner, charge.create_uid,
                       charge.create_date, charge.write_uid, charge.write_date,
                       1 AS job_count,
                       charge.amount AS asked,
                       CASE WHEN charge.earner = 'station'
                            THEN charge.amount ELSE 0 END AS kept,
                       COALESCE(invoiced.amount, 0) AS income,
                       COALESCE(paid.amount, 0) AS station_cost,
                       COALESCE(part.amount, 0) AS part_cost
                  FROM aftersales_customer_charge charge
                  JOIN res_company company ON company.id = charge.company_id
                  LEFT JOIN stock_lot unit ON unit.id = charge.unit_id
                  LEFT JOIN LATERAL (
                    SELECT SUM(move.amount_untaxed_signed) AS amount
                      FROM account_move move
                     WHERE move.state = 'posted'
                       AND (move.id = charge.invoice_id
                            OR move.reversed_entry_id = charge.invoice_id)
                  ) invoiced ON charge.invoice_id IS NOT NULL
                  LEFT JOIN LATERAL (
                    SELECT SUM(claim.approved_amount * own.rate / other.rate) AS amount
                      FROM aftersales_claim claim
                      CROSS JOIN LATERAL (%(own)s) own
                      CROSS JOIN LATERAL (%(other)s) other
                     WHERE claim.work_order_id = charge.work_order_id
                       AND claim.is_chargeable
                       AND claim.state IN ('approved', 'settled')
                  ) paid ON charge.earner = 'maker'
                  LEFT JOIN LATERAL (
                    SELECT SUM(line.quantity * (
                               product.standard_price ->> charge.company_id::text
                           )::numeric) AS amount
                      FROM aftersales_work_order_part line
                      JOIN product_product product ON product.id = line.product_id
                      JOIN stock_move move ON move.id = line.move_id
                      JOIN stock_location place ON place.id = move.location_id
                     WHERE line.work_order_id = charge.work_order_id
                       AND place.usage = 'internal'
                  ) part ON charge.earner = 'maker'
              ) AS row
            """,
            own=get_rate_query(
                SQL.identifier("company", "currency_id"),
                SQL.identifier("charge", "work_date"),
                "company",
            ),
            other=get_rate_query(
                SQL.identifier("claim", "currency_id"),
                SQL.identifier("charge", "work_date"),
                "company",
            ),
        )


def get_rate_query(currency, day, company):
    """Rate of a currency on a day where a company works, 1 if unknown, as SQL.

    :param SQL currency: column of the currency's id
    :param SQL day: column of the day
    :param str company: alias of the joined ``res_company``
    """
    return SQL(
        """
        SELECT COALESCE((
            SELECT rate.rate
              FROM res_currency_rate rate
             WHERE rate.currency_id = %(currency)s AND rate.rate > 0
               AND rate.name <= %(day)s
               AND COALESCE(rate.company_id, %(company_id)s) =
                   split_part(%(path)s, '/', 1)::int
          ORDER BY rate.name DESC LIMIT 1), 1) AS rate
        """,
        currency=currency,
        day=day,
        company_id=SQL.identifier(company, "id"),
        path=SQL.identifier(company, "parent_path"),
    )
