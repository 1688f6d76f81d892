import dataclasses

from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError

from ...tools import warranty_facts

# The order in which dates are tried from the policy's own basis on.
START_BASES = ("invoice", "installation", "shipping")


class AftersalesWarrantyPolicy(models.Model):
    """What the maker promises for a family of products, in dated lines."""

    _name = "aftersales.warranty.policy"
    _description = "Warranty policy"
    _inherit = ["aftersales.cached.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first policy that fits decides.")
    active = fields.Boolean(default=True)
    is_draft = fields.Boolean(
        string="Draft",
        copy=False,
        help="A draft decides nothing; it can be tried on last year's requests.",
    )
    replaces_id = fields.Many2one(
        "aftersales.warranty.policy",
        domain="[('is_draft', '=', False), ('id', '!=', id)]",
        copy=False,
        help="The policy that ends when this draft goes live.",
    )
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    valid_from = fields.Date(
        help="For machines whose warranty starts on or after this day."
    )
    valid_to = fields.Date()
    product_ids = fields.Many2many("product.product", string="Products")
    product_categ_ids = fields.Many2many(
        "product.category", string="Product categories"
    )
    territory_ids = fields.Many2many(
        "aftersales.territory", string="Territories", help="Empty means everywhere."
    )
    start_basis = fields.Selection(
        [
            ("invoice", "Date of sale"),
            ("installation", "Date of installation"),
            ("shipping", "Date of shipping plus grace"),
        ],
        required=True,
        default="invoice",
        help="When this date is missing the next one in the list is used.",
    )
    grace_days = fields.Integer(
        default=90, help="Days after shipping when the warranty starts at the latest."
    )
    # The law on repair, exchange and return; its numbers are data.
    extends_by_stops = fields.Boolean(
        string="Days in repair do not count",
        help="Days in repair and waiting for parts move the end of the warranty.",
    )
    rolls_over_holidays = fields.Boolean(
        string="Never ends on a public holiday",
        help="A last day on a public holiday moves to the day after it. Public"
        " holidays are the closed days of the company's working hours.",
    )
    repair_limit_days = fields.Integer(
        string="Repair limit",
        help="Days a repair may take; after that the customer may have another"
        " machine. 0 means no limit.",
    )
    repair_alarm_days = fields.Integer(
        string="Alarm",
        default=10,
        help="So many days before the limit the office is told.",
    )
    return_days = fields.Integer(
        string="Money back", help="Days after the sale. 0 means no such right."
    )
    exchange_days = fields.Integer(
        string="Exchange", help="Days after the sale. 0 means no such right."
    )
    repairs_before_exchange = fields.Integer(
        string="Repairs before exchange",
        help="After so many repairs of the same component the next failure gives the"
        " right to another machine. 0 means no such right.",
    )
    line_ids = fields.One2many(
        "aftersales.warranty.policy.line", "policy_id", string="Lines", copy=True
    )

    _days_positive = models.Constraint(
        "CHECK(grace_days >= 0 AND repair_limit_days >= 0 AND repair_alarm_days >= 0"
        " AND return_days >= 0 AND exchange_days >= 0"
        " AND repairs_before_exchange >= 0)",
        "Days and repairs cannot be negative.",
    )

    @api.constrains("valid_from", "valid_to")
    def _check_valid_dates(self):
        for policy in self:
            if (
                policy.valid_from
                and policy.valid_to
                and policy.valid_to < policy.valid_from
            ):
                raise ValidationError(
                    self.env._(
                        "The policy %(name)s ends before it begins.", name=policy.name
                    )
                )

    def action_try_out(self):
        """Try this draft on the decisions of the last year, as a run."""
        self.ensure_one()
        self.check_access("write")
        run = self.env["aftersales.run"]._start(
            "warranty_tryout",
            {"policy_id": self.id},
            name=self.env._("Try-out: %s", self.name),
        )
        return run._action_open()

    def action_go_live(self):
        """From now on this policy decides; what it replaces is put away."""
        self.check_access("write")
        self.is_draft = False
        self.replaces_id.active = False

    def _prepare_start_rules(self):
        """The dates the term may start from, first the policy's own basis."""
        self.ensure_one()
        return tuple(
            warranty_facts.StartRule(
                basis=basis, grace_days=self.grace_days if basis == "shipping" else 0
            )
            for basis in START_BASES[START_BASES.index(self.start_basis) :]
        )

    def _prepare_legal_terms(self):
        """The numbers of the law for the warranty rule."""
        self.ensure_one()
        names = [field.name for field in dataclasses.fields(warranty_facts.LegalTerms)]
        return warranty_facts.LegalTerms(**{name: self[name] for name in names})


