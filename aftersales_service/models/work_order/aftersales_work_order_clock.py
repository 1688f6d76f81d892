from odoo import models


class AftersalesWorkOrder(models.Model):
    """A job that waits stops the clock of its request, one sent back starts it anew."""

    _inherit = "aftersales.work.order"

    def _update_state(self, target, **vals):
        moved = self if target == "waiting" else self.filtered(_stands)
        tickets = moved.ticket_id
        result = super()._update_state(target, **vals)
        tickets._sync_clock()
        return result


def _stands(order):
    return order.state in ("waiting", "done")
