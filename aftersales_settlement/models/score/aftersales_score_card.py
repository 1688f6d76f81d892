from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import score
from ..rate.aftersales_rate import to_decimal

MEASURES = [
    ("answer_in_time", "Answered in time"),
    ("offer_taken", "Offers taken on"),
    ("arrive_in_time", "Arrived in time"),
    ("resolve_in_time", "Solved in time"),
    ("report_in_time", "Reported in time"),
    ("first_time_fix", "Fixed at the first visit"),
    ("repaired_for_good", "Machine did not come back"),
    ("satisfaction", "Satisfaction at the callback"),
    ("claim_kept", "Claimed amounts approved"),
    ("part_returned", "Failed parts sent back in time"),
    ("installed_well", "Installed without early fault"),
]
MANAGER_MEASURES = [
    ("visit_in_time", "Visits made in time"),
    ("followup_in_time", "Follow-ups done in time"),
    ("sheet_in_time", "Problem sheets answered in time"),
    ("dealer_satisfaction", "Satisfaction with the stations looked after"),
]
# Measures that are not those of the one a card scores.
FOREIGN_MEASURES = {
    "station": dict(MANAGER_MEASURES),
    "account_manager": dict(MEASURES),
}


class AftersalesScoreCard(models.Model):
    """How stations or account managers are scored and what a score is worth."""

    _name = "aftersales.score.card"
    _description = "Score card"
    _inherit = ["mail.thread", "aftersales.draft.mixin"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(
        default=10, help="The first card of the company for these is used."
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    subject = fields.Selection(
        [("station", "Stations"), ("account_manager", "Account managers")],
        string="For",
        required=True,
        default="station",
        help="Whom the card scores; each have measures of their own.",
    )
    measure_ids = fields.One2many("aftersales.score.measure", "card_id", copy=True)
    band_ids = fields.One2many("aftersales.score.band", "card_id", copy=True)
    pseudo_count = fields.Float(
        string="Weight of the network",
        default=5.0,
        help="So many average jobs are added to each station's own, so that two jobs"
        " make nobody a hero or a failure.",
    )
    repeat_days = fields.Integer(
        string="Repeat within (days)",
        default=30,
        help="A machine that comes back within these days was not repaired for good."
        " The job counts in the month in which they are over.",
    )
    installation_days = fields.Integer(
        string="Early fault within (days)",
        default=90,
        help="A repair within these days whose cause is the installation counts against"
        " the station that installed the machine, not against the one that repaired"
        " it. The installation counts in the month in which they are over.",
    )
    report_hours = fields.Float(
        string="Report within (h)",
        default=24.0,
        help="Hours from the arrival at the machine (of several visits, the last) to"
        " the report; a station that never says it has arrived is counted from its"
        " acceptance.",
    )

    _numbers_positive = models.Constraint(
        "CHECK(pseudo_count >= 0 AND repeat_days >= 0 AND report_hours >= 0"
        " AND installation_days >= 0)",
        "The numbers of a score card cannot be negative.",
    )

    @api.constrains("subject", "measure_ids")
    def _check_subject(self):
        for card in self:
            others = card.measure_ids.filtered(
                lambda measure, card=card: (
                    measure.code in FOREIGN_MEASURES[card.subject]
                )
            )
            if others:
                labels = dict(others._fields["code"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "%(measure)s is not a measure of those whom %(card)s scores.",
                        measure=labels[others[0].code],
                        card=card.name,
                    )
                )

    @api.model
    def _get_card(self, company, subject="station"):
        """The card the company uses for stations or managers, or an empty record."""
        cards = self.search(
            [
                ("company_id", "in", [False, company.id]),
                ("subject", "=", subject),
                ("is_draft", "=", False),
            ]
        )
        return (cards.filtered("company_id") or cards)[:1]

    def action_try_out(self):
        """Button: only what stations are paid can be tried out on past months."""
        if self.subject != "station":
            raise UserError(
                self.env._(
                    "Only cards for stations change what is paid: try those out."
                )
            )
        return super().action_try_out()

    def _prepare_card(self):
        """This card as the pure rule reads it."""
        self.ensure_one()
        return score.Card(
            weights=tuple(measure._prepare_weight() for measure in self.measure_ids),
            pseudo_count=to_decimal(self.pseudo_count),
            bands=tuple(
                score.Band(
                    minimum=to_decimal(band.minimum), value=to_decimal(band.multiplier)
                )
                for band in self.band_ids
            ),
        )


class AftersalesScoreMeasure(models.Model):
    """One measure of a score card and how much it counts."""

    _name = "aftersales.score.measure"
    _description = "Measure of a score card"
    _order = "card_id, sequence, id"

    card_id = fields.Many2one(
        "aftersales.score.card", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    sequence = fields.Integer(default=10)
    code = fields.Selection(
        MEASURES + MANAGER_MEASURES, string="Measure", required=True
    )
    weight = fields.Float(
        required=True, default=1.0, help="Compared with the weights of the others."
    )
    point_ids = fields.One2many(
        "aftersales.score.point",
        "measure_id",
        string="Points",
        copy=True,
        help="How many points which percent is worth. Without rows the percent are the"
        " points.",
    )
    point_text = fields.Char(string="Points by percent", compute="_compute_point_text")

    _code_uniq = models.UniqueIndex(
        "(card_id, code)", "This measure is on the card already."
    )
    _weight_positive = models.Constraint(
        "CHECK(weight >= 0)", "A weight cannot be negative."
    )

    @api.depends("point_ids.minimum", "point_ids.points")
    def _compute_point_text(self):
        for measure in self:
            measure.point_text = ", ".join(
                f"{row.minimum:g} % → {row.points:g}"
                for row in measure.point_ids.sorted("minimum", reverse=True)
            )

    @api.constrains("code", "card_id")
    def _check_code(self):
        self.card_id._check_subject()

    def _prepare_weight(self):
        """This measure as the pure rule reads it."""
        self.ensure_one()
        return score.Weight(
            code=self.code,
            weight=to_decimal(self.weight),
            bands=tuple(
                score.Band(
                    minimum=to_decimal(row.minimum), value=to_decimal(row.points)
                )
                for row in self.point_ids
            ),
        )


class AftersalesScorePoint(models.Model):
    """From which percent on a measure is worth how many points."""

    _name = "aftersales.score.point"
    _description = "Points of a measure"
    _order = "measure_id, minimum desc, id"

    measure_id = fields.Many2one(
        "aftersales.score.measure", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="measure_id.company_id", store=True, index=True
    )
    minimum = fields.Float(string="Percent from", required=True, help="0 to 100.")
    points = fields.Float(
        required=True, help="0 to 100. Below the lowest row there are none."
    )

    _minimum_uniq = models.UniqueIndex(
        "(measure_id, minimum)", "This percent is there already."
    )
    _in_range = models.Constraint(
        "CHECK(minimum BETWEEN 0 AND 100 AND points BETWEEN 0 AND 100)",
        "Percent and points lie between 0 and 100.",
    )


class AftersalesScoreBand(models.Model):
    """From which score on which multiplier is paid."""

    _name = "aftersales.score.band"
    _description = "Band of a score card"
    _order = "card_id, minimum desc, id"

    card_id = fields.Many2one(
        "aftersales.score.card", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="card_id.company_id", store=True, index=True)
    minimum = fields.Float(string="Score from", required=True, help="0 to 100.")
    multiplier = fields.Float(
        string="Incentive multiplier",
        required=True,
        default=1.0,
        digits=(6, 3),
        help="Installation fees of the month are multiplied by it.",
    )

    _minimum_uniq = models.UniqueIndex(
        "(card_id, minimum)", "This band is on the card already."
    )
    _multiplier_positive = models.Constraint(
        "CHECK(multiplier >= 0)", "A multiplier cannot be negative."
    )
