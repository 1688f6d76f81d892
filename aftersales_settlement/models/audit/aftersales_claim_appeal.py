from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...tools import decision

REASON_LENGTH = 500
"""Longest reason of an appeal, in characters; what is longer is cut."""


class AftersalesClaim(models.Model):
    """A station appeals against a decision: once, in time, and another one answers."""

    _inherit = "aftersales.claim"

    appeal_by = fields.Date(
        string="Appeal until",
        readonly=True,
        copy=False,
        help="Until when the station may appeal against the decision.",
    )
    appealed_at = fields.Datetime(
        string="Appealed on", readonly=True, copy=False, index="btree_not_null"
    )
    appealed_by_id = fields.Many2one(
        "res.users",
        string="Appealed by",
        readonly=True,
        copy=False,
        groups="base.group_user",
    )
    appealed_auditor_id = fields.Many2one(
        "res.users",
        string="Decision of",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Who made the decision the station appeals against; another one answers.",
    )
    appeal_reason = fields.Char(string="Appeal", readonly=True, copy=False)
    appeal_answer_by = fields.Date(
        string="Answer the appeal until",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    def _prepare_clock_vals(self, target):
        vals = super()._prepare_clock_vals(target)
        vals["appeal_answer_by"] = False
        if self._is_reduced() and not self.appealed_at:
            today = self.company_id._get_today()
            days = self._get_policy().appeal_days
            vals["appeal_by"] = decision.clock_end(today, days)
        return vals

    def _is_reduced(self):
        """Whether less is paid than was claimed."""
        self.ensure_one()
        return self.state == "rejected" or any(
            line.currency_id.compare_amounts(line.approved_amount, line.amount) < 0
            for line in self.line_ids
        )

    def _update_state(self, target, **vals):
        if target in ("review", "submitted"):
            vals = {"appeal_by": False, **vals}
        if target == "submitted":
            # A corrected report is a new round with an appeal of its own.
            vals |= {
                "reason_id": False,
                "appealed_at": False,
                "appealed_by_id": False,
                "appealed_auditor_id": False,
                "appeal_reason": False,
                "appeal_answer_by": False,
            }
        return super()._update_state(target, **vals)

    # === THE STATION === #

    def _get_appeal_obstacle(self):
        """Why the station cannot appeal now, as a code of the rule, or None."""
        self.ensure_one()
        sheets = self.line_ids.settlement_id
        return decision.appeal_obstacle(
            decision.AppealFacts(
                state=self.state,
                is_reduced=self._is_reduced(),
                today=self.company_id._get_today(),
                appeal_by=self.appeal_by or None,
                has_appealed=bool(self.appealed_at),
                is_on_sheet=bool(sheets - self._get_open_sheets()),
            )
        )

    def _tell_appeal_obstacle(self, code):
        """The sentence of one code."""
        texts = {
            "not_decided": self.env._("Nothing is decided on this claim yet."),
            "not_reduced": self.env._("Everything you claimed is paid."),
            "answered": self.env._(
                "Your appeal was answered; this decision is the last one."
            ),
            "on_sheet": self.env._(
                "This claim is on a settlement: dispute its line there."
            ),
            "too_late": self.env._("The time to appeal is over."),
        }
        return texts[code]

    def _appeal(self, user, reason):
        """The station's ``user`` appeals; another auditor looks at the claim.

        The caller has checked that the claim is the user's station's.
        :raise UserError: it may not, or no longer
        """
        self.ensure_one()
        reason = " ".join((reason or "").split())[:REASON_LENGTH]
        if not reason:
            raise UserError(self.env._("Say what is wrong with the decision."))
        self._lock_to_decide()
        if code := self._get_appeal_obstacle():
            raise UserError(self._tell_appeal_obstacle(code))
        self.line_ids._leave_open_sheet()
        today = self.company_id._get_today()
        days = self._get_policy().appeal_answer_days
        self._update_state(
            "review",
            approved_at=False,
            decided_at=False,
            appealed_at=fields.Datetime.now(),
            appealed_by_id=user.id,
            appealed_auditor_id=self.decided_by_id.id,
            appeal_reason=reason,
            appeal_answer_by=decision.clock_end(today, days),
            decided_by_id=False,
        )
        self.message_post(
            body=self.env._("The station appeals: %(reason)s", reason=reason),
            author_id=user.partner_id.id,
        )
        self.env["aftersales.claim.finding"].create(
            {
                "claim_id": self.id,
                "code": "appeal",
                "severity": "review",
                "params": {"reason": reason},
            }
        )

    # === THE AUDITOR === #

    def action_reopen(self):
        result = super().action_reopen()
        # A decision of the auditor's own motion may be appealed again.
        self.sudo()._write_guarded({"appealed_at": False, "appeal_answer_by": False})
        return result

    def _get_audit_obstacle(self):
        obstacle = super()._get_audit_obstacle()
        if (
            not obstacle
            and self.state == "review"
            and self.appealed_auditor_id == self.env.user
        ):
            return self.env._(
                "The station appeals against your decision, so another auditor has to"
                " answer."
            )
        return obstacle

    def _get_clocks(self):
        return super()._get_clocks() | {"review": "appeal_answer_by"}

    def _finish_decision(self, target, reason, comment, text=None):
        result = super()._finish_decision(target, reason, comment, text)
        for claim in self.filtered(lambda claim: claim.state != "returned"):
            claim._tell_station()
        return result

    def _reject_unanswered(self):
        super()._reject_unanswered()
        self._tell_station()

    def _tell_station(self):
        """A message to the station where it gets less than it claimed."""
        self.ensure_one()
        if not self._is_reduced():
            return
        claim = self.with_context(lang=self.station_id.lang)
        text = claim.env._(
            "%(claim)s: %(amount)s of %(claimed)s is paid. %(reason)s",
            claim=self.name,
            amount=self.currency_id.format(self.approved_amount),
            claimed=self.currency_id.format(self.amount),
            reason=self.decision_reason or "",
        )
        if self.appeal_by and not self.appealed_at:
            day = format_date(claim.env, self.appeal_by)
            text = " ".join(
                [text, claim.env._("You may appeal until %(day)s.", day=day)]
            )
        self.message_post(
            body=text,
            partner_ids=self.station_id.ids,
            subtype_xmlid="mail.mt_comment",
        )


class AftersalesClaimFinding(models.Model):
    """What the station says against a decision, as the auditor finds it."""

    _inherit = "aftersales.claim.finding"

    code = fields.Selection(
        selection_add=[("appeal", "Appeal")], ondelete={"appeal": "cascade"}
    )

    def _tell_appeal(self, params):
        return self.env._(
            "The station appeals: %(reason)s", reason=params.get("reason", "")
        )
