from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...tools import score, settle


class ResPartner(models.Model):
    """How good a station's work was: what is counted of it each month.

    First-time fix looks inside a request: one visit, one job. Repeat looks behind
    it: the machine, once repaired, did not come back.
    """

    _inherit = "res.partner"

    def _get_closed_window(self, company, month, days):
        """SQL moments between which work was done whose look-back ends in the month."""
        period = settle.period(month)
        first, last = score.closing_window(period.first, period.last, days)
        return {
            "days": days,
            "company": company.id,
            "begin": company._get_moment(first),
            "end": company._get_moment(last + timedelta(days=1)),
        }

    def _count_first_time_fix(self, company, month, card):
        """Repairs done in the month: one visit and no second job for the request."""
        begin, end = company._get_month_moments(month)
        return SQL(
            """
            SELECT job.station_id,
                   COUNT(*) FILTER (WHERE NOT EXISTS (
                       SELECT 1 FROM aftersales_work_order_visit visit
                        WHERE visit.work_order_id = job.id
                          AND visit.arrived_at IS NOT NULL
                       OFFSET 1)
                   AND NOT EXISTS (
                       SELECT 1 FROM aftersales_work_order again
                        WHERE again.ticket_id = job.ticket_id AND again.id > job.id
                          AND again.accepted_at IS NOT NULL
                          AND again.accepted_at < %(end)s)),
                   COUNT(*)
              FROM aftersales_work_order job
              JOIN aftersales_request_type kind ON kind.id = job.request_type_id
             WHERE job.company_id = %(company)s AND job.state = 'done'
               AND job.done_at >= %(begin)s AND job.done_at < %(end)s
               AND kind.needs_warranty_decision
               AND job.is_imported IS NOT TRUE AND %(stations)s
          GROUP BY job.station_id
            """,
            company=company.id,
            begin=begin,
            end=end,
            stations=self._of_these("job.station_id"),
        )

    def _count_repaired_for_good(self, company, month, card):
        """Repairs whose look-back closed in the month: the machine did not come back.

        A return whose cause lies with the installer is not the repairer's.
        """
        return SQL(
            """
            SELECT job.station_id,
                   COUNT(*) FILTER (WHERE NOT EXISTS (
                       SELECT 1 FROM helpdesk_ticket later
                        WHERE later.unit_id = job.unit_id
                          AND later.id <> job.ticket_id
                          AND later.request_type_id = job.request_type_id
                          AND later.is_imported IS NOT TRUE
                          AND later.create_date > job.done_at
                          AND later.create_date
                              <= job.done_at + make_interval(days => %(days)s)
                          AND NOT EXISTS (
                              SELECT 1 FROM aftersales_work_order found
                               WHERE found.ticket_id = later.id
                                 AND found.state = 'done'
                                 AND found.cause_id = ANY(%(causes)s)))),
                   COUNT(*)
              FROM aftersales_work_order job
              JOIN aftersales_request_type kind ON kind.id = job.request_type_id
             WHERE job.company_id = %(company)s AND job.state = 'done'
               AND job.done_at >= %(begin)s AND job.done_at < %(end)s
               AND job.unit_id IS NOT NULL AND kind.needs_warranty_decision
               AND job.is_imported IS NOT TRUE AND %(stations)s
          GROUP BY job.station_id
            """,
            causes=self.env["aftersales.fault.code"]._get_installation_cause_ids(),
            stations=self._of_these("job.station_id"),
            **self._get_closed_window(company, month, card.repeat_days),
        )

    def _count_installed_well(self, company, month, card):
        """Installations whose look-back closed in the month: no early fault of them.

        Whoever repaired the machine, the fault is that of the one who installed it.
        """
        return SQL(
            """
            SELECT job.station_id,
                   COUNT(*) FILTER (WHERE NOT EXISTS (
                       SELECT 1 FROM aftersales_work_order repair
                        WHERE repair.unit_id = job.unit_id
                          AND repair.state = 'done' AND repair.id <> job.id
                          AND repair.cause_id = ANY(%(causes)s)
                          AND repair.done_at > job.done_at
                          AND repair.done_at
                              <= job.done_at + make_interval(days => %(days)s))),
                   COUNT(*)
              FROM aftersales_work_order job
              JOIN aftersales_request_type kind ON kind.id = job.request_type_id
             WHERE job.company_id = %(company)s AND job.state = 'done'
               AND job.done_at >= %(begin)s AND job.done_at < %(end)s
               AND job.unit_id IS NOT NULL AND kind.is_installation
               AND job.is_imported IS NOT TRUE AND %(stations)s
          GROUP BY job.station_id
            """,
            causes=self.env["aftersales.fault.code"]._get_installation_cause_ids(),
            stations=self._of_these("job.station_id"),
            **self._get_closed_window(company, month, card.installation_days),
        )

    def _count_satisfaction(self, company, month, card):
        """Answers of the month to callbacks: 1 (very bad) is 0, 5 (very good) is 1."""
        begin, end = company._get_month_moments(month)
        return SQL(
            """
            SELECT station_id, SUM((satisfaction - 1) / 4.0), COUNT(*)
              FROM aftersales_followup
             WHERE company_id = %s AND state = 'done' AND %s
               AND done_at >= %s AND done_at < %s
               AND satisfaction BETWEEN 1 AND 5
          GROUP BY station_id
            """,
            company.id,
            self._of_these("station_id"),
            begin,
            end,
        )

    def _count_claim_kept(self, company, month, card):
        """Claims decided in the month: the share of their amounts that audits left.

        It weighs as much as the claims there were, so that it leans on the network
        like any other count.
        """
        begin, end = company._get_month_moments(month)
        return SQL(
            """
            SELECT station_id,
                   ROUND(COUNT(*) * SUM(CASE state WHEN 'rejected' THEN 0 ELSE
                       LEAST(approved_amount, amount) END)::numeric
                       / SUM(amount)::numeric, 6),
                   COUNT(*)
              FROM aftersales_claim
             WHERE company_id = %s AND decided_at >= %s AND decided_at < %s
               AND state IN ('approved', 'rejected', 'settled')
               AND amount > 0 AND %s
          GROUP BY station_id
            """,
            company.id,
            begin,
            end,
            self._of_these("station_id"),
        )

    def _count_part_returned(self, company, month, card):
        """Failed parts due in the month: sent by their day, and not found missing."""
        period = settle.period(month)
        return SQL(
            """
            SELECT station_id,
                   COUNT(*) FILTER (WHERE result IS DISTINCT FROM 'not_received'
                       AND sent_at AT TIME ZONE 'UTC'
                           < (due_date + 1)::timestamp AT TIME ZONE %(zone)s),
                   COUNT(*)
              FROM aftersales_part_return
             WHERE company_id = %(company)s AND %(stations)s
               AND due_date BETWEEN %(first)s AND %(last)s
          GROUP BY station_id
            """,
            zone=str(company._get_service_zone()),
            company=company.id,
            first=period.first,
            last=period.last,
            stations=self._of_these("station_id"),
        )
