from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

BATCH = 500
#: A visit is planned so many days before it is due.
AHEAD_DAYS = 14
#: What was due longer ago than this when a rule is first used is left alone.
LATE_DAYS = 60


class AftersalesFollowup(models.Model):
    """Some time after a machine was sold its owner is asked, or visited: once."""

    _inherit = "aftersales.followup"

    # Once per rule and machine, whatever runs twice.
    _rule_unit_uniq = models.UniqueIndex(
        "(rule_id, unit_id) WHERE ticket_id IS NULL AND unit_id IS NOT NULL"
    )

    @api.model
    def _cron_create_for_sales(self):
        """Make what the rules ask for after a sale, in committed batches."""
        rules = self.env["aftersales.followup.rule"].search([("event", "=", "sale")])
        cron = self.env["ir.cron"]
        for rule in rules:
            while created := self._create_for_sales(rule, BATCH):
                if not cron._commit_progress(len(created)):
                    return

    @api.model
    def _create_for_sales(self, rule, limit=None):
        """Make the follow-ups of one rule that are due soon, at most ``limit``."""
        units = self.env["stock.lot"].search(
            self._get_sold_domain(rule), limit=limit, order="sale_date, id"
        )
        quiet = self.with_context(tracking_disable=True, mail_create_nolog=True)
        created = quiet._unguarded().create(
            [self._prepare_sale_vals(rule, unit) for unit in units]
        )
        created = self.browse(created.ids)
        created._send_links()
        return created

    @api.model
    def _get_sold_domain(self, rule):
        """Machines with an owner whose follow-up by this rule is due and not made."""
        company = rule.company_id or self.env.company
        sold = company._get_today() - timedelta(days=rule.delay_days)
        domain = Domain(
            [
                ("sale_date", ">=", sold - timedelta(days=LATE_DAYS)),
                ("sale_date", "<=", sold + timedelta(days=AHEAD_DAYS)),
                ("owner_id", "!=", False),
                ("followup_ids", "not any", [("rule_id", "=", rule.id)]),
            ]
        )
        if rule.company_id:
            domain &= Domain("company_id", "in", [False, rule.company_id.id])
        return domain

    @api.model
    def _prepare_sale_vals(self, rule, unit):
        """Values of the follow-up of one rule on one sold machine. May be extended."""
        return {
            "rule_id": rule.id,
            "unit_id": unit.id,
            "partner_id": unit.owner_id.id,
            "survey_id": rule.survey_id.id,
            # Whoever looks after this customer.
            "user_id": unit.owner_id.user_id.id,
            "due_date": fields.Date.add(unit.sale_date, days=rule.delay_days),
        }
