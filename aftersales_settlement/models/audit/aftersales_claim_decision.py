from odoo import api, fields, models
from odoo.api import SUPERUSER_ID
from odoo.exceptions import AccessError, LockError, UserError
from odoo.tools import format_amount

from ...tools import decision
from ..rate.aftersales_rate import to_decimal


class AftersalesClaim(models.Model):
    """What a person decides about a claim, and who may."""

    _inherit = "aftersales.claim"

    reason_id = fields.Many2one(
        "aftersales.claim.reason",
        string="Reason code",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )
    first_approved_by_id = fields.Many2one(
        "res.users",
        string="First approved by",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Above this person's limit: a second auditor has to agree.",
    )
    first_approved_at = fields.Datetime(
        string="First approved on",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )

    # === ACTIONS === #

    def action_approve(self):
        """Button: pay these claims as they stand."""
        return self._decide("approved")._tell_second_approval()

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
        """Button: look again at an approved (spot check) or rejected claim."""
        self._check_can_reopen()
        # Whoever may audit may reopen: checked above.
        claims = self.sudo()
        claims.line_ids._leave_open_sheet()
        claims._update_state(
            "review", approved_at=False, decided_at=False, decided_by_id=False
        )

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
        if self.state == "review" and self.first_approved_by_id == self.env.user:
            return self.env._(
                "You have approved this claim. It is above your limit, so another"
                " auditor has to agree."
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
        return users.filtered(lambda user: user.id != SUPERUSER_ID)

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
            claim._check_audit_obstacle()

    def _check_can_reopen(self):
        """Raise unless the user may send every one of these claims to review."""
        self._check_auditor()
        self._check_transition("review")
        for claim in self:
            claim._check_audit_obstacle()

    def _check_audit_obstacle(self):
        """Raise what keeps the user from deciding this claim, if anything does."""
        self.ensure_one()
        if obstacle := self._get_audit_obstacle():
            raise UserError(
                self.env._(
                    "%(claim)s: %(obstacle)s",
                    claim=self.display_name,
                    obstacle=obstacle,
                )
            )

    # === DECISIONS === #

    def _decide(self, target, reason=None, comment="", lines=None):
        """A person's decision on claims under review.

        :param target: ``approved`` (with ``lines`` where they are not paid as they
            stand), ``rejected`` or ``returned``
        :param reason: a reason code; required unless approved
        :param comment: what the station reads beside the reason
        :param dict lines: claim line → {decision, amount, reason, comment}
        :return: the claims; those above the user's limit wait for a second auditor
        """
        self._check_can_audit()
        # The user was checked as auditor of these claims above.
        claims = self.sudo()._lock_to_decide()
        reason = reason or self.env["aftersales.claim.reason"]
        if target == "approved":
            claims._approve(lines or {})
            return self
        claims._check_reason(target, reason)
        if target == "rejected":
            open_lines = claims.line_ids._get_undecided()
            open_lines._judge("rejected", 0.0, reason, comment)
            claims._finish_decision("rejected", reason, comment)
        else:
            claims._finish_decision("returned", reason, comment)
            for claim in claims:
                claim.work_order_id._return_for_claim(claim.decision_reason)
        return self

    def _lock_to_decide(self):
        """These claims, held so that two who press at once decide once.

        Whoever comes while the other still works is told; whoever comes after him
        with an older view of the row is refused by the database and tried again.
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Somebody else decides this claim just now. Look again.")
            ) from error
        return self

    def _check_reason(self, target, reason):
        """Raise unless ``reason`` is a code for this decision."""
        if reason.kind != {"rejected": "reject", "returned": "return"}[target]:
            raise UserError(self.env._("Say why: the station reads your reason."))

    def _approve(self, lines):
        """Pay these claims as ``lines`` say; what is above the limit waits."""
        limits = self._get_limits()
        changed = self.browse()
        for line, verdict in lines.items():
            if line.sudo()._judge_as(verdict):
                changed |= line.claim_id
        for claim in self:
            rest = claim.line_ids._get_undecided().filtered(
                lambda row: not row.decision
            )
            for row in rest:
                row._write_guarded(
                    {"decision": "adjusted" if row.is_adjusted else "approved"}
                )
            if decision.outcome(claim.line_ids.mapped("decision")) == "rejected":
                if claim not in changed:
                    raise UserError(
                        self.env._(
                            "Every line of %(claim)s is rejected: decide line by line.",
                            claim=claim.display_name,
                        )
                    )
                claim._finish_decision(
                    "rejected", claim.line_ids.reason_id[:1], "", claim._tell_lines()
                )
            elif claim._get_approval_step(limits, claim in changed) == "final":
                claim._finish_decision(
                    "approved", claim.line_ids.reason_id[:1], "", claim._tell_lines()
                )
            else:
                claim._write_guarded(
                    {
                        "first_approved_by_id": self.env.user.id,
                        "first_approved_at": fields.Datetime.now(),
                    }
                )

    def _get_limits(self):
        """{company: up to which amount the user approves alone, None for all}."""
        policies = self.env["aftersales.audit.policy"]._get_policies(self.company_id)
        return {
            company: policy._get_limit(self.env.user)
            for company, policy in policies.items()
        }

    def _get_approval_step(self, limits, is_changed):
        """Whether the user's approval is the last one: see the rule."""
        self.ensure_one()
        company = self.company_id
        amount = self.currency_id._convert(
            self.approved_amount, company.currency_id, company, company._get_today()
        )
        return decision.approval_step(
            amount=to_decimal(amount),
            limit=limits.get(company),
            user_id=self.env.user.id,
            first_user_id=self.first_approved_by_id.id or None,
            is_changed=is_changed,
        )

    def _tell_lines(self):
        """What the station reads of the lines that are not paid as claimed."""
        texts = self.line_ids.filtered("is_adjusted").mapped("adjust_reason")
        return " · ".join(dict.fromkeys(filter(None, texts)))

    def _finish_decision(self, target, reason, comment, text=None):
        """Move decided claims on. ``text``: what the station reads, else the reason."""
        now = fields.Datetime.now()
        for claim in self:
            vals = {
                "decided_at": now,
                "decided_by_id": self.env.user.id,
                "reason_id": reason.id,
                "decision_reason": text
                or (reason._tell(comment, claim.station_id.lang) if reason else False),
            }
            if target == "approved":
                vals["approved_at"] = now
            claim._update_state(target, **vals, **claim._prepare_clock_vals(target))

    def _prepare_clock_vals(self, _target):
        """Clocks that begin with a decision. May be extended."""
        self.ensure_one()
        return {}

    def _update_state(self, target, **vals):
        # A new look at a claim begins without the approvals of the last one.
        if target in ("review", "submitted"):
            vals = {"first_approved_by_id": False, "first_approved_at": False, **vals}
        return super()._update_state(target, **vals)

    def _tell_money(self):
        """Number and approved amount of one claim."""
        self.ensure_one()
        amount = format_amount(self.env, self.approved_amount, self.currency_id)
        return f"{self.name} ({amount})"

    def _tell_second_approval(self):
        """A notice where claims wait for a second auditor, else nothing."""
        waiting = self.filtered(
            lambda claim: claim.state == "review" and claim.first_approved_by_id
        )
        if not waiting:
            return None
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "Above your limit: a second auditor has to agree to %(claims)s.",
                    claims=", ".join(claim._tell_money() for claim in waiting),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }


