from odoo import api, fields, models

from ...tools import paid_service

EARNERS = [("maker", "We"), ("station", "The station")]


class AftersalesChargeRule(models.Model):
    """Who earns what customers are asked for, by company and request type."""

    _name = "aftersales.charge.rule"
    _description = "Rule of paid service"
    _order = "sequence, id"

    sequence = fields.Integer(
        default=10, help="The first row that fits is used: special rows go on top."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company, index=True
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type",
        string="Request type",
        help="Empty means every other type.",
    )
    type_text = fields.Char(compute="_compute_type_text", string="Applies to")
    earner = fields.Selection(
        EARNERS,
        string="Earned by",
        required=True,
        default="maker",
        help="If we earn it, the customer gets our invoice and the station is paid for"
        " its work by the rate card. Otherwise the station keeps what it asks for.",
    )
    tax_ids = fields.Many2many(
        "account.tax",
        "aftersales_charge_rule_tax_rel",
        domain="[('type_tax_use', '=', 'sale'), ('price_include', '=', True),"
        " ('company_id', 'parent_of', company_id)]",
        help="Of the invoice. Customers are asked for whole amounts, so only taxes"
        " that are included in the price.",
    )
    account_id = fields.Many2one(
        "account.account",
        string="Income account",
        check_company=True,
        domain="[('internal_group', '=', 'income')]",
        help="Empty means that of the sales journal.",
    )

    _type_uniq = models.UniqueIndex(
        "(company_id, COALESCE(request_type_id, 0)) WHERE active",
        "This request type has a rule already.",
    )

    @api.depends("request_type_id.name")
    @api.depends_context("lang")
    def _compute_type_text(self):
        for rule in self:
            rule.type_text = rule.request_type_id.name or self.env._("Every other type")

    @api.depends("type_text", "earner")
    @api.depends_context("lang")
    def _compute_display_name(self):
        earners = dict(self._fields["earner"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._(
                "%(type)s: %(earner)s",
                type=rule.type_text,
                earner=earners.get(rule.earner, ""),
            )

    @api.model
    def _get_rules(self, companies):
        """{company id: its rules as the pure rule reads them}."""
        found = {company.id: [] for company in companies}
        for row in self.search([("company_id", "in", companies.ids)]):
            found[row.company_id.id].append(row._prepare_charge_rule())
        return found

    def _prepare_charge_rule(self):
        """This row as the pure rule reads it."""
        self.ensure_one()
        return paid_service.ChargeRule(
            id=self.id,
            sequence=self.sequence,
            earner=self.earner,
            request_type_ids=frozenset(self.request_type_id.ids),
        )
