from dateutil.relativedelta import relativedelta

from odoo import models, tools
from odoo.tools import SQL

from ...tools import own_figures
from ...tools.own_figures import Tally

MEASURES = ("answer", "arrive", "fix", "satisfaction")
MONTHS = 12


class ResPartner(models.Model):
    """What a station is told about its own work, beside the network's mean."""

    _inherit = "res.partner"

    def _get_own_figures(self, company):
        """This station's last twelve months, and the mean of all other stations.

        Whoever calls has checked whose station it is; nothing tells of another one.

        :return: ``{"months": [{"month": date, "jobs": int, measure: mean or None}],
            "own": {measure: mean or None}, "network": {measure: mean or None}}``
        """
        self.ensure_one()
        first = self._get_first_figure_month(company)
        rows = self._tally(company, first, self.id)
        months = [
            {
                "month": month,
                "jobs": row.get("jobs", Tally()).events,
                **{name: row.get(name, Tally()).mean for name in MEASURES},
            }
            for month, row in sorted(rows.items(), reverse=True)
        ]
        network = self._get_network_tallies(company.id, company._get_today())
        return {
            "months": months,
            "own": {
                name: own_figures.total(
                    row.get(name, Tally()) for row in rows.values()
                ).mean
                for name in MEASURES
            },
            "network": {
                name: own_figures.mean_of_others(
                    self.id,
                    {key: row.get(name, Tally()) for key, row in network.items()},
                )
                for name in MEASURES
            },
        }

    def _get_first_figure_month(self, company):
        today = company._get_today()
        return today.replace(day=1) - relativedelta(months=MONTHS - 1)

    @tools.ormcache("company_id", "today")
    def _get_network_tallies(self, company_id, today):
        """Station → measure → tally of the last twelve months; counted once a day."""
        company = self.env["res.company"].browse(company_id)
        return self._tally(company, self._get_first_figure_month(company))

    def _tally(self, company, first, station_id=None):
        """Month → measure → tally of one station; of all, station → measure → tally."""
        self.env["aftersales.work.order"].flush_model()
        self.env["aftersales.work.order.visit"].flush_model()
        self.env["aftersales.followup"].flush_model()
        self.env["helpdesk.ticket"].flush_model()
        facts = {
            "company": company.id,
            "begin": company._get_moment(first),
            "one": SQL("job.station_id = %s", station_id)
            if station_id
            else SQL("TRUE"),
        }
        queries = ((JOBS, "job.offered_at"), (ANSWERS, "job.done_at"))
        result = {}
        for query, moment in queries:
            key = SQL("job.station_id")
            if station_id:
                key = SQL(
                    "date_trunc('month', timezone(%s, timezone('UTC', %s)))::date",
                    company._get_service_zone().zone,
                    SQL(moment),
                )
            for row in self.env.execute_query_dict(SQL(query, key=key, **facts)):
                found = result.setdefault(row.pop("key"), {})
                for name in (*MEASURES, "jobs"):
                    if f"{name}_events" in row:
                        amount = row.get(f"{name}_amount") or 0
                        found[name] = Tally(float(amount), row[f"{name}_events"])
        return result


#: Offers by the month of the offer: silence is an answer too late; who never says that
#: he has arrived was there when he reported; a repair is fixed at the first visit when
#: there was no second one and no second job.
JOBS = """
    SELECT %(key)s AS key,
           COUNT(*) FILTER (WHERE job.accepted_at IS NOT NULL) AS jobs_events,
           100 * COUNT(*) FILTER (WHERE answered AND (
               job.state = 'declined' OR job.accepted_at <= job.answer_by))
               AS answer_amount,
           COUNT(*) FILTER (WHERE answered) AS answer_events,
           100 * COUNT(*) FILTER (WHERE arrived <= ticket.arrive_deadline)
               AS arrive_amount,
           COUNT(*) FILTER (WHERE arrived IS NOT NULL
               AND ticket.arrive_deadline IS NOT NULL) AS arrive_events,
           100 * COUNT(*) FILTER (WHERE repaired AND NOT EXISTS (
               SELECT 1 FROM aftersales_work_order_visit visit
                WHERE visit.work_order_id = job.id AND visit.arrived_at IS NOT NULL
               OFFSET 1) AND NOT EXISTS (
               SELECT 1 FROM aftersales_work_order again
                WHERE again.ticket_id = job.ticket_id AND again.id > job.id
                  AND again.accepted_at IS NOT NULL)) AS fix_amount,
           COUNT(*) FILTER (WHERE repaired) AS fix_events
      FROM aftersales_work_order job
      JOIN helpdesk_ticket ticket ON ticket.id = job.ticket_id
 LEFT JOIN aftersales_request_type kind ON kind.id = job.request_type_id
CROSS JOIN LATERAL (
           SELECT job.answer_by IS NOT NULL AND (job.accepted_at IS NOT NULL
                      OR job.state IN ('declined', 'expired')) AS answered,
                  COALESCE(job.arrived_at, job.reported_at) AS arrived,
                  job.state = 'done' AND kind.needs_warranty_decision AS repaired
           ) fact
     WHERE job.company_id = %(company)s AND job.offered_at >= %(begin)s
       AND job.is_imported IS NOT TRUE AND job.station_id IS NOT NULL
       AND %(one)s
  GROUP BY 1
"""
#: What customers answered, by the month of the answer.
ANSWERS = """
    SELECT %(key)s AS key, SUM(job.satisfaction) AS satisfaction_amount,
           COUNT(*) AS satisfaction_events
      FROM aftersales_followup job
     WHERE job.company_id = %(company)s AND job.done_at >= %(begin)s
       AND job.state = 'done' AND job.satisfaction > 0
       AND job.station_id IS NOT NULL AND %(one)s
  GROUP BY 1
"""
