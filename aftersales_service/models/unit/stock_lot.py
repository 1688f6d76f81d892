from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...tools import serial as serial_rule
from ..base.aftersales_search import UNIT_TAIL


class StockLot(models.Model):
    """The unit: one machine's file."""

    _name = "stock.lot"
    _inherit = ["stock.lot", "aftersales.site.mixin"]

    serial_key = fields.Char(
        string="Serial key",
        compute="_compute_serial_key",
        store=True,
        precompute=True,
        help="The serial number without spaces, dashes and letter case: what is"
        " looked up.",
    )
    serial_search = fields.Char(
        string="Serial number",
        compute="_compute_serial_search",
        search="_search_serial_search",
        help="Finds the number however it is typed, by its beginning.",
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
        help="Where the machine stands, else where its owner, else where its dealer"
        " belongs, else the territory of who registers it.",
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
    production_batch = fields.Char(string="Production batch", groups="base.group_user")
    shipping_date = fields.Date(string="Shipped on", groups="base.group_user")
    sale_date = fields.Date(
        string="Sold on", index="btree_not_null", help="Date of the customer's invoice."
    )
    installation_date = fields.Date(string="Installed on", index="btree_not_null")
    owner_id = fields.Many2one("res.partner", index="btree_not_null")
    selling_partner_id = fields.Many2one(
        "res.partner", string="Dealer", index="btree_not_null", groups="base.group_user"
    )
    dealer_date = fields.Date(
        string="Passed on to this dealer on",
        groups="base.group_user",
        help="When another dealer passed it on to this one; empty where it came from"
        " us, on the day it was shipped.",
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
    use_class = fields.Selection(
        [
            ("private", "Private"),
            ("commercial", "Commercial"),
            ("farming", "Farming"),
            ("rental", "Rental"),
        ],
        string="Use",
        groups="base.group_user",
        help="What the machine is used for; a warranty policy may ask for it.",
    )
    exchange_date = fields.Date(
        string="Handed out in exchange",
        groups="base.group_user",
        help="The day it replaced another machine: its warranty begins anew here.",
    )
    exchanged_unit_id = fields.Many2one(
        "stock.lot",
        string="Replaces",
        index="btree_not_null",
        groups="base.group_user",
        help="The machine it was handed out for.",
    )
    void_reason = fields.Selection(
        [
            ("scrapped", "Scrapped"),
            ("stolen", "Stolen"),
            ("copied", "Serial copied"),
        ],
        tracking=True,
        groups="base.group_user",
        help="A void serial is treated as a counterfeit suspect.",
    )
    reading_ids = fields.One2many(
        "aftersales.unit.reading", "unit_id", string="Readings"
    )
    last_reading = fields.Float(
        string="Last reading",
        compute="_compute_last_reading",
        help="Hours or kilometres at the last reading.",
    )
    last_reading_on = fields.Date(
        compute="_compute_last_reading", string="Last read on"
    )
    last_meter = fields.Selection(
        selection="_get_meters", compute="_compute_last_reading", string="Last meter"
    )
    request_ids = fields.One2many(
        "helpdesk.ticket", "unit_id", groups="base.group_user"
    )
    work_order_ids = fields.One2many(
        "aftersales.work.order", "unit_id", groups="base.group_user"
    )
    serial_check_ids = fields.One2many(
        "aftersales.serial.check", "unit_id", groups="base.group_user"
    )
    request_count = fields.Integer(
        compute="_compute_request_count", groups="base.group_user"
    )
    work_order_count = fields.Integer(
        compute="_compute_work_order_count", groups="base.group_user"
    )
    serial_check_count = fields.Integer(
        compute="_compute_serial_check_count", groups="base.group_user"
    )

    # The operator class also serves a beginning (LIKE 'YD1%') in any collation.
    _serial_key_idx = models.Index("(serial_key varchar_pattern_ops)")
    # Lists are in the order of the number: without it each page sorts all machines.
    _list_idx = models.Index("(name, id)")
    # The last digits, as a caller reads them from a worn nameplate.
    _serial_tail_idx = models.Index(f"(({UNIT_TAIL}) text_pattern_ops)")

    @api.depends("name")
    def _compute_serial_key(self):
        for unit in self:
            unit.serial_key = serial_rule.normalise(unit.name or "")

    def _compute_serial_search(self):
        self.serial_search = False

    def _search_serial_search(self, operator, value):
        """Units whose key is the typed one, or begins with it for ``like``."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator.endswith("like"):
            return self._get_serial_domain(value)
        values = [value] if isinstance(value, str) else value
        keys = {serial_rule.normalise(text) for text in values if text} - {""}
        return Domain("serial_key", "in", list(keys))

    @api.depends(
        "owner_id.territory_id",
        "selling_partner_id.territory_id",
        "site_state_id",
        "site_city_id",
        "site_zip",
    )
    def _compute_territory_id(self):
        sited = self.filtered(lambda unit: unit.site_state_id or unit.site_city_id)
        territories = self.env["aftersales.territory.area"]._match_addresses(
            [unit._prepare_site_address() for unit in sited]
        )
        found = dict(zip(sited, territories, strict=True))
        default = self.env.user._get_default_territory()
        for unit in self:
            unit.territory_id = (
                found.get(unit)
                or unit.owner_id.territory_id
                or unit.selling_partner_id.territory_id
                or unit.territory_id
                or default
            )

    @api.depends("reading_ids.value", "reading_ids.read_on", "reading_ids.meter")
    def _compute_last_reading(self):
        last = self._get_last_readings()
        for unit in self:
            meter, value, read_on = last.get(unit.id, (False, 0.0, False))
            unit.last_meter = meter
            unit.last_reading = value
            unit.last_reading_on = read_on

    def _get_last_readings(self):
        """The latest reading by day of each unit, in one query.

        :return: {unit id: (meter, value, day)}; units without one are missing
        """
        if not self.ids:
            return {}
        self.env["aftersales.unit.reading"].flush_model()
        # Readings share the border of their unit, which the caller already holds.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT unit.id, last.meter, last.value, last.read_on
                  FROM unnest(%s) AS unit(id)
                  CROSS JOIN LATERAL (
                    SELECT meter, value, read_on FROM aftersales_unit_reading
                     WHERE unit_id = unit.id
                     ORDER BY unit_id DESC, read_on DESC, id DESC LIMIT 1
                  ) AS last
                """,
                list(self.ids),
            )
        )
        return {unit_id: tuple(values) for unit_id, *values in rows}

    def _prepare_readings(self):
        """{unit id: {meter: its readings for ``tools.reading``}}, in one query."""
        readings = self.env["aftersales.unit.reading"].search(
            [("unit_id", "in", self.ids)]
        )
        found = {unit.id: {} for unit in self}
        for reading in readings:
            meters = found[reading.unit_id.id]
            facts = reading._prepare_reading_facts()
            meters.setdefault(reading.meter, []).append(facts)
        return found

    @api.model
    def _get_meters(self):
        return self.env["aftersales.unit.reading"]._fields["meter"].selection

    def _compute_request_count(self):
        counts = self._count_by_unit("helpdesk.ticket")
        for unit in self:
            unit.request_count = counts.get(unit.id, 0)

    def _compute_work_order_count(self):
        counts = self._count_by_unit("aftersales.work.order")
        for unit in self:
            unit.work_order_count = counts.get(unit.id, 0)

    def _compute_serial_check_count(self):
        counts = self._count_by_unit("aftersales.serial.check")
        for unit in self:
            unit.serial_check_count = counts.get(unit.id, 0)

    def _count_by_unit(self, model):
        """{unit id: number of records of ``model`` on it that the user may see}."""
        if not self.env[model].has_access("read"):
            return {}
        groups = self.env[model]._read_group(
            [("unit_id", "in", self.ids)], ["unit_id"], ["__count"]
        )
        return {unit.id: count for unit, count in groups}

    @api.model
    def _get_meter_words(self):
        """(meter, the unit it counts) as it stands after a number."""
        return [("hours", self.env._("hours")), ("km", self.env._("km"))]
