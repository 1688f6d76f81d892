from odoo import api, fields, models

from ...tools import serial as serial_rule


class AftersalesWorkOrder(models.Model):
    """The station's own paper for a job: told with the report, never twice."""

    _inherit = "aftersales.work.order"

    invoice_number = fields.Char(
        string="Invoice number",
        copy=False,
        help="Of the invoice or receipt the station has for this job, e.g. for bought"
        " parts or freight.",
    )
    # The same number, however it is typed.
    invoice_key = fields.Char(
        compute="_compute_invoice_key",
        store=True,
        index="btree_not_null",
        groups="base.group_user",
    )

    @api.depends("invoice_number")
    def _compute_invoice_key(self):
        for order in self:
            order.invoice_key = serial_rule.normalise(order.invoice_number) or False
