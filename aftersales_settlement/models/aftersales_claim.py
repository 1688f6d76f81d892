from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
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
        "returned": ("submitted",),
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
        "work_date",
        "is_internal_team",
        "warranty_decision_id",
        "submitted_at",
        "submitted_by_id",
        "approved_at",
        "decided_at",
        "decided_by_id",
        "decision_reason",
        "audit_facts",
        "is_sampled",
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
        "aftersales.work.order", required=True, readonly=True, ondelete="restrict"
    )
    ticket_id = fields.Many2one(
        related="work_order_id.ticket_id", store=True, index=True
    )
    request_type_id = fields.Many2one(
        related="work_order_id.request_type_id", store=True
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
        "aftersales.warranty.decision", readonly=True, groups="base.group_user"
    )
    warranty_result = fields.Selection(
        related="warranty_decision_id.result",
        string="Warranty",
        groups="base.group_user",
    )

    # The money.
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    rate_card_id = fields.Many2one(
        "aftersales.rate.card",
        readonly=True,
        ondelete="restrict",
        groups="base.group_user",
    )
    line_ids = fields.One2many("aftersales.claim.line", "claim_id", readonly=True)
    amount = fields.Monetary(
        compute="_compute_amount", store=True, help="What the rates come to."
    )
    approved_amount = fields.Monetary(
        compute="_compute_amount", store=True, help="What is paid after the audit."
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
    submitted_at = fields.Datetime(readonly=True, copy=False)
    submitted_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        "res.users",
        string="Auditor",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Empty when the automatic audit decided.",
    )
    decision_reason = fields.Char(readonly=True, copy=False)
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

    @api.depends("state", "line_ids.settlement_id")
    @api.depends_context("uid")
    def _compute_can_audit(self):
        for claim in self:
            hint = claim._get_audit_obstacle()
            claim.audit_hint = hint if claim.state in ("review", "approved") else False
            claim.can_audit = claim.state == "review" and not hint
            claim.can_reopen = claim.state in ("approved", "rejected") and not hint

    def _compute_access_url(self):
        for claim in self:
            claim.access_url = "/my/settlements"

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

    def action_approve(self):
        """Button: pay these claims as they stand."""
        self._decide("approved")

    def action_decide(self):
        """Button: adjust, reject or return, with the reason in a dialog."""
        self._check_can_audit()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Decide"),
            "res_model": "aftersales.claim.decision",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_claim_ids": self.ids,
                "default_decision": self.env.context.get("decision", "adjust"),
            },
        }

    def action_reopen(self):
        """Button: look again at an approved (spot check) or rejected claim (appeal)."""
        self._check_can_reopen()
        # Whoever may audit may reopen: checked above.
        claims = self.sudo()
        claims.line_ids._leave_open_sheet()
        claims._update_state(
            "review", approved_at=False, decided_at=False, decided_by_id=False
        )

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

    # === WHO MAY DECIDE === #

    def _get_audit_obstacle(self):
        """Why the present user must not decide this claim, as a sentence, or False.

        May be extended; whoever had a hand in the job or the claim never judges it.
        """
        self.ensure_one()
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_auditor"
        ):
            return self.env._("Only auditors decide claims.")
        if self.env.user in self._get_touched_users():
            return self.env._(
                "You had a hand in this job, so another auditor has to decide."
            )
        return False

    def _get_touched_users(self):
        """Users who had a hand in the job or its claim; the station's are always."""
        self.ensure_one()
        # Who did what is asked past the border; only the comparison leaves.
        claim = self.sudo()
        station = claim.station_id.commercial_partner_id
        users = (
            claim.create_uid
            | claim.submitted_by_id
            | claim.work_order_id.create_uid
            | claim.ticket_id.create_uid
            | claim.ticket_id.user_id
        )
        if self.env.user.partner_id.commercial_partner_id == station:
            users |= self.env.user
        # The scheduler is nobody.
        return users - self.env.ref("base.user_root")

    def _check_auditor(self):
        """Raise unless the user is an auditor who may see these claims."""
        if not self.env.user.has_group(
            "aftersales_settlement.group_settlement_auditor"
        ):
            raise AccessError(self.env._("Only auditors decide claims."))
        self.check_access("read")

    def _check_can_audit(self):
        """Raise unless the user may decide every one of these claims now."""
        self._check_auditor()
        for claim in self:
            if claim.state != "review":
                claim._check_transition("rejected")
            if obstacle := claim._get_audit_obstacle():
                raise UserError(f"{claim.display_name}: {obstacle}")

    def _check_can_reopen(self):
        """Raise unless the user may send every one of these claims to review."""
        self._check_auditor()
        self._check_transition("review")
        for claim in self:
            if obstacle := claim._get_audit_obstacle():
                raise UserError(f"{claim.display_name}: {obstacle}")

    # === DECISIONS === #

    def _decide(self, target, reason=False, amounts=None):
        """A person's decision on claims under review.

        :param target: ``approved``, ``rejected`` or ``returned``
        :param reason: required unless approved as it stands
        :param dict amounts: claim line → approved amount, where a line is adjusted
        """
        self._check_can_audit()
        if not reason and (target != "approved" or amounts):
            raise UserError(self.env._("Say why: the station reads your reason."))
        # The user was checked as auditor of these claims above.
        claims = self.sudo()
        for line, amount in (amounts or {}).items():
            line.sudo()._adjust(amount, reason)
        if target == "rejected":
            claims.line_ids.filtered(lambda line: not line.settlement_line_id)._adjust(
                0.0, reason
            )
        vals = {
            "decided_at": fields.Datetime.now(),
            "decided_by_id": self.env.user.id,
            "decision_reason": reason,
        }
        if target == "approved":
            vals["approved_at"] = vals["decided_at"]
        claims._update_state(target, **vals)
        if target == "returned":
            claims.work_order_id._return_for_claim(reason)

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

    def _settle_done(self):
        """Claims of which everything is on confirmed sheets are settled for good."""
        done = self.filtered(
            lambda claim: (
                claim.state == "approved"
                and all(line._is_settled() for line in claim.line_ids)
            )
        )
        done._update_state("settled")
        return done

    @api.model
    def _get_to_audit_domain(self):
        """Claims that wait for the automatic audit."""
        return Domain("state", "=", "submitted")
