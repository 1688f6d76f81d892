from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesWorkOrderReason(models.TransientModel):
    """Asks why a work order is declined, waits, is returned or cancelled."""

    _name = "aftersales.work.order.reason"
    _description = "Reason for a step of a work order"

    work_order_ids = fields.Many2many("aftersales.work.order", required=True)
    step = fields.Selection(
        [
            ("decline", "Decline"),
            ("wait", "Wait"),
            ("visit", "Plan a visit"),
            ("return", "Return to station"),
            ("cancel", "Cancel"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Char()
    wait_reason = fields.Selection(
        lambda self: (
            self.env["aftersales.work.order"]
            ._fields["wait_reason"]
            ._description_selection(self.env)
        ),
        string="Waits for",
    )

    visit_on = fields.Date(
        string="Next visit on",
        help="The station comes again on this day; the customer's promise and the"
        " station's calendar follow.",
    )

    def action_confirm(self):
        self.ensure_one()
        orders = self.work_order_ids
        orders._check_can(self.step)
        orders = orders.sudo()  # guard: _check_can just above
        if self.step == "wait" and not self.wait_reason:
            raise UserError(self.env._("Choose what the job waits for."))
        if self.step == "decline":
            orders._decline(self.reason)
        elif self.step == "wait":
            orders._wait(self.wait_reason)
        elif self.step == "visit":
            for order in orders:
                order._plan_visit(self.visit_on, self.wait_reason)
        elif self.step == "return":
            orders._return_to_station(self.reason)
        else:
            orders._cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
