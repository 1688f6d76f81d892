from datetime import timedelta

from odoo import fields, models

# Where there is no policy.
HOLD_DAYS = 30


class AftersalesAuditPolicy(models.Model):
    """A policy says which of its checks persons mostly overturn."""

    _inherit = "aftersales.audit.policy"

    overturn_percent = fields.Float(
        string="Too strict from (%)",
        default=70.0,
        help="A check is named when persons approved at least this share of its claims"
        " as they stood.",
    )
    overturn_least = fields.Integer(
        string="Least decisions", default=20, help="With fewer nothing is said."
    )
    overturn_days = fields.Integer(string="Decisions of (days)", default=180)
    hold_days = fields.Integer(
        string="Days a signal suspends approval",
        default=HOLD_DAYS,
        help="After a signal about quality, claims of the component, model or build go"
        " to a person for so many days.",
    )
    notice = fields.Html(
        compute="_compute_notice",
        sanitize=False,
        help="Checks that are often overturned.",
    )

    _overturn_valid = models.Constraint(
        "CHECK(overturn_percent BETWEEN 0 AND 100 AND overturn_least >= 0"
        " AND overturn_days >= 0 AND hold_days >= 0)",
        "A share lies between 0 and 100 %, numbers are not negative.",
    )

    def _get_hold_days(self):
        """How many days a signal suspends approval."""
        return self.hold_days if self else HOLD_DAYS

    def _compute_notice(self):
        for policy in self:
            policy.notice = self.env["ir.qweb"]._render(
                "aftersales_settlement.rate_card_notice",
                {"sentences": policy._tell_overturned()},
            )

    def _tell_overturned(self):
        """One sentence for each check that persons mostly overturn."""
        self.ensure_one()
        Report = self.env["aftersales.audit.check.report"]
        if not Report.has_access("read"):
            return []
        labels = dict(Report._fields["code"]._description_selection(self.env))
        since = fields.Datetime.now() - timedelta(days=self.overturn_days)
        domain = [("decided_at", ">=", since), ("decided_count", "=", 1)]
        if self.company_id:
            domain.append(("company_id", "=", self.company_id.id))
        rows = Report._read_group(
            [*domain, ("code", "!=", "spot_check")],
            ["code"],
            ["decided_count:sum", "overturned_count:sum"],
        )
        return [
            self.env._(
                "%(check)s: persons approved %(overturned)s of %(decided)s claims as"
                " they stood. The check may be too strict.",
                check=labels.get(code, code),
                overturned=overturned,
                decided=decided,
            )
            for code, decided, overturned in rows
            if decided >= self.overturn_least
            and overturned * 100 >= self.overturn_percent * decided
        ]
