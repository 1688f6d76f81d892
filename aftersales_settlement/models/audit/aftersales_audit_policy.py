from odoo import api, fields, models, tools

from ...tools import audit, sampling
from ..rate.aftersales_rate import to_decimal

# Where there is no policy.
PEER_MONTHS = 6


class AftersalesAuditPolicy(models.Model):
    """The numbers of the automatic audit, and how many claims a person looks at."""

    _name = "aftersales.audit.policy"
    _description = "Audit policy"
    _inherit = ["mail.thread", "aftersales.cached.mixin", "aftersales.draft.mixin"]
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
        string="Days between duplicates",
        default=30,
        tracking=True,
        help="The same fault on the same machine within so many days is looked at.",
    )
    repeat_days = fields.Integer(
        string="Repair holds (days)",
        default=90,
        tracking=True,
        help="The same station repairing the same component of the same machine within"
        " so many days is a repeat repair.",
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
        string="Road factor",
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
    # Against the readings before, the dictionary, the peers, the parts to come back.
    hours_per_day = fields.Float(
        string="Operating hours a day",
        default=24.0,
        tracking=True,
        help="A meter that rose faster since the last reading is looked at.",
    )
    km_per_day = fields.Float(
        string="Kilometres a day",
        default=1500.0,
        tracking=True,
        help="An odometer that rose faster since the last reading is looked at.",
    )
    expiry_days = fields.Integer(
        string="Last days of warranty",
        default=14,
        tracking=True,
        help="A repair so shortly before the warranty ends is noted and drawn more"
        " often; 0 means never.",
    )
    outlier_deviation = fields.Float(
        string="Above like claims (standard deviations)",
        default=3.0,
        tracking=True,
        help="Like claims have the same grade of station, request type and product"
        " category. An amount so far above their mean is looked at.",
    )
    outlier_months = fields.Integer(
        string="Like claims of (months)",
        default=PEER_MONTHS,
        help="The full months before the work that are compared.",
    )
    outlier_samples = fields.Integer(
        string="Least like claims",
        default=30,
        help="With fewer claims to compare nobody is blamed.",
    )
    overdue_returns = fields.Integer(
        string="Failed parts overdue",
        default=5,
        help="A station that owes so many failed parts is noted; 0 means never. A job"
        " whose own failed part is overdue is always looked at.",
    )
    sample_percent = fields.Float(
        string="Spot checks (%)",
        default=5.0,
        tracking=True,
        help="Share of faultless claims that a person looks at all the same.",
    )
    risk_amount = fields.Float(
        string="Large claim from",
        help="Claims of at least this amount bear full risk; 0 means none is large.",
    )
    risk_percent = fields.Float(
        string="Spot checks at full risk (%)",
        default=25.0,
        tracking=True,
        help="A large claim bears full risk. What the audit noted, a low score and"
        " claims of the station that persons had to change raise the share in"
        " proportion.",
    )

    _numbers_positive = models.Constraint(
        "CHECK(duplicate_days >= 0 AND labor_tolerance_percent >= 0"
        " AND mileage_tolerance_percent >= 0 AND mileage_free_km >= 0"
        " AND road_factor >= 1 AND report_hours >= 0 AND risk_amount >= 0"
        " AND repeat_days >= 0 AND hours_per_day >= 0 AND km_per_day >= 0"
        " AND expiry_days >= 0 AND outlier_deviation >= 0 AND outlier_samples >= 0"
        " AND outlier_months BETWEEN 0 AND 60 AND overdue_returns >= 0)",
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
        found = {company: self._find_policy_id(company.id) for company in companies}
        return {company: self.browse(key) for company, key in found.items() if key}

    @api.model
    @tools.ormcache("company_id")
    def _find_policy_id(self, company_id):
        """Id of the policy a company uses, else of the shared one; kept."""
        # Which policy holds is no secret; its numbers need the caller's own rights.
        policies = self.sudo().search(
            [("company_id", "in", [False, company_id]), ("is_draft", "=", False)]
        )
        return (policies.filtered("company_id") or policies)[:1].id

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
            repeat_days=self.repeat_days,
            hours_per_day=to_decimal(self.hours_per_day),
            km_per_day=to_decimal(self.km_per_day),
            expiry_days=self.expiry_days,
            outlier_deviation=to_decimal(self.outlier_deviation),
            outlier_samples=self.outlier_samples,
            overdue_returns=self.overdue_returns,
        )

    def _get_look_days(self):
        """How many days around a job its neighbours are read."""
        limits = self._prepare_thresholds()
        return max(limits.duplicate_days, limits.repeat_days)

    def _get_peer_months(self):
        """How many months before a job like claims are read."""
        return self.outlier_months if self else PEER_MONTHS

    def _prepare_draw(self, sample):
        """What draws the spot checks of this policy with the seed of ``sample``."""
        self.ensure_one()
        return sampling.Draw(
            sample_id=sample.id,
            seed=sample.seed,
            random=to_decimal(self.sample_percent),
            risky=to_decimal(self.risk_percent),
            large_from=to_decimal(self.risk_amount),
        )
