from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.aftersales_service.tools.plain import plain

from ...tools import score, score_snapshot
from ..rate.aftersales_rate import to_decimal

ZERO = Decimal(0)


class AftersalesScoreCountedMixin(models.AbstractModel):
    """Whoever is scored: what the month holds of each, counted in sets.

    Each measure of a card is counted by ``_count_<code>(company, month, card)``: of
    those in ``self``, of all where it is empty, as one query whose rows are
    (id, good events, all events). Only what the one who is scored cannot write is
    counted: moments the system noted, answers that are frozen, decisions of others.
    """

    _name = "aftersales.score.counted.mixin"
    _description = "Whoever is scored"

    def _prepare_score_metrics(self, company, month, card):
        """{id: metrics of the month} of these.

        All are counted: the means of the network come from the same rows.
        """
        counts = self._get_network(company)._count_measures(company, month, card)
        means = {code: score.mean(rows.values()) for code, rows in counts.items()}
        return self._make_score_metrics(counts, means)

    def _get_network(self, company):
        """Those whose mean these are compared with; empty for all who have rows."""
        return self.browse()

    def _prepare_running_metrics(self, company, month, card, means):
        """As `_prepare_score_metrics`, only the own events of these read.

        :param means: code → share of the network, of a month that was scored
        """
        counts = self._count_measures(company, month, card)
        return self._make_score_metrics(counts, means)

    def _count_measures(self, company, month, card):
        """{code: {id: (good, all)}} for the measures of the card."""
        self.env.flush_all()
        return {
            code: {
                subject: (Decimal(str(good or 0)), Decimal(str(total)))
                for subject, good, total in self.env.execute_query(
                    getattr(self, f"_count_{code}")(company, month, card)
                )
            }
            for code in card.measure_ids.mapped("code")
        }

    def _make_score_metrics(self, counts, means):
        """{id: metrics} of counts and the network's means."""
        return {
            subject: tuple(
                score.Metric(
                    code=code,
                    numerator=rows.get(subject, (ZERO, ZERO))[0],
                    denominator=rows.get(subject, (ZERO, ZERO))[1],
                    network_mean=means.get(code),
                )
                for code, rows in counts.items()
            )
            for subject in self.ids
        }

    def _of_these(self, column):
        """SQL: the column names one of these; where there are none: any."""
        column = SQL.identifier(*column.split("."))
        if not self:
            return SQL("%s IS NOT NULL", column)
        return SQL("%s = ANY(%s)", column, self.ids)


