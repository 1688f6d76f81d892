from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import score, settle


class ResPartner(models.Model):
    """What is counted of a station each month, and the score it got."""

    _inherit = "res.partner"

    station_score_ids = fields.One2many(
        "aftersales.station.score", "station_id", groups="base.group_user"
    )

    def _get_dispatch_scores(self):
        """{station id: factor}: the last score of each, compared with the network."""
        # Bare factors of stations the caller already ranks.
        scores = self.env["aftersales.station.score"].sudo()
        return scores._get_last_dispatch_factors(self)

    # === FACTS OF A SCORE === #

    def _prepare_score_metrics(self, company, month, card):
        """{station id: metrics of the month} of these stations.

        Each measure of the card is counted by ``_count_<code>`` for all stations of
        the company in one query; the network's mean comes from the same rows.
        """
        found = {station.id: [] for station in self}
        for measure in card.measure_ids:
            rows = getattr(self, f"_count_{measure.code}")(company, month, card)
            good = sum((row[1] for row in rows), Decimal(0))
            total = sum((row[2] for row in rows), Decimal(0))
            mean = good / total if total else None
            by_station = {row[0]: row[1:] for row in rows}
            for station in self:
                numerator, denominator = by_station.get(
                    station.id, (Decimal(0), Decimal(0))
                )
                found[station.id].append(
                    score.Metric(
                        code=measure.code,
                        numerator=numerator,
                        denominator=denominator,
                        network_mean=mean,
                    )
                )
        return found

    @api.model
    def _count(self, query):
        """Rows (station id, good, all) of a query, as exact numbers."""
        for model in (
            "aftersales.work.order",
            "aftersales.followup",
            "helpdesk.ticket",
        ):
            self.env[model].flush_model()
        rows = self.env.execute_query(query)
        return [
            (station, Decimal(str(good or 0)), Decimal(total))
            for station, good, total in rows
        ]

    @api.model
    def _count_answer_in_time(self, company, month, card):
        """Offers of the month: accepted or declined before their time was over."""
        begin, end = company._get_month_moments(month)
        return self._count(
            SQL(
                """
                SELECT station_id,
                       COUNT(*) FILTER (WHERE state = 'declined'
                                           OR accepted_at <= answer_by),
                       COUNT(*)
                  FROM aftersales_work_order
                 WHERE company_id = %s AND offered_at >= %s AND offered_at < %s
                   AND station_id IS NOT NULL AND answer_by IS NOT NULL
                   AND (accepted_at IS NOT NULL OR state IN ('declined', 'expired'))
              GROUP BY station_id
                """,
                company.id,
                begin,
                end,
            )
        )

    @api.model
    def _count_arrive_in_time(self, company, month, card):
        """Jobs done in the month that had an arrival deadline."""
        return self._count_deadline(company, month, "arrive_deadline", "arrived_at")

    @api.model
    def _count_resolve_in_time(self, company, month, card):
        """Jobs done in the month: reported before the deadline of the request."""
        return self._count_deadline(company, month, "resolve_deadline", "reported_at")

    @api.model
    def _count_deadline(self, company, month, deadline, moment):
        begin, end = company._get_month_moments(month)
        moment = SQL.identifier("job", moment)
        deadline = SQL.identifier("ticket", deadline)
        return self._count(
            SQL(
                """
                SELECT job.station_id,
                       COUNT(*) FILTER (WHERE %(moment)s <= %(deadline)s),
                       COUNT(*)
                  FROM aftersales_work_order job
                  JOIN helpdesk_ticket ticket ON ticket.id = job.ticket_id
                 WHERE job.company_id = %(company)s AND job.state = 'done'
                   AND job.done_at >= %(begin)s AND job.done_at < %(end)s
                   AND %(moment)s IS NOT NULL AND %(deadline)s IS NOT NULL
                   AND job.station_id IS NOT NULL
              GROUP BY job.station_id
                """,
                moment=moment,
                deadline=deadline,
                company=company.id,
                begin=begin,
                end=end,
            )
        )

    @api.model
    def _count_first_time_fix(self, company, month, card):
        """Jobs whose look-back closed in the month: the machine did not come back."""
        period = settle.period(month)
        first, last = score.closing_window(period.first, period.last, card.repeat_days)
        return self._count(
            SQL(
                """
                SELECT job.station_id,
                       COUNT(*) FILTER (WHERE NOT EXISTS (
                           SELECT 1 FROM helpdesk_ticket later
                            WHERE later.unit_id = job.unit_id
                              AND later.id <> job.ticket_id
                              AND later.request_type_id = job.request_type_id
                              AND later.create_date > job.done_at
                              AND later.create_date
                                  <= job.done_at + make_interval(days => %(days)s))),
                       COUNT(*)
                  FROM aftersales_work_order job
                  JOIN aftersales_request_type kind ON kind.id = job.request_type_id
                 WHERE job.company_id = %(company)s AND job.state = 'done'
                   AND job.done_at >= %(begin)s AND job.done_at < %(end)s
                   AND job.unit_id IS NOT NULL AND job.station_id IS NOT NULL
                   AND kind.needs_warranty_decision
              GROUP BY job.station_id
                """,
                days=card.repeat_days,
                company=company.id,
                begin=company._get_moment(first),
                end=company._get_moment(last + timedelta(days=1)),
            )
        )

    @api.model
    def _count_satisfaction(self, company, month, card):
        """Answers of the month to callbacks: 1 (very bad) is 0, 5 (very good) is 1."""
        begin, end = company._get_month_moments(month)
        return self._count(
            SQL(
                """
                SELECT station_id, SUM((satisfaction - 1) / 4.0), COUNT(*)
                  FROM aftersales_followup
                 WHERE company_id = %s AND state = 'done' AND station_id IS NOT NULL
                   AND done_at >= %s AND done_at < %s
                   AND satisfaction BETWEEN 1 AND 5
              GROUP BY station_id
                """,
                company.id,
                begin,
                end,
            )
        )

    @api.model
    def _count_report_in_time(self, company, month, card):
        """Reports of the month: so many hours after the end of the day of work."""
        begin, end = company._get_month_moments(month)
        return self._count(
            SQL(
                """
                SELECT station_id,
                       COUNT(*) FILTER (WHERE
                           (reported_at AT TIME ZONE 'UTC') <=
                           ((started_on + 1)::timestamp AT TIME ZONE %(zone)s)
                           + make_interval(secs => %(seconds)s)),
                       COUNT(*)
                  FROM aftersales_work_order
                 WHERE company_id = %(company)s AND station_id IS NOT NULL
                   AND reported_at >= %(begin)s AND reported_at < %(end)s
                   AND started_on IS NOT NULL
              GROUP BY station_id
                """,
                zone=str(company._get_service_zone()),
                seconds=card.report_hours * 3600,
                company=company.id,
                begin=begin,
                end=end,
            )
        )
