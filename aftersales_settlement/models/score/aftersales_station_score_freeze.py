import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.aftersales_service.tools.plain import plain

from ...tools import score


class AftersalesStationScore(models.Model):
    """Scores of a month: frozen for all stations at once, and verified."""

    _inherit = "aftersales.station.score"

    @api.model
    def _get_subjects(self, company):
        return self._get_stations_to_score(company)

    @api.model
    def _get_stations_to_score(self, company):
        """Stations of the company by id."""
        return self.env["res.partner"].search(
            [
                ("aftersales_role", "=", "station"),
                ("parent_id", "=", False),
                ("company_id", "in", [False, company.id]),
            ],
            order="id",
        )

    @api.model
    def _prepare_subject_vals(self, subject):
        return {
            **super()._prepare_subject_vals(subject),
            "territory_id": subject.territory_id.id or None,
            "grade": subject.station_grade or None,
        }

    @api.model
    def _prepare_score_vals(self, verdict):
        return {
            **super()._prepare_score_vals(verdict),
            "dispatch_factor": plain(score.relative(verdict)),
        }

    @api.model
    def _prepare_line_vals_list(self, measures):
        """Values of the rows of the measures, in their order."""
        return [
            {
                "code": measure.code,
                "good_count": _text(measure.numerator),
                "event_count": _text(measure.denominator),
                "share": _text((measure.value or score.ZERO) * 100),
                "network_share": _text((measure.network_mean or score.ZERO) * 100),
                "points": plain(measure.points),
                "weight": plain(measure.weight),
                "contribution": plain(measure.contribution),
            }
            for measure in measures
        ]

    @api.model
    def _prepare_row(self, subject, verdict, facts):
        row = super()._prepare_row(subject, verdict, facts)
        return {**row, "lines": self._prepare_line_vals_list(verdict.measures)}

    def _set_places(self, rows):
        super()._set_places(rows)
        by_grade = defaultdict(dict)
        grades = {row.station_id.id: row.grade or None for row in self}
        grades |= {row["station_id"]: row["grade"] for row in rows}
        for station, value in self._get_values(rows).items():
            by_grade[grades[station]][station] = value
        places = {grade: score.ranks(values) for grade, values in by_grade.items()}
        for row in rows:
            found = places[row["grade"]]
            row["grade_place"] = found.get(row["station_id"], 0)
            row["grade_count"] = len(found)

    @api.model
    def _insert(self, rows):
        """Write scores and their lines by one statement.

        Two processes may freeze one month at once: the second one's transaction is
        refused by the database and tried again.
        """
        self.check_access("create")
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                WITH row AS (
                    SELECT * FROM jsonb_to_recordset(%(rows)s) AS row(
                        company_id int, station_id int, territory_id int,
                        period_start date, card_id int, grade varchar,
                        value numeric, has_value bool, multiplier numeric,
                        network_value numeric, dispatch_factor numeric,
                        place int, place_count int, grade_place int, grade_count int,
                        facts jsonb, lines jsonb)
                ), made AS (
                    INSERT INTO aftersales_station_score (
                        company_id, station_id, territory_id, period_start, card_id,
                        grade, value, has_value, multiplier, network_value,
                        dispatch_factor, place, place_count, grade_place, grade_count,
                        facts, create_uid, write_uid, create_date, write_date)
                    SELECT company_id, station_id, territory_id, period_start, card_id,
                           grade, value, has_value, multiplier, network_value,
                           dispatch_factor, place, place_count, grade_place,
                           grade_count, facts, %(uid)s, %(uid)s, %(now)s, %(now)s
                      FROM row
                        ON CONFLICT (company_id, station_id, period_start) DO NOTHING
                 RETURNING id, station_id, company_id)
                INSERT INTO aftersales_station_score_line (
                    score_id, company_id, code, good_count, event_count, share,
                    network_share, points, weight, contribution,
                    create_uid, write_uid, create_date, write_date)
                SELECT made.id, made.company_id, line.code, line.good_count,
                       line.event_count, line.share, line.network_share, line.points,
                       line.weight, line.contribution, %(uid)s, %(uid)s, %(now)s,
                       %(now)s
                  FROM made
                  JOIN row USING (station_id)
            CROSS JOIN LATERAL ROWS FROM (
                           jsonb_to_recordset(row.lines) AS (
                               code varchar, good_count numeric, event_count numeric,
                               share numeric, network_share numeric, points numeric,
                               weight float8, contribution numeric)
                       ) WITH ORDINALITY AS line(
                           code, good_count, event_count, share, network_share, points,
                           weight, contribution, number)
              ORDER BY made.id, line.number
             RETURNING id
                """,
                rows=json.dumps(rows),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.invalidate_model()
        self.env["res.partner"].invalidate_model(["station_score_ids"])

    def _is_verdict(self, verdict):
        lines = self._prepare_line_vals_list(verdict.measures)
        return (
            super()._is_verdict(verdict)
            and len(lines) == len(self.line_ids)
            and all(map(self._holds, self.line_ids, lines))
        )


def _text(value):
    """A decimal as its column keeps it."""
    return plain(value.quantize(Decimal("0.01"), ROUND_HALF_UP))
