from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import decision

BATCH = 200


class AftersalesClaim(models.Model):
    """Clocks of a claim: until when a station answers, and an auditor an appeal."""

    _inherit = "aftersales.claim"

    answer_by = fields.Date(
        string="Answer until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Until when the station corrects a claim that was returned to it.",
    )
    is_deadline_told = fields.Boolean(
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="Somebody was told that a clock of this claim is over.",
    )

    def _get_policy(self):
        """The audit policy of this claim's company, or an empty one."""
        self.ensure_one()
        Policy = self.env["aftersales.audit.policy"]
        return Policy._get_policies(self.company_id).get(self.company_id, Policy)

    def _prepare_clock_vals(self, target):
        vals = super()._prepare_clock_vals(target)
        if target == "returned":
            vals |= self._prepare_return_vals()
        return vals

    def _prepare_return_vals(self):
        """The clock of a claim that goes back to its station today."""
        self.ensure_one()
        today = self.company_id._get_today()
        return {
            "answer_by": decision.clock_end(today, self._get_policy().return_days),
            "is_deadline_told": False,
        }

    def _return_with_order(self, reason):
        fresh = self.filtered(lambda claim: claim.state != "returned")
        super()._return_with_order(reason)
        for claim in fresh:
            claim._write_guarded(claim._prepare_return_vals())

    def _update_state(self, target, **vals):
        if target in ("review", "submitted"):
            vals = {"answer_by": False, "is_deadline_told": False, **vals}
        return super()._update_state(target, **vals)

    # === WHEN A CLOCK IS OVER === #

    @api.model
    def _cron_deadline(self):
        """See to claims whose clock is over, in committed batches."""
        domain = self._get_overdue_domain()
        self.env["ir.cron"]._commit_progress(remaining=self.search_count(domain))
        after = 0
        while claims := self.search(
            domain & Domain("id", ">", after), limit=BATCH, order="id"
        ):
            after = claims[-1].id
            claims.try_lock_for_update(allow_referencing=True)._see_to_deadline()
            if not self.env["ir.cron"]._commit_progress(len(claims)):
                break

    @api.model
    def _get_overdue_domain(self):
        """Claims of which a clock may be over and nobody was told.

        The last time zone decides: each company's own day is asked again.
        """
        today = fields.Date.context_today(self.with_context(tz="Pacific/Kiritimati"))
        return Domain("is_deadline_told", "=", False) & Domain.OR(
            Domain("state", "=", state) & Domain(day, "<", today)
            for state, day in self._get_clocks().items()
        )

    @api.model
    def _get_clocks(self):
        """{state: the day until which somebody has to act}. May be extended."""
        return {"returned": "answer_by"}

    def _get_due_day(self):
        """Last day of the clock that runs on this claim now, or None."""
        self.ensure_one()
        day = self._get_clocks().get(self.state)
        return (self[day] or None) if day else None

    def _see_to_deadline(self):
        """Reject, or tell somebody, as the policy says."""
        for claim in self:
            today = claim.company_id._get_today()
            if not decision.is_over(claim._get_due_day(), today):
                continue
            if claim.state == "returned" and (
                claim._get_policy().return_expiry == "reject"
            ):
                claim._reject_unanswered()
            else:
                claim._remind_of_deadline()

    def _reject_unanswered(self):
        """Nothing came back in time: the claim is worth nothing."""
        self.ensure_one()
        claim = self.with_context(lang=self.station_id.lang)
        text = claim.env._(
            "Not corrected until %(day)s.",
            day=format_date(claim.env, self.answer_by),
        )
        lines = self.line_ids._get_undecided()
        lines._adjust(0.0, text)
        lines._write_guarded({"decision": "rejected"})
        self._update_state(
            "rejected",
            decided_at=fields.Datetime.now(),
            decision_reason=text,
            is_deadline_told=True,
            **self._prepare_clock_vals("rejected"),
        )

    def _remind_of_deadline(self):
        """An activity for whom the policy names."""
        self.ensure_one()
        user = self._get_deadline_user()
        claim = self.with_context(lang=user.lang)
        summary = (
            claim.env._("The station has not corrected this claim in time.")
            if self.state == "returned"
            else claim.env._("The station's appeal is not answered in time.")
        )
        if user:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self._get_due_day(),
                summary=summary,
                user_id=user.id,
            )
        self._write_guarded({"is_deadline_told": True})

    def _get_deadline_user(self):
        """Who is told: see the policy's help. May be extended."""
        self.ensure_one()
        managers = self.env.ref("aftersales_settlement.group_settlement_manager")
        users = (
            self._get_policy().deadline_user_id
            or self.decided_by_id
            or managers.all_user_ids.filtered(
                lambda user: user.active and self.company_id in user.company_ids
            ).sorted("id")
        )
        return users.filtered("active")[:1]
