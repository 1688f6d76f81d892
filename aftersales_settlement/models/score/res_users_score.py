from odoo import models
from odoo.tools import SQL

from ...tools import settle


class ResUsers(models.Model):
    """What is counted of an account manager each month.

    Due days are those the system set, so moving a day helps nobody.
    """

    _name = "res.users"
    _inherit = ["res.users", "aftersales.score.counted.mixin"]

    def _get_network(self, company):
        # Agents call customers, too; they are nobody's measure.
        return self | self.env["aftersales.manager.score"]._get_subjects(company)

    def _count_visit_in_time(self, company, month, card):
        """Visits due in the month: made and told by their day."""
        return self._count_followups(company, month, SQL("channel = 'visit'"))

    def _count_followup_in_time(self, company, month, card):
        """Calls, letters and links due in the month: answered by their day."""
        return self._count_followups(
            company, month, SQL("channel IS DISTINCT FROM 'visit'")
        )

    def _count_followups(self, company, month, channel):
        period = settle.period(month)
        return SQL(
            """
            SELECT user_id,
                   COUNT(*) FILTER (WHERE state = 'done'
                       AND done_at AT TIME ZONE 'UTC'
                           < (due_date + 1)::timestamp AT TIME ZONE %(zone)s),
                   COUNT(*)
              FROM aftersales_followup
             WHERE company_id = %(company)s AND state IN ('due', 'done')
               AND due_date BETWEEN %(first)s AND %(last)s
               AND %(channel)s AND %(users)s
          GROUP BY user_id
            """,
            zone=str(company._get_service_zone()),
            company=company.id,
            first=period.first,
            last=period.last,
            channel=channel,
            users=self._of_these("user_id"),
        )

    def _count_sheet_in_time(self, company, month, card):
        """Problem sheets whose answer was due in the month: answered by its day.

        Due as the request type says; the day on the sheet may be moved by hand.
        """
        period = settle.period(month)
        return SQL(
            """
            SELECT user_id,
                   COUNT(*) FILTER (WHERE answered_on AT TIME ZONE 'UTC'
                       < (due_on + 1)::timestamp AT TIME ZONE %(zone)s),
                   COUNT(*)
              FROM (
                   SELECT COALESCE(sheet.answered_by_id, sheet.user_id) AS user_id,
                          sheet.answered_on,
                          (sheet.received_at AT TIME ZONE 'UTC'
                              AT TIME ZONE %(zone)s)::date
                              + kind.answer_days AS due_on
                     FROM helpdesk_ticket sheet
                     JOIN aftersales_request_type kind
                       ON kind.id = sheet.request_type_id
                    WHERE sheet.company_id = %(company)s
                      AND kind.needs_written_answer AND sheet.active) asked
             WHERE due_on BETWEEN %(first)s AND %(last)s AND %(users)s
          GROUP BY user_id
            """,
            zone=str(company._get_service_zone()),
            company=company.id,
            first=period.first,
            last=period.last,
            users=self._of_these("user_id"),
        )

    def _count_dealer_satisfaction(self, company, month, card):
        """Answers of the month on work of the stations this manager looks after."""
        begin, end = company._get_month_moments(month)
        return SQL(
            """
            SELECT station.user_id, SUM((answer.satisfaction - 1) / 4.0), COUNT(*)
              FROM aftersales_followup answer
              JOIN res_partner station ON station.id = answer.station_id
             WHERE answer.company_id = %s AND answer.state = 'done' AND %s
               AND answer.done_at >= %s AND answer.done_at < %s
               AND answer.satisfaction BETWEEN 1 AND 5
          GROUP BY station.user_id
            """,
            company.id,
            self._of_these("station.user_id"),
            begin,
            end,
        )
