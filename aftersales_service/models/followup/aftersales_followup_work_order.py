from odoo import api, fields, models

from ...tools import followup as followup_rule


class AftersalesWorkOrder(models.Model):
    """A done job makes the customer's follow-up due."""

    _inherit = "aftersales.work.order"

    def _after_done(self):
        result = super()._after_done()
        self.env["aftersales.followup"]._create_for_jobs(self)
        self.ticket_id._ask_approvals()
        return result


class AftersalesFollowup(models.Model):
    """Follow-ups of done jobs: made in batch, once per rule and job."""

    _inherit = "aftersales.followup"

    @api.model
    def _create_for_jobs(self, work_orders):
        """Make what the rules ask for after these done work orders, once each.

        A job that was returned and is done again gets no second follow-up; while the
        first is still due, it is due anew from the new date.
        """
        # Follows from the job being done, which its own button has checked; the one
        # who pressed it may be the station.
        work_orders = work_orders.sudo()
        known = {
            (followup.rule_id, followup.work_order_id): followup
            for followup in self.sudo().search(
                [("work_order_id", "in", work_orders.ids)]
            )
        }
        vals_list = []
        companies = [False, *work_orders.company_id.ids]
        rules = self.env["aftersales.followup.rule"].sudo()
        for rule in rules.search([("company_id", "in", companies)]):
            for order in work_orders.filtered(rule._match):
                followup = known.get((rule, order))
                if not followup:
                    vals_list.append(self._prepare_job_vals(rule, order))
                elif followup.state == "due":
                    due_date = self._get_due_date(rule, order)
                    followup._write_guarded({"due_date": due_date})
        quiet = self.sudo().with_context(tracking_disable=True, mail_create_nolog=True)
        created = quiet._unguarded().create(vals_list)
        return self.browse(created.ids)

    def _prepare_job_vals(self, rule, work_order):
        """Values of the follow-up of one rule on one done job. May be extended."""
        return {
            "rule_id": rule.id,
            "work_order_id": work_order.id,
            "ticket_id": work_order.ticket_id.id,
            "partner_id": work_order.partner_id.id,
            "unit_id": work_order.unit_id.id,
            "station_id": work_order.station_id.id,
            "survey_id": rule.survey_id.id,
            "user_id": work_order.ticket_id.user_id.id,
            "due_date": self._get_due_date(rule, work_order),
        }

    def _get_due_date(self, rule, work_order):
        """Day by which to ask, counted in the company's time zone."""
        done_at = work_order.done_at or fields.Datetime.now()
        done_on = work_order.company_id._get_day(done_at)
        return followup_rule.due_date(done_on, rule.delay_days)
