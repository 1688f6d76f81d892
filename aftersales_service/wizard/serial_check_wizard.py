from odoo import fields, models


class AftersalesSerialCheckWizard(models.TransientModel):
    """A small screen: type a serial, see at once whether it is genuine."""

    _name = "aftersales.serial.check.wizard"
    _description = "Check a serial number"

    serial = fields.Char(string="Serial number", help="However it is written.")
    claimed_product_id = fields.Many2one(
        "product.product",
        string="Model as told",
        help="Leave empty unless the caller names it.",
    )
    claimed_buyer_id = fields.Many2one(
        "res.partner",
        string="Buyer as told",
        help="Leave empty unless the caller names it.",
    )
    check_id = fields.Many2one("aftersales.serial.check", readonly=True)
    verdict = fields.Selection(related="check_id.verdict")
    answer = fields.Text(related="check_id.answer")
    is_suspect = fields.Boolean(related="check_id.is_suspect")
    can_open_unit = fields.Boolean(related="check_id.can_open_unit")
    product_id = fields.Many2one(related="check_id.product_id", string="Model")
    production_date = fields.Date(related="check_id.production_date")
    sale_date = fields.Date(related="check_id.sale_date")
    installation_date = fields.Date(related="check_id.installation_date")
    warranty_end = fields.Date(related="check_id.warranty_end")

    def action_check(self):
        """Ask, log, and show the answer on the same screen."""
        self.ensure_one()
        query = {
            "text": self.serial,
            "product_id": self.claimed_product_id.id,
            "partner_id": self.claimed_buyer_id.id,
        }
        self.check_id = self.env["stock.lot"]._check_serials([query])
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Check a serial number"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_open_unit(self):
        self.ensure_one()
        return self.check_id.action_open_unit()

    def action_new_request(self):
        self.ensure_one()
        return self.check_id.action_new_request()
