from odoo import models


class AftersalesWorkOrder(models.Model):
    """A job that waits stops the clock of its request."""

    _inherit = "aftersales.work.order"

    def _update_state(self, target, **vals):
        moved = self if target == "waiting" else self.filtered(_is_waiting)
        tickets = moved.ticket_id
        result = super()._update_state(target, **vals)
        tickets._sync_clock()
        return result


def _is_waiting(order):
    return order.state == "waiting"
