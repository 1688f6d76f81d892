from odoo import fields, models
from odoo.exceptions import UserError


class AftersalesUnitTransfer(models.TransientModel):
    """Asks to whom a machine goes."""

    _name = "aftersales.unit.transfer"
    _description = "Transfer of a machine"

    unit_id = fields.Many2one("stock.lot", required=True, readonly=True)
    owner_id = fields.Many2one(related="unit_id.owner_id", string="Present owner")
    partner_id = fields.Many2one("res.partner", string="New owner", required=True)
    day = fields.Date(
        string="From day",
        required=True,
        default=lambda self: self.env.company._get_today(),
    )
    reason = fields.Char(string="How", help="Sold, inherited, returned …")
    is_moved = fields.Boolean(
        string="Stands at the new owner's address",
        default=True,
        help="Its site is then the new owner's address.",
    )

    def action_confirm(self):
        """Transfer the machine, as one thing."""
        self.ensure_one()
        unit, partner = self.unit_id, self.partner_id
        unit.check_access("write")
        if self.day > self.env.company._get_today():
            raise UserError(self.env._("This day is still to come."))
        unit._transfer(partner, self.day, (self.reason or "")[:200])
        if self.is_moved and (partner.city_id or partner.street):
            unit.write(
                {
                    "site_street": partner.street,
                    "site_zip": partner.zip,
                    "site_city_id": partner.city_id.id,
                    "site_state_id": partner.state_id.id,
                    "site_latitude": partner.partner_latitude,
                    "site_longitude": partner.partner_longitude,
                }
            )
        return {"type": "ir.actions.act_window_close"}
