from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import format_date


class AftersalesStationScore(models.Model):
    """A score in sentences: its place, and what the running month could still bring."""

    _inherit = "aftersales.station.score"

    place_text = fields.Char(
        compute="_compute_place_text",
        string="Place among all",
        help="1 is the best of the month.",
    )
    running_text = fields.Text(
        compute="_compute_running_text",
        compute_sudo=True,
        string="This month so far",
        groups="base.group_user",
        help="Counted now from this station's work; nothing of it is kept.",
    )

    @api.depends("place", "place_count", "grade_place", "grade_count", "grade")
    @api.depends_context("lang")
    def _compute_place_text(self):
        for row in self:
            row.place_text = row._tell_place()

    @api.depends_context("lang")
    def _compute_running_text(self):
        for company, rows in self.grouped("company_id").items():
            running = self._prepare_running(company, rows.station_id)
            for row in rows:
                row.running_text = "\n".join(
                    self._tell_running(running[row.station_id])
                )

    def _tell_place(self):
        """Place in numbers only: no other station is named."""
        self.ensure_one()
        if not self.place:
            return ""
        facts = {"place": self.place, "count": self.place_count}
        if not self.grade:
            return self.env._("Place %(place)s of %(count)s stations", **facts)
        return self.env._(
            "Place %(place)s of %(count)s stations, place %(grade_place)s of"
            " %(grade_count)s of grade %(grade)s",
            grade_place=self.grade_place,
            grade_count=self.grade_count,
            grade=self.grade.upper(),
            **facts,
        )

    @api.model
    def _get_event_words(self):
        """{code: what is counted}. May be extended with measures of other addons."""
        return {
            "answer_in_time": self.env._("Offers answered in time"),
            "offer_taken": self.env._("Offers taken on"),
            "arrive_in_time": self.env._("Arrivals in time"),
            "resolve_in_time": self.env._("Requests solved in time"),
            "report_in_time": self.env._("Reports in time"),
            "first_time_fix": self.env._("Repairs with one visit"),
            "repaired_for_good": self.env._("Machines that did not come back"),
            "satisfaction": self.env._("Fully satisfied customers at the callback"),
            "claim_kept": self.env._("Claims approved as they are"),
            "part_returned": self.env._("Failed parts sent back in time"),
            "installed_well": self.env._("Installations without early fault"),
        }

    @api.model
    def _tell_measure(self, code, good, total):
        """What was counted, as a sentence. May be extended."""
        if not total:
            return self.env._("Nothing to count in this month.")
        facts = {
            "good": f"{good:g}",
            "total": f"{total:g}",
            "percent": f"{float(good) / float(total) * 100:.1f}",
        }
        if code == "satisfaction":
            return self.env._(
                "Customers asked: %(total)s, %(percent)s %% of the best marks.", **facts
            )
        if code == "claim_kept":
            return self.env._(
                "Claims decided: %(total)s, %(percent)s %% of their amounts approved.",
                **facts,
            )
        words = self._get_event_words().get(code, "")
        return self.env._(
            "%(events)s: %(good)s of %(total)s.", events=words, **facts
        ).lstrip(": ")

    @api.model
    def _tell_chance(self, chance, now):
        """What would raise the multiplier, as a sentence."""
        words = self._get_event_words().get(chance.code, chance.code)
        return self.env._(
            "%(events)s: %(count)s more, multiplier %(now)s → %(then)s",
            events=words,
            count=chance.events,
            now=_short(now),
            then=_short(chance.multiplier),
        )

    @api.model
    def _tell_running(self, running):
        """Sentences on a month that is not over."""
        verdict = running["verdict"]
        if verdict.value is None:
            return [self.env._("Nothing could be measured in this month yet.")]
        month = format_date(self.env, running["month"], date_format="yyyy-MM")
        first = self.env._(
            "%(month)s so far: score %(value)s, multiplier %(multiplier)s.",
            month=month,
            value=f"{verdict.value:.2f}",
            multiplier=_short(verdict.multiplier),
        )
        now = verdict.multiplier
        return [first, *(self._tell_chance(row, now) for row in running["chances"])]


class AftersalesStationScoreLine(models.Model):
    """A measure in a sentence."""

    _inherit = "aftersales.station.score.line"

    sentence = fields.Char(compute="_compute_sentence", string="What was counted")

    @api.depends("code", "good_count", "event_count")
    @api.depends_context("lang")
    def _compute_sentence(self):
        Score = self.env["aftersales.station.score"]
        for line in self:
            line.sentence = Score._tell_measure(
                line.code, line.good_count, line.event_count
            )


def _short(number):
    """A multiplier with two decimals at least: 1.00, 1.05, 1.125."""
    text = f"{Decimal(number):.3f}"
    return text.removesuffix("0")
