from odoo import api, fields, models


class AftersalesPartsBorrow(models.TransientModel):
    """Which neighbour within reach has the parts that a job lacks."""

    _name = "aftersales.parts.borrow"
    _description = "Borrow parts"

    work_order_id = fields.Many2one(
        "aftersales.work.order", required=True, readonly=True
    )
    company_id = fields.Many2one(related="work_order_id.company_id")
    missing_part_ids = fields.Many2many(related="work_order_id.missing_part_ids")
    line_ids = fields.One2many("aftersales.parts.borrow.line", "wizard_id")

    @api.model
    def _open(self, order):
        """The dialog for one work order; the caller has checked."""
        wizard = self.create({"work_order_id": order.id})
        # Checked by the caller; stocks of all stations are looked at.
        lenders = order.sudo()._find_lenders()
        wizard.line_ids = [
            fields.Command.create(
                {
                    "station_id": one.station_id,
                    "product_id": one.product_id,
                    "quantity": one.quantity,
                    "distance": (
                        self.env._("%(km)s km", km=round(one.km))
                        if one.km is not None
                        else self.env._("not known")
                    ),
                }
            )
            for one in lenders
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Borrow parts"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }


class AftersalesPartsBorrowLine(models.TransientModel):
    """A part at a neighbour."""

    _name = "aftersales.parts.borrow.line"
    _description = "Part to borrow"

    wizard_id = fields.Many2one(
        "aftersales.parts.borrow", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="wizard_id.company_id")
    station_id = fields.Many2one("res.partner", required=True, readonly=True)
    product_id = fields.Many2one("product.product", string="Part", readonly=True)
    quantity = fields.Float(string="On hand", readonly=True)
    distance = fields.Char(readonly=True)

    def action_borrow(self):
        """Ask this station for one piece."""
        self.ensure_one()
        order = self.wizard_id.work_order_id
        order._check_can_borrow()
        # Checked above; stock of two stations moves. What the line names is looked up
        # again, so that a forged line borrows nothing.
        line = self.sudo()
        picking = order.sudo()._borrow(line.station_id, line.product_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(station)s is asked to send it: %(transfer)s.",
                    station=line.station_id.name,
                    transfer=picking.name,
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
