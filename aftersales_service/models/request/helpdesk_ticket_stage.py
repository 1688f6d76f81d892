from odoo import fields, models


class HelpdeskTicketStage(models.Model):
    """Closed is not always done: some stages end a request without service."""

    _name = "helpdesk.ticket.stage"
    _inherit = ["helpdesk.ticket.stage", "aftersales.cached.mixin"]

    is_withdrawal = fields.Boolean(
        string="Ends without service",
        help="For stages such as Cancelled or Rejected: a request may be closed here"
        " although no work was done.",
    )
