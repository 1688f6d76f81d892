from odoo import api, fields, models


class StockLot(models.Model):
    """The machine file: what a person sees of a machine's life on one form."""

    _inherit = "stock.lot"

    warranty_left = fields.Char(
        string="Countdown",
        compute="_compute_warranty_left",
        groups="base.group_user",
        help="Days until the warranty of the whole machine ends.",
    )
    is_in_warranty = fields.Boolean(
        compute="_compute_warranty_left", groups="base.group_user"
    )
    followup_ids = fields.One2many(
        "aftersales.followup", "unit_id", groups="base.group_user"
    )
    fitted_part_ids = fields.Many2many(
        "aftersales.work.order.part",
        string="Parts fitted",
        compute="_compute_fitted_part_ids",
        groups="base.group_user",
    )
    reading_count = fields.Integer(
        compute="_compute_reading_count", groups="base.group_user"
    )

    @api.depends("warranty_end", "company_id")
    @api.depends_context("lang", "company")
    def _compute_warranty_left(self):
        for unit in self:
            today = (unit.company_id or self.env.company)._get_today()
            end = unit.warranty_end
            unit.is_in_warranty = bool(end and end >= today)
            days = (end - today).days if end else None
            unit.warranty_left = unit._describe_days(days)

    def _describe_days(self, days):
        if days is None:
            return False
        if days >= 0:
            return self.env._("%(days)s days left", days=days)
        return self.env._("ended %(days)s days ago", days=-days)

    def _compute_fitted_part_ids(self):
        lines = self.env["aftersales.work.order.part"]
        if lines.has_access("read"):
            lines = lines.search(
                [
                    ("work_order_id.unit_id", "in", self.ids),
                    ("work_order_id.state", "=", "done"),
                ],
                order="id desc",
            )
        by_unit = lines.grouped(lambda line: line.work_order_id.unit_id.id)
        for unit in self:
            unit.fitted_part_ids = by_unit.get(unit.id, lines.browse())

    def _compute_reading_count(self):
        counts = self._count_by_unit("aftersales.unit.reading")
        for unit in self:
            unit.reading_count = counts.get(unit.id, 0)

    def action_open_readings(self):
        """Show the readings as a line over time."""
        action = self._action_open_related(
            "aftersales.unit.reading", self.env._("Readings")
        )
        # A month without a reading is no zero in the graph.
        context = action["context"] | {"fill_temporal": False}
        return action | {"view_mode": "graph,list", "context": context}

    def action_open_map(self):
        """Show the machine's place on a map."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self._get_map_url()}
