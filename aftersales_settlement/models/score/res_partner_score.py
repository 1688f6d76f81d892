from odoo import fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """What is counted of a station each month, and the score it got."""

    _name = "res.partner"
    _inherit = ["res.partner", "aftersales.score.counted.mixin"]

    station_score_ids = fields.One2many(
        "aftersales.station.score", "station_id", groups="base.group_user"
    )

    def _get_dispatch_scores(self):
        """{station id: factor}: the last score of each, compared with the network."""
        # Bare factors of stations the caller already ranks.
        scores = self.env["aftersales.station.score"].sudo()
        return scores._get_last_dispatch_factors(self)

    # === MEASURES: TIME === #

    def _count_answer_in_time(self, company, month, card):
        """Offers of the month: accepted or declined before their time was over."""
        return self._count_offers(
            company, month, SQL("state = 'declined' OR accepted_at <= answer_by")
        )

    def _count_offer_taken(self, company, month, card):
        """Offers of the month: taken on. Silence is a refusal, too."""
        return self._count_offers(company, month, SQL("accepted_at IS NOT NULL"))

    def _count_offers(self, company, month, is_good):
        begin, end = company._get_month_moments(month)
        return SQL(
            """
            SELECT station_id, COUNT(*) FILTER (WHERE %s), COUNT(*)
              FROM aftersales_work_order
             WHERE company_id = %s AND offered_at >= %s AND offered_at < %s
               AND %s AND answer_by IS NOT NULL
               AND (accepted_at IS NOT NULL OR state IN ('declined', 'expired'))
          GROUP BY station_id
            """,
            is_good,
            company.id,
            begin,
            end,
            self._of_these("station_id"),
        )

    def _count_arrive_in_time(self, company, month, card):
        """Jobs done in the month that had an arrival deadline.

        Who never says he has arrived was there when he reported at the latest.
        """
        moment = SQL("COALESCE(job.arrived_at, job.reported_at)")
        return self._count_deadline(company, month, "arrive_deadline", moment)

    def _count_resolve_in_time(self, company, month, card):
        """Jobs done in the month: reported before the deadline of the request."""
        moment = SQL("job.reported_at")
        return self._count_deadline(company, month, "resolve_deadline", moment)

    def _count_deadline(self, company, month, deadline, moment):
        begin, end = company._get_month_moments(month)
        return SQL(
            """
            SELECT job.station_id,
                   COUNT(*) FILTER (WHERE %(moment)s <= %(deadline)s),
                   COUNT(*)
              FROM aftersales_work_order job
              JOIN helpdesk_ticket ticket ON ticket.id = job.ticket_id
             WHERE job.company_id = %(company)s AND job.state = 'done'
               AND job.done_at >= %(begin)s AND job.done_at < %(end)s
               AND %(moment)s IS NOT NULL AND %(deadline)s IS NOT NULL
               AND job.is_imported IS NOT TRUE AND %(stations)s
          GROUP BY job.station_id
            """,
            moment=moment,
            deadline=SQL.identifier("ticket", deadline),
            company=company.id,
            begin=begin,
            end=end,
            stations=self._of_these("job.station_id"),
        )

    def _count_report_in_time(self, company, month, card):
        """Reports of the month: so many hours after the last arrival.

        The day of work is what the station writes; when it arrived, or accepted,
        the system noted.
        """
        begin, end = company._get_month_moments(month)
        return SQL(
            """
            SELECT job.station_id,
                   COUNT(*) FILTER (WHERE job.reported_at
                       <= work.begun_at + make_interval(secs => %(seconds)s)),
                   COUNT(*)
              FROM aftersales_work_order job
        CROSS JOIN LATERAL (
                   SELECT COALESCE(MAX(visit.arrived_at), job.arrived_at,
                                   job.accepted_at) AS begun_at
                     FROM aftersales_work_order_visit visit
                    WHERE visit.work_order_id = job.id) work
             WHERE job.company_id = %(company)s
               AND job.reported_at >= %(begin)s AND job.reported_at < %(end)s
               AND work.begun_at IS NOT NULL
               AND job.is_imported IS NOT TRUE AND %(stations)s
          GROUP BY job.station_id
            """,
            seconds=card.report_hours * 3600,
            company=company.id,
            begin=begin,
            end=end,
            stations=self._of_these("job.station_id"),
        )
