from odoo import api, fields, models

from ..tools import audit
from .aftersales_rate import to_decimal


class AftersalesAuditPolicy(models.Model):
    """The numbers of the automatic audit, and how many claims a person looks at."""

    _name = "aftersales.audit.policy"
    _description = "Audit policy"
    _inherit = ["mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first policy of the company is used."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    duplicate_days = fields.Integer(
        default=30,
        tracking=True,
        help="The same fault on the same machine within so many days is looked at.",
    )
    labor_tolerance_percent = fields.Float(
        string="Hours above standard (%)",
        default=10.0,
        tracking=True,
        help="Allowed above the standard hours of the operations.",
    )
    mileage_tolerance_percent = fields.Float(
        string="Mileage above distance (%)",
        default=20.0,
        tracking=True,
        help="Allowed above the way on the map.",
    )
    mileage_free_km = fields.Float(
        string="Difference nobody asks about (km)", default=10.0, tracking=True
    )
    road_factor = fields.Float(
        default=1.3,
        tracking=True,
        help="Kilometres of road for one kilometre as the crow flies.",
    )
    report_hours = fields.Float(
        string="Report within (h)",
        default=48.0,
        tracking=True,
        help="Hours from the end of the day of work to the report.",
    )
    sample_percent = fields.Float(
        string="Spot checks (%)",
        default=5.0,
        tracking=True,
        help="Share of faultless claims that a person looks at all the same.",
    )
    risk_amount = fields.Float(
        string="Large claim from",
        help="Claims of at least this amount are drawn more often; 0 means none is"
        " large.",
    )
    risk_percent = fields.Float(
        string="Spot checks of large claims (%)", default=25.0, tracking=True
    )

    _numbers_positive = models.Constraint(
        "CHECK(duplicate_days >= 0 AND labor_tolerance_percent >= 0"
        " AND mileage_tolerance_percent >= 0 AND mileage_free_km >= 0"
        " AND road_factor >= 1 AND report_hours >= 0 AND risk_amount >= 0)",
        "The numbers of an audit policy cannot be negative, the road factor not below"
        " 1.",
    )
    _percent_valid = models.Constraint(
        "CHECK(sample_percent BETWEEN 0 AND 100 AND risk_percent BETWEEN 0 AND 100)",
        "A share lies between 0 and 100 %.",
    )

    @api.model
    def _get_policies(self, companies):
        """{company: the policy it uses}; companies without one are missing."""
        found = {}
        policies = self.search([("company_id", "in", [False, *companies.ids])])
        for company in companies:
            own = policies.filtered(lambda p, c=company: p.company_id == c)
            shared = policies.filtered(lambda p: not p.company_id)
            if policy := (own or shared)[:1]:
                found[company] = policy
        return found

    def _prepare_thresholds(self):
        """This policy as the pure rule reads it; defaults where there is none."""
        if not self:
            return audit.Thresholds()
        return audit.Thresholds(
            duplicate_days=self.duplicate_days,
            labor_tolerance_percent=to_decimal(self.labor_tolerance_percent),
            mileage_tolerance_percent=to_decimal(self.mileage_tolerance_percent),
            mileage_free_km=to_decimal(self.mileage_free_km),
            road_factor=to_decimal(self.road_factor),
            report_hours=to_decimal(self.report_hours),
        )

    def _get_sample_percent(self, amount):
        """Share of faultless claims of this amount that a person looks at."""
        if not self:
            return 0.0
        is_large = self.risk_amount and amount >= self.risk_amount
        return self.risk_percent if is_large else self.sample_percent
