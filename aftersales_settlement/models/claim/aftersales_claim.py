from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class AftersalesClaim(models.Model):
    """What a station is to be paid for one work order, and who agreed to it."""

    _name = "aftersales.claim"
    _description = "Claim"
    _inherit = [
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "aftersales.state.mixin",
    ]
    _order = "id desc"

    TRANSITIONS = {
        "draft": ("submitted",),
        "submitted": ("approved", "review"),
        "review": ("approved", "rejected", "returned"),
        "returned": ("submitted", "rejected"),
        "approved": ("review", "settled"),
        "rejected": ("review",),
        "settled": (),
    }
    _guarded_fields = (
        "state",
        "work_order_id",
        "station_id",
        "currency_id",
        "rate_card_id",
        "authorisation_limit",
        "authorised_amount",
        "work_date",
        "is_internal_team",
        "is_chargeable",
        "warranty_decision_id",
        "submitted_at",
        "submitted_by_id",
        "approved_at",
        "decided_at",
        "decided_by_id",
        "decision_reason",
        "reason_id",
        "first_approved_by_id",
        "first_approved_at",
        "answer_by",
        "is_deadline_told",
        "appeal_by",
        "appealed_at",
        "appealed_by_id",
        "appealed_auditor_id",
        "appeal_reason",
        "appeal_answer_by",
        "audit_facts",
        "is_sampled",
        "sample_id",
        "sample_facts",
    )

    name = fields.Char(string="Number", default="/", readonly=True, copy=False)
    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("submitted", "Submitted"),
            ("review", "Manual review"),
            ("returned", "Returned to station"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("settled", "Settled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )

    # The job; what may change on it later is kept here as it was.
    work_order_id = fields.Many2one(
        "aftersales.work.order",
        string="Work order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    ticket_id = fields.Many2one(
        related="work_order_id.ticket_id", store=True, index=True
    )
    request_type_id = fields.Many2one(
        related="work_order_id.request_type_id", store=True, string="Request type"
    )
    unit_id = fields.Many2one(related="work_order_id.unit_id", store=True, index=True)
    product_id = fields.Many2one(
        related="work_order_id.product_id", store=True, string="Model"
    )
    territory_id = fields.Many2one(
        related="work_order_id.territory_id",
        store=True,
        index=True,
        groups="base.group_user",
    )
    company_id = fields.Many2one(
        related="work_order_id.company_id", store=True, index=True
    )
    station_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True
    )
    is_internal_team = fields.Boolean(
        string="Own team",
        readonly=True,
        help="Work of an office's own technicians: costed, never paid out.",
    )
    work_date = fields.Date(
        string="Work done on",
        readonly=True,
        required=True,
        help="Day in the company's time zone; rates and multiplier are those of it.",
    )
    warranty_decision_id = fields.Many2one(
        "aftersales.warranty.decision",
        string="Warranty decision",
        readonly=True,
        groups="base.group_user",
    )
    component_id = fields.Many2one(related="work_order_id.component_id")
    symptom_id = fields.Many2one(related="work_order_id.symptom_id")
    cause_id = fields.Many2one(related="work_order_id.cause_id")
    remedy_id = fields.Many2one(related="work_order_id.remedy_id")
    labor_hours = fields.Float(related="work_order_id.labor_hours")
    travel_km = fields.Float(related="work_order_id.travel_km")
    reported_at = fields.Datetime(
        related="work_order_id.reported_at", string="Reported on"
    )
    work_text = fields.Text(related="work_order_id.work_text")
    photo_ids = fields.Many2many(related="work_order_id.photo_ids")
    warranty_result = fields.Selection(
        related="warranty_decision_id.result",
        string="Warranty",
        groups="base.group_user",
    )

    # The money.
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    rate_card_id = fields.Many2one(
        "aftersales.rate.card",
        string="Rate card",
        readonly=True,
        ondelete="restrict",
        groups="base.group_user",
    )
    line_ids = fields.One2many("aftersales.claim.line", "claim_id", readonly=True)
    amount = fields.Monetary(
        compute="_compute_amount", store=True, help="What the rates come to."
    )
    approved_amount = fields.Monetary(
        string="Approved amount",
        compute="_compute_amount",
        store=True,
        help="What is paid after the audit.",
    )

    # Consent given before the repair, as it was when the claim was handed in.
    authorisation_limit = fields.Monetary(
        readonly=True,
        groups="base.group_user",
        help="Above this amount the repair needed consent; 0 means never.",
    )
    authorised_amount = fields.Monetary(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What was granted before the repair; 0 means nothing.",
    )

    # The audit.
    finding_ids = fields.One2many("aftersales.claim.finding", "claim_id", readonly=True)
    finding_count = fields.Integer(
        compute="_compute_findings", groups="base.group_user"
    )
    finding_text = fields.Char(
        string="Findings", compute="_compute_findings", groups="base.group_user"
    )
    audit_facts = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="What the automatic audit knew.",
    )
    is_sampled = fields.Boolean(
        string="Spot check",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Drawn for a person to look at although the audit found nothing.",
    )
    sample_id = fields.Many2one(
        "aftersales.audit.sample",
        string="Spot checks of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    sample_facts = fields.Json(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The rate at which this claim was drawn, and its risks.",
    )
    submitted_at = fields.Datetime(string="Handed in on", readonly=True, copy=False)
    submitted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    approved_at = fields.Datetime(string="Approved on", readonly=True, copy=False)
    decided_at = fields.Datetime(string="Decided on", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        "res.users",
        string="Auditor",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Empty when the automatic audit decided.",
    )
    decision_reason = fields.Char(string="Reason", readonly=True, copy=False)
    settlement_ids = fields.Many2many(
        "aftersales.settlement",
        string="Settlements",
        compute="_compute_settlement_ids",
        compute_sudo=False,
    )

    # One button, one predicate.
    can_audit = fields.Boolean(compute="_compute_can_audit")
    can_reopen = fields.Boolean(compute="_compute_can_audit")
    audit_hint = fields.Char(compute="_compute_can_audit")

    _work_order_uniq = models.UniqueIndex(
        "(work_order_id)", "This work order has a claim already."
    )
    _name_uniq = models.UniqueIndex("(company_id, name)", "This number is taken.")
    _to_settle_idx = models.Index(
        "(company_id, approved_at, station_id) WHERE state = 'approved'"
    )

    @api.depends("line_ids.amount", "line_ids.approved_amount")
    def _compute_amount(self):
        for claim in self:
            claim.amount = sum(claim.line_ids.mapped("amount"))
            claim.approved_amount = sum(claim.line_ids.mapped("approved_amount"))

    @api.depends("finding_ids.text")
    @api.depends_context("lang")
    def _compute_findings(self):
        for claim in self:
            claim.finding_count = len(claim.finding_ids)
            claim.finding_text = " ".join(claim.finding_ids.mapped("text"))

    @api.depends("line_ids.settlement_id")
    def _compute_settlement_ids(self):
        for claim in self:
            claim.settlement_ids = claim.line_ids.settlement_id

    @api.depends("state", "line_ids.settlement_id", "first_approved_by_id")
    @api.depends_context("uid")
    def _compute_can_audit(self):
        for claim in self:
            hint = claim._get_audit_obstacle()
            claim.audit_hint = hint if claim.state in ("review", "approved") else False
            claim.can_audit = claim.state == "review" and not hint
            claim.can_reopen = claim.state in ("approved", "rejected") and not hint

    def _compute_access_url(self):
        for claim in self:
            claim.access_url = f"/my/claims/{claim.id}"

    @api.model_create_multi
    def create(self, vals_list):
        numbers = self.env["ir.sequence"]._next_numbers(
            "aftersales.claim", len(vals_list)
        )
        for vals, number in zip(vals_list, numbers, strict=True):
            vals["name"] = number
        return super().create(vals_list)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        for claim in self:
            if claim.state != "draft":
                raise UserError(
                    self.env._("%(claim)s cannot be deleted.", claim=claim.display_name)
                )

    # === ACTIONS === #

    def action_audit(self):
        """Button: run the automatic audit now."""
        self._check_auditor()
        # The rule decides, not the user: he only starts it.
        self.sudo()._audit()

    def action_view_settlements(self):
        """Smart button: the sheets this claim is on."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settlements"),
            "res_model": "aftersales.settlement",
            "view_mode": "list,form",
            "domain": [("id", "in", self.settlement_ids.ids)],
        }

    # === LIFE === #

    def _submit(self):
        """Hand in priced claims; the automatic audit follows by itself."""
        self._update_state(
            "submitted",
            submitted_at=fields.Datetime.now(),
            submitted_by_id=self.env.uid,
            approved_at=False,
            decided_at=False,
            decided_by_id=False,
            decision_reason=False,
            is_sampled=False,
        )
        cron = self.env.ref(
            "aftersales_settlement.ir_cron_claim_audit", raise_if_not_found=False
        )
        if cron and self:
            cron.sudo()._trigger()

    def _return_with_order(self, reason):
        """The job goes back to its station: its claim goes with it.

        :raise UserError: money of the claim is on a sheet the station has.
        """
        claims = self.filtered(lambda claim: claim.state != "returned")
        for claim in claims:
            if claim.line_ids.settlement_id - claim._get_open_sheets():
                raise UserError(
                    self.env._(
                        "%(claim)s is settled: what was wrong comes back as a"
                        " clawback.",
                        claim=claim.display_name,
                    )
                )
        claims.line_ids._leave_open_sheet()
        claims.filtered(lambda claim: claim.state != "review")._update_state("review")
        claims._update_state("returned", decision_reason=reason)

    def _get_open_sheets(self):
        """Sheets of these claims that are not sent yet."""
        return self.line_ids.settlement_id.filtered(
            lambda sheet: sheet.state in ("draft", "computed")
        )

    @api.model
    def _get_to_audit_domain(self):
        """Claims that wait for the automatic audit."""
        return Domain("state", "=", "submitted")