class AftersalesScoreFrozenMixin(models.AbstractModel):
    """A score of one month, frozen with the facts it was made of."""

    _name = "aftersales.score.frozen.mixin"
    _description = "Score of a month"
    _order = "period_start desc, value desc, id"

    # The field that says who is scored, and whose card it is.
    _subject_field = None
    _subject_kind = None

    company_id = fields.Many2one("res.company", required=True, index=True)
    period_start = fields.Date(string="Month", required=True)
    period = fields.Char(compute="_compute_period", string="Settlement period")
    card_id = fields.Many2one(
        "aftersales.score.card", string="Score card", ondelete="restrict"
    )
    value = fields.Float(
        string="Score", digits=(6, 2), aggregator="avg", help="0 to 100."
    )
    has_value = fields.Boolean(help="Unset when nothing could be measured.")
    multiplier = fields.Float(
        string="Incentive multiplier", digits=(6, 3), aggregator="avg"
    )
    network_value = fields.Float(
        string="Network average",
        digits=(6, 2),
        aggregator="avg",
        help="All of them together.",
    )
    place = fields.Integer(aggregator=None, help="Among all; 1 is the best.")
    place_count = fields.Integer(string="How many", aggregator=None)
    facts = fields.Json(
        groups="base.group_user", help="Counts, weights and bands as they were."
    )

    @api.depends("period_start")
    def _compute_period(self):
        for row in self:
            row.period = row.period_start and row.period_start.strftime("%Y-%m")

    @api.depends("period")
    def _compute_display_name(self):
        for row in self:
            # The one a score is about is named on it.
            name = row[self._subject_field].sudo().name
            row.display_name = " ".join(filter(None, [name, row.period]))

    def write(self, vals):
        # Only what follows from the station's home may still move.
        if vals.keys() - {"territory_id"}:
            raise UserError(self.env._("A score stays as it was made."))
        return super().write(vals)

    # === SCORING === #

    @api.model
    def _get_subjects(self, company):
        """All who are scored by the company, in the order of their rows."""
        raise NotImplementedError

    @api.model
    def _insert(self, rows):
        """Write rows as `_prepare_row` makes them."""
        raise NotImplementedError

    @api.model
    def _score(self, company, period, subjects):
        """Scores of ``subjects`` for the month; made and frozen where still missing.

        The first who asks freezes the month for all of the company: all are counted
        once, and places are those among all.

        :param date period: first day of the month
        :return: scores of all ``subjects`` for that month, with and without a value
        :raise UserError: the month is not over
        """
        known = self._search_scores(company, period, subjects)
        if subjects - known[self._subject_field]:
            company._check_month_is_over(period)
            self._freeze(company, period, subjects)
        return self._search_scores(company, period, subjects)

    @api.model
    def _search_scores(self, company, period, subjects=None):
        domain = [("company_id", "=", company.id), ("period_start", "=", period)]
        if subjects is not None:
            domain.append((self._subject_field, "in", subjects.ids))
        return self.search(domain)

    @api.model
    def _freeze(self, company, period, subjects):
        """Make all scores of the month that are missing: facts, one rule, rows."""
        card = self.env["aftersales.score.card"]._get_card(company, self._subject_kind)
        if not card:
            raise UserError(
                self.env._("%(company)s has no score card.", company=company.name)
            )
        known = self._search_scores(company, period)
        missing = subjects | self._get_subjects(company)
        missing -= known[self._subject_field]
        metrics = missing._prepare_score_metrics(company, period, card)
        rule_card = card._prepare_card()
        shared = {
            "company_id": company.id,
            "period_start": fields.Date.to_string(period),
            "card_id": card.id,
        }
        frozen_card = plain(rule_card)
        rows = []
        for subject in missing:
            verdict = score.score(metrics[subject.id], rule_card)
            facts = {
                "metrics": plain(metrics[subject.id]),
                "card": frozen_card,
                "score": plain(verdict),
            }
            rows.append({**shared, **self._prepare_row(subject, verdict, facts)})
        known._set_places(rows)
        self._insert(rows)

    @api.model
    def _prepare_row(self, subject, verdict, facts):
        """JSON values of one row, ready for `_insert`. May be extended."""
        return {
            **self._prepare_subject_vals(subject),
            **self._prepare_score_vals(verdict),
            "facts": facts,
        }

    @api.model
    def _prepare_subject_vals(self, subject):
        """Values of the one who is scored, as JSON values. May be extended."""
        return {self._subject_field: subject.id}

    @api.model
    def _prepare_score_vals(self, verdict):
        """Values of the row of one verdict; decimals as text, exact."""
        return {
            "value": plain(verdict.value or ZERO),
            "has_value": verdict.value is not None,
            "multiplier": plain(verdict.multiplier),
            "network_value": plain(verdict.network_value or ZERO),
        }

    def _set_places(self, rows):
        """Give new rows their place among all of the month, these ones included."""
        places = score.ranks(self._get_values(rows))
        for row in rows:
            row["place"] = places.get(row[self._subject_field], 0)
            row["place_count"] = len(places)

    def _get_values(self, rows):
        """{id: score or None} of these and of rows that are to be written."""
        name = self._subject_field
        known = {
            row[name].id: to_decimal(row.value) if row.has_value else None
            for row in self
        }
        return known | {
            row[name]: Decimal(row["value"]) if row["has_value"] else None
            for row in rows
        }

    # === AGAIN === #

    def _verify(self):
        """Sentences on what differs from the score computed anew of its facts."""
        return [
            self.env._(
                "%(score)s: the facts give another score.", score=row.display_name
            )
            for row in self
            if not row._is_verdict(score_snapshot.again(row.facts))
        ]

    def _is_verdict(self, verdict):
        """Whether this row holds just this verdict. May be extended."""
        self.ensure_one()
        return plain(verdict) == self.facts["score"] and self._holds(
            self, self._prepare_score_vals(verdict)
        )

    @staticmethod
    def _holds(row, vals):
        """Whether the row has these values, decimals given as text."""
        return all(
            (plain(to_decimal(row[n])) if isinstance(row[n], float) else row[n]) == v
            for n, v in vals.items()
        )
