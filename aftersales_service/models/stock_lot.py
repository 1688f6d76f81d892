from odoo import api, fields, models

from ..tools import serial as serial_rule


class StockLot(models.Model):
    """The unit: one machine's file."""

    _name = "stock.lot"
    _inherit = ["stock.lot", "aftersales.site.mixin"]

    serial_key = fields.Char(
        compute="_compute_serial_key",
        store=True,
        precompute=True,
        help="The serial number without spaces, dashes and letter case: what is looked up.",
    )
    territory_id = fields.Many2one(
        "aftersales.territory",
        compute="_compute_territory_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
        help="Where the machine stands, else where its owner belongs.",
    )
    visiting_territory_ids = fields.Many2many(
        "aftersales.territory",
        "aftersales_unit_visiting_rel",
        "lot_id",
        "territory_id",
        string="Also seen in",
        copy=False,
        groups="base.group_user",
        help="Territories with a recent request on this machine.",
    )
    production_date = fields.Date(string="Produced on")
    production_batch = fields.Char(groups="base.group_user")
    shipping_date = fields.Date(string="Shipped on", groups="base.group_user")
    sale_date = fields.Date(string="Sold on", help="Date of the customer's invoice.")
    installation_date = fields.Date(string="Installed on")
    owner_id = fields.Many2one("res.partner", index="btree_not_null")
    selling_partner_id = fields.Many2one(
        "res.partner", string="Dealer", index="btree_not_null", groups="base.group_user"
    )
    purchase_place_id = fields.Many2one(
        "res.partner", string="Shop", index="btree_not_null", groups="base.group_user"
    )
    installer_id = fields.Many2one(
        "res.partner",
        string="Installed by",
        index="btree_not_null",
        groups="base.group_user",
    )
    parent_unit_id = fields.Many2one(
        "stock.lot",
        string="Built into",
        index="btree_not_null",
        groups="base.group_user",
        help="The machine this component is part of.",
    )
    component_unit_ids = fields.One2many(
        "stock.lot", "parent_unit_id", string="Components", groups="base.group_user"
    )
    void_reason = fields.Selection(
        [("scrapped", "Scrapped"), ("stolen", "Stolen")],
        tracking=True,
        groups="base.group_user",
        help="A void serial is treated as a counterfeit suspect.",
    )
    reading_ids = fields.One2many("aftersales.unit.reading", "unit_id")
    last_reading = fields.Float(
        compute="_compute_last_reading", help="Hours or kilometres at the last reading."
    )
    request_ids = fields.One2many(
        "helpdesk.ticket", "unit_id", groups="base.group_user"
    )
    work_order_ids = fields.One2many(
        "aftersales.work.order", "unit_id", groups="base.group_user"
    )
    request_count = fields.Integer(compute="_compute_request_count")

    _serial_key_idx = models.Index("(serial_key)")

    @api.depends("name")
    def _compute_serial_key(self):
        for unit in self:
            unit.serial_key = serial_rule.normalise(unit.name or "")

    @api.depends("owner_id.territory_id", "site_state_id", "site_city_id", "site_zip")
    def _compute_territory_id(self):
        sited = self.filtered(lambda unit: unit.site_state_id or unit.site_city_id)
        territories = self.env["aftersales.territory.area"]._match_addresses(
            [unit._prepare_site_address() for unit in sited]
        )
        found = dict(zip(sited, territories, strict=True))
        for unit in self:
            unit.territory_id = (
                found.get(unit) or unit.owner_id.territory_id or unit.territory_id
            )

    @api.depends("reading_ids.value", "reading_ids.read_on")
    def _compute_last_reading(self):
        last = {
            unit.id: value
            for unit, value in self.env["aftersales.unit.reading"]._read_group(
                [("unit_id", "in", self.ids)], ["unit_id"], ["value:max"]
            )
        }
        for unit in self:
            unit.last_reading = last.get(unit.id, 0.0)

    def _compute_request_count(self):
        counts = dict(
            self.env["helpdesk.ticket"]._read_group(
                [("unit_id", "in", self.ids)], ["unit_id"], ["__count"]
            )
        )
        for unit in self:
            unit.request_count = counts.get(unit, 0)
