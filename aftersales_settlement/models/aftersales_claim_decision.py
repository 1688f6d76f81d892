from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class AftersalesClaim(models.Model):
    """What a person decides about a claim, and who may."""

    _inherit = "aftersales.claim"

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
