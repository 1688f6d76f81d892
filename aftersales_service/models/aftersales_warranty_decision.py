from odoo import api, fields, models
from odoo.exceptions import UserError


class AftersalesWarrantyDecision(models.Model):
    """A warranty decision as it was made: verdict, dates, facts and findings."""

    _name = "aftersales.warranty.decision"
    _description = "Warranty decision"
    _order = "id desc"

    ticket_id = fields.Many2one(
        "helpdesk.ticket", required=True, index=True, ondelete="cascade"
    )
    territory_id = fields.Many2one(
        related="ticket_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    work_order_id = fields.Many2one("aftersales.work.order", index="btree_not_null")
    unit_id = fields.Many2one("stock.lot", index="btree_not_null")
    decided_at = fields.Datetime(default=fields.Datetime.now, required=True)
    result = fields.Selection(
        [
            ("covered", "In warranty"),
            ("partly", "Partly covered"),
            ("chargeable", "Chargeable"),
        ],
        required=True,
    )
    covers_parts = fields.Boolean()
    covers_labor = fields.Boolean(string="Covers labour")
    covers_travel = fields.Boolean()
    policy_line_id = fields.Many2one(
        "aftersales.warranty.policy.line", ondelete="restrict"
    )
    policy_id = fields.Many2one(related="policy_line_id.policy_id", string="Policy")
    start_date = fields.Date(string="Warranty from")
    end_date = fields.Date(string="Warranty until")
    facts = fields.Json(help="What was known when the decision was made.")
    findings = fields.Json(
        help="The checks in their order: code, parameters, blocking."
    )
    why = fields.Html(compute="_compute_why", sanitize=False, string="Why")

    @api.depends("result", "start_date", "end_date")
    def _compute_display_name(self):
        labels = dict(self._fields["result"]._description_selection(self.env))
        for decision in self:
            decision.display_name = labels.get(decision.result, "")

    def write(self, vals):
        raise UserError(self.env._("A warranty decision stays as it was made."))

    @api.depends("findings")
    def _compute_why(self):
        for decision in self:
            decision.why = False
