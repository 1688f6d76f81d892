from odoo import fields, models
from odoo.tools import SQL

from ..rate.aftersales_rate import KINDS
from ..settlement.aftersales_settlement_line import LINE_KINDS
from .aftersales_paid_service_report import get_rate_query


class AftersalesFeeFigures(models.Model):
    """What stations are paid, line by line of their sheets, in the company's currency.

    A sheet in another currency counts at the rate of its month's first day.
    """

    _name = "aftersales.fee.figures"
    _description = "Figures of fees"
    _inherit = ["aftersales.figures.mixin"]
    _auto = False
    _log_access = True
    _order = "period_start desc, id desc"
    _rec_name = "settlement_id"

    settlement_id = fields.Many2one("aftersales.settlement", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    station_id = fields.Many2one("res.partner", readonly=True)
    period_start = fields.Date(string="Month", readonly=True)
    state = fields.Selection(
        selection=lambda self: self._get_choices("aftersales.settlement", "state"),
        readonly=True,
    )
    kind = fields.Selection(LINE_KINDS, readonly=True)
    work_kind = fields.Selection(KINDS, string="Kind of work", readonly=True)
    request_type_id = fields.Many2one(
        "aftersales.request.type", string="Type", readonly=True
    )
    product_id = fields.Many2one("product.product", string="Model", readonly=True)
    amount = fields.Monetary(readonly=True)
    line_count = fields.Integer(string="Lines", readonly=True)

    def _get_query(self):
        day = SQL.identifier("sheet", "period_start")
        return SQL(
            """
            SELECT line.id, line.settlement_id, line.company_id, line.territory_id,
                   line.create_uid, line.create_date, line.write_uid, line.write_date,
                   company.currency_id, line.station_id, sheet.period_start,
                   sheet.state, line.kind, line.work_kind,
                   claim.request_type_id, claim.product_id,
                   CASE WHEN line.currency_id = company.currency_id THEN line.amount
                        ELSE line.amount * (%(own)s) / (%(other)s) END AS amount,
                   1 AS line_count
              FROM aftersales_settlement_line line
              JOIN aftersales_settlement sheet ON sheet.id = line.settlement_id
         LEFT JOIN res_company company ON company.id = line.company_id
         LEFT JOIN aftersales_claim claim ON claim.id = line.claim_id
            """,
            own=get_rate_query(
                SQL.identifier("company", "currency_id"), day, "company"
            ),
            other=get_rate_query(SQL.identifier("line", "currency_id"), day, "company"),
        )
