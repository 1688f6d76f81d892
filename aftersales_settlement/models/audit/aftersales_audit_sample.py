from collections import defaultdict
from decimal import Decimal
from secrets import token_hex

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import sampling


class AftersalesAuditSample(models.Model):
    """The spot checks of a month: their seed, and what came of them.

    The seed is thrown when the month's first claim is audited, so nobody knows before
    who will be drawn; afterwards anybody can draw again and finds the same claims.
    """

    _name = "aftersales.audit.sample"
    _description = "Spot checks of a month"
    _inherit = ["aftersales.state.mixin"]
    _order = "month desc, id desc"

    _guarded_fields = ("policy_id", "company_id", "month", "seed")

    policy_id = fields.Many2one(
        "aftersales.audit.policy", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    month = fields.Date(
        required=True, readonly=True, help="First day of the month of the audit."
    )
    seed = fields.Char(
        required=True,
        readonly=True,
        help="The draw of a claim is the SHA-256 hash of this seed, a slash and the"
        " claim's id.",
    )
    claim_ids = fields.One2many("aftersales.claim", "sample_id", readonly=True)
    claim_count = fields.Integer(
        string="In order",
        compute="_compute_counts",
        help="Claims the automatic audit would have approved.",
    )
    drawn_count = fields.Integer(string="Drawn", compute="_compute_counts")
    decided_count = fields.Integer(
        string="Looked at", compute="_compute_counts", help="Decided by a person."
    )
    changed_count = fields.Integer(
        string="Changed",
        compute="_compute_counts",
        help="Adjusted or rejected: what the automatic audit did not see.",
    )

    _month_uniq = models.UniqueIndex(
        "(company_id, policy_id, month)", "This month has its spot checks already."
    )

    @api.depends("month", "policy_id.name")
    def _compute_display_name(self):
        for sample in self:
            month = sample.month and f"{sample.month:%Y-%m}"
            sample.display_name = f"{month} {sample.policy_id.name or ''}".strip()

    @api.depends("claim_ids.is_sampled", "claim_ids.state")
    def _compute_counts(self):
        self.env["aftersales.claim"].flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT sample_id, count(*), count(*) FILTER (WHERE is_sampled),"
                " count(*) FILTER (WHERE is_sampled AND decided_by_id IS NOT NULL),"
                " count(*) FILTER (WHERE is_sampled AND decided_by_id IS NOT NULL"
                " AND (state = 'rejected' OR approved_amount <> amount))"
                " FROM aftersales_claim WHERE sample_id = ANY(%s) GROUP BY sample_id",
                self.ids,
            )
        )
        counts = defaultdict(lambda: (0, 0, 0, 0), {row[0]: row[1:] for row in rows})
        for sample in self:
            (
                sample.claim_count,
                sample.drawn_count,
                sample.decided_count,
                sample.changed_count,
            ) = counts[sample.id]

    def action_open_drawn(self):
        """Smart button: the claims that were drawn."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "aftersales_settlement.claim_action"
        )
        domain = [("sample_id", "=", self.id), ("is_sampled", "=", True)]
        return {**action, "domain": domain, "context": {}}

    def action_redraw(self):
        """Button: draw again from seed and risks as they were; tell what differs."""
        self.check_access("read")
        different = self._find_differences()
        if different:
            message = self.env._(
                "Not as it was: %(claims)s.", claims=", ".join(different.mapped("name"))
            )
        else:
            message = self.env._(
                "%(claims)s claims, %(drawn)s drawn: the draw is as it was.",
                claims=sum(self.mapped("claim_count")),
                drawn=sum(self.mapped("drawn_count")),
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if different else "success",
                "message": message,
                "sticky": bool(different),
            },
        }

    def _find_differences(self):
        """Claims whose draw does not come out as it was written down."""
        Claim = self.env["aftersales.claim"]
        different = Claim.browse()
        for sample in self:
            rows = Claim.search_fetch(
                [("sample_id", "=", sample.id)], ["sample_facts", "is_sampled"]
            )
            different |= rows.filtered(
                lambda claim, seed=sample.seed: (
                    claim.is_sampled
                    != sampling.is_drawn(
                        sampling.key(seed, claim.id),
                        Decimal(claim.sample_facts["percent"]),
                    )
                )
            )
        return different

    @api.model
    def _get_samples(self, policies):
        """{company: this month's sample of its policy}, made where it is missing."""
        if not policies:
            return {}
        months = {company: company._get_today().replace(day=1) for company in policies}
        self.flush_model()
        # Two audits at once make one sample: the unique index decides.
        self.env.cr.execute(
            SQL(
                "INSERT INTO aftersales_audit_sample (policy_id, company_id, month,"
                " seed, create_uid, write_uid, create_date, write_date) VALUES %s"
                " ON CONFLICT DO NOTHING",
                SQL(", ").join(
                    SQL(
                        "(%(policy)s, %(company)s, %(month)s, %(seed)s, %(uid)s,"
                        " %(uid)s, %(now)s, %(now)s)",
                        policy=policy.id,
                        company=company.id,
                        month=months[company],
                        seed=token_hex(16),
                        uid=self.env.uid,
                        now=fields.Datetime.now(),
                    )
                    for company, policy in policies.items()
                ),
            )
        )
        found = self.search(
            [
                ("company_id", "in", [company.id for company in policies]),
                ("month", "in", list(months.values())),
            ]
        )
        known = {(s.company_id, s.policy_id, s.month): s for s in found}
        return {
            company: known[company, policy, months[company]]
            for company, policy in policies.items()
        }