class AftersalesClaimLine(models.Model):
    """One amount as an auditor decides it."""

    _inherit = "aftersales.claim.line"

    decision = fields.Selection(
        [("approved", "Approved"), ("adjusted", "Adjusted"), ("rejected", "Rejected")],
        readonly=True,
        copy=False,
        help="What a person decided; empty when the automatic audit passed it.",
    )
    reason_id = fields.Many2one(
        "aftersales.claim.reason",
        string="Reason code",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="base.group_user",
    )

    def _get_undecided(self):
        """Those of these lines on which a decision still has an effect."""
        return self.filtered(lambda line: not line.settlement_line_id)

    @api.model
    def _get_flaws(self):
        """Words for what the rule finds wrong with the decision on a line."""
        return {
            "negative": self.env._("An approved amount cannot be negative."),
            "reason_missing": self.env._("Say why: the station reads your reason."),
            "reason_wrong": self.env._("This reason is for another decision."),
        }

    def _judge_as(self, verdict):
        """Decide this line as ``verdict`` says; whether anything changed by it."""
        self.ensure_one()
        reason = verdict.get("reason") or self.env["aftersales.claim.reason"]
        kind, amount = verdict["decision"], verdict.get("amount", self.amount)
        if kind == "approved":
            amount = self.amount
        elif kind == "rejected":
            amount = 0.0
        flaw = decision.line_flaw(kind, to_decimal(amount), reason.kind or None)
        if flaw:
            raise UserError(
                self.env._(
                    "%(claim)s, %(line)s: %(flaw)s",
                    claim=self.claim_id.display_name,
                    line=self.display_name,
                    flaw=self._get_flaws()[flaw],
                )
            )
        is_same = (
            self.decision == kind
            and not self.currency_id.compare_amounts(amount, self.approved_amount)
            and not verdict.get("comment")
            and (kind == "approved" or self.reason_id == reason)
        )
        if is_same:
            return False
        self._judge(kind, amount, reason, verdict.get("comment"))
        return True

    def _judge(self, kind, amount, reason, comment):
        """Write one decision on all of these lines.

        :raise UserError: a line is on a sheet
        """
        reason = reason if kind != "approved" else reason.browse()
        for lang, lines in self.grouped(lambda line: line.station_id.lang).items():
            text = reason._tell(comment, lang) if reason else False
            lines._adjust(amount, text)
        self._write_guarded({"decision": kind, "reason_id": reason.id})