class AftersalesWarrantyPolicyLine(models.Model):
    """One promise: these components for so many months or hours."""

    _name = "aftersales.warranty.policy.line"
    _description = "Warranty policy line"
    _inherit = ["aftersales.cached.mixin"]
    _order = "policy_id, sequence, id"

    policy_id = fields.Many2one(
        "aftersales.warranty.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10, help="The first line that fits decides.")
    name = fields.Char(required=True, translate=True)
    component_ids = fields.Many2many(
        "aftersales.fault.code",
        "aftersales_warranty_line_component_rel",
        string="Components",
        domain="[('kind', '=', 'component')]",
        help="These and everything below them; empty means any.",
    )
    component_class = fields.Selection(
        [("main", "Main part"), ("wearing", "Wearing part"), ("other", "Other part")],
        help="Empty means any.",
    )
    product_categ_ids = fields.Many2many(
        "product.category",
        "aftersales_warranty_line_categ_rel",
        string="Product categories",
        help="Empty means those of the policy.",
    )
    use_class = fields.Selection(
        selection=lambda self: self.env["stock.lot"]._fields["use_class"].selection,
        string="Use",
        help="What the machine is used for; empty means any.",
    )
    months = fields.Integer(required=True)
    labor_months = fields.Integer(
        string="Labour months", help="0 means as long as the parts."
    )
    travel_months = fields.Integer(help="0 means as long as the parts.")
    max_hours = fields.Float(string="Operating hours", help="0 means no limit.")
    max_km = fields.Float(string="Kilometres", help="0 means no limit.")
    covers_parts = fields.Boolean(default=True)
    covers_labor = fields.Boolean(string="Covers labour", default=True)
    covers_travel = fields.Boolean(default=True)
    excluded_cause_ids = fields.Many2many(
        "aftersales.fault.code",
        "aftersales_warranty_line_cause_rel",
        string="Excluded causes",
        domain="[('kind', '=', 'cause')]",
        help="A repair with one of these causes is chargeable.",
    )

    _months_positive = models.Constraint(
        "CHECK(months >= 0 AND labor_months >= 0 AND travel_months >= 0)",
        "Months of warranty cannot be negative.",
    )

    @api.model
    def _prepare_policy_lines(self, company, draft=None):
        """Rows for the warranty rule, of every policy of a company, in their order.

        :param draft: a policy in draft that is taken as if it were live
        """
        if draft:
            return self._read_policy_lines(company.id, draft)
        return self._get_cached_policy_lines(company.id)

    @api.model
    @tools.ormcache("company_id")
    def _get_cached_policy_lines(self, company_id):
        return self._read_policy_lines(company_id, self.policy_id)

    def _read_policy_lines(self, company_id, draft):
        # What is promised is no secret to whoever may ask about a machine.
        lines = (
            self.sudo()
            .search(
                [
                    ("policy_id.active", "=", True),
                    ("policy_id", "not in", draft.replaces_id.ids),
                    "|",
                    ("policy_id.is_draft", "=", False),
                    ("policy_id", "in", draft.ids),
                    ("company_id", "in", [False, company_id]),
                ]
            )
            .sorted(
                lambda line: (
                    line.policy_id.sequence,
                    line.policy_id.id,
                    line.sequence,
                    line.id,
                )
            )
        )
        misuse = lines.env["aftersales.fault.code"].search(
            [("kind", "=", "cause"), ("is_misuse", "=", True)]
        )
        return tuple(
            line._prepare_policy_line(index, misuse) for index, line in enumerate(lines)
        )

    def _prepare_policy_line(self, sequence, misuse):
        """One row for the warranty rule. May be extended."""
        self.ensure_one()
        policy = self.policy_id
        return warranty_facts.PolicyLine(
            id=self.id,
            policy_id=policy.id,
            sequence=sequence,
            valid_from=policy.valid_from or None,
            valid_to=policy.valid_to or None,
            product_ids=frozenset(policy.product_ids.ids),
            category_ids=frozenset(
                (self.product_categ_ids or policy.product_categ_ids).ids
            ),
            territory_ids=frozenset(policy.territory_ids.ids),
            component_ids=frozenset(self.component_ids.ids),
            component_classes=frozenset(filter(None, [self.component_class])),
            use_classes=frozenset(filter(None, [self.use_class])),
            months=self.months,
            labor_months=self.labor_months or None,
            travel_months=self.travel_months or None,
            usage_limits=self._get_usage_limits(),
            start_rules=policy._prepare_start_rules(),
            terms=policy._prepare_legal_terms(),
            covers_parts=self.covers_parts,
            covers_labor=self.covers_labor,
            covers_travel=self.covers_travel,
            excluded_cause_ids=frozenset((self.excluded_cause_ids | misuse).ids),
        )

    def _get_usage_limits(self):
        """Meter → limit of its usage; may be extended with further meters."""
        self.ensure_one()
        limits = {"hours": self.max_hours, "km": self.max_km}
        return {meter: limit for meter, limit in limits.items() if limit}
