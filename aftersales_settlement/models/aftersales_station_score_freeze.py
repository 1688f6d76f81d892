import json
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.aftersales_service.tools.plain import plain

from ..tools import score, score_snapshot
from .aftersales_rate import to_decimal


class AftersalesStationScore(models.Model):
    """Scores of a month: counted, frozen for all stations at once, and verified."""

    _inherit = "aftersales.station.score"

    @api.model
    def _get_stations_to_score(self, company, after=0):
        """Stations of the company by id, those after ``after``."""
        return self.env["res.partner"].search(
            [
                ("aftersales_role", "=", "station"),
                ("parent_id", "=", False),
                ("company_id", "in", [False, company.id]),
                ("id", ">", after),
            ],
            order="id",
        )

    @api.model
    def _score(self, company, period, stations):
        """Scores of ``stations`` for the month; made and frozen where still missing.

        The first who asks freezes the month for all stations of the company: the
        network is counted once, and places are those among all.

        :param date period: first day of the month
        :return: scores of all ``stations`` for that month, with and without a value
        :raise UserError: the month is not over
        """
        if stations - self._search_scores(company, period, stations).station_id:
            company._check_month_is_over(period)
            self._freeze(company, period, stations)
        return self._search_scores(company, period, stations)

    @api.model
    def _search_scores(self, company, period, stations=None):
        domain = [("company_id", "=", company.id), ("period_start", "=", period)]
        if stations is not None:
            domain.append(("station_id", "in", stations.ids))
        return self.search(domain)

    @api.model
    def _freeze(self, company, period, stations):
        """Make all scores of the month that are missing: facts, one rule, rows."""
        card = self.env["aftersales.score.card"]._get_card(company)
        if not card:
            raise UserError(
                self.env._("%(company)s has no score card.", company=company.name)
            )
        known = self._search_scores(company, period)
        stations = stations | self._get_stations_to_score(company)
        missing = stations - known.station_id
        metrics = missing._prepare_score_metrics(company, period, card)
        rule_card = card._prepare_card()
        verdicts = {
            station: score.score(facts, rule_card) for station, facts in metrics.items()
        }
        shared = {
            "company_id": company.id,
            "period_start": fields.Date.to_string(period),
            "card_id": card.id,
        }
        frozen_card = plain(rule_card)
        rows = [
            {
                **shared,
                **self._prepare_score_vals(verdicts[station.id]),
                "station_id": station.id,
                "territory_id": station.territory_id.id or None,
                "grade": station.station_grade or None,
                "facts": {
                    "metrics": plain(metrics[station.id]),
                    "card": frozen_card,
                    "score": plain(verdicts[station.id]),
                },
            }
            for station in missing
        ]
        known._set_places(rows)
        self._insert(rows)

    @api.model
    def _prepare_score_vals(self, verdict):
        """Values of the row of one verdict; decimals as text, exact."""
        return {
            "value": plain(verdict.value or score.ZERO),
            "has_value": verdict.value is not None,
            "multiplier": plain(verdict.multiplier),
            "network_value": plain(verdict.network_value or score.ZERO),
            "dispatch_factor": plain(score.relative(verdict)),
            "lines": [self._prepare_line_vals(line) for line in verdict.measures],
        }

    @api.model
    def _prepare_line_vals(self, measure):
        """Values of one measure's row."""
        return {
            "code": measure.code,
            "good_count": _text(measure.numerator),
            "event_count": _text(measure.denominator),
            "share": _text((measure.value or score.ZERO) * 100),
            "network_share": _text((measure.network_mean or score.ZERO) * 100),
            "points": plain(measure.points),
            "weight": plain(measure.weight),
            "contribution": plain(measure.contribution),
        }

    def _set_places(self, rows):
        """Give new rows their place among all of the month, these ones included."""
        known = [
            (
                row.station_id.id,
                row.grade or None,
                to_decimal(row.value) if row.has_value else None,
            )
            for row in self
        ]
        new = [
            (
                row["station_id"],
                row["grade"],
                Decimal(row["value"]) if row["has_value"] else None,
            )
            for row in rows
        ]
        values, by_grade = {}, defaultdict(dict)
        for station, grade, value in known + new:
            values[station] = by_grade[grade][station] = value
        network = score.ranks(values)
        grades = {grade: score.ranks(part) for grade, part in by_grade.items()}
        for row in rows:
            grade = grades[row["grade"]]
            row |= {
                "place": network.get(row["station_id"], 0),
                "place_count": len(network),
                "grade_place": grade.get(row["station_id"], 0),
                "grade_count": len(grade),
            }

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

    # === AGAIN === #

    def _verify(self):
        """Sentences on what differs from the score computed anew of its facts."""
        errors = []
        for row in self:
            verdict = score_snapshot.again(row.facts)
            wanted = self._prepare_score_vals(verdict)
            lines = wanted.pop("lines")
            same = plain(verdict) == row.facts["score"] and _holds(row, wanted)
            same &= len(lines) == len(row.line_ids) and all(
                _holds(line, vals)
                for line, vals in zip(row.line_ids, lines, strict=True)
            )
            if not same:
                errors.append(
                    self.env._(
                        "%(score)s: the facts give another score.",
                        score=row.display_name,
                    )
                )
        return errors


def _text(value):
    """A decimal as its column keeps it."""
    return plain(value.quantize(Decimal("0.01"), ROUND_HALF_UP))


def _holds(row, vals):
    """Whether the row has these values, decimals given as text."""
    return all(
        (plain(to_decimal(row[name])) if isinstance(row[name], float) else row[name])
        == value
        for name, value in vals.items()
    )
