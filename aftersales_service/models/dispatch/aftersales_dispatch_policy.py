from odoo import api, fields, models


class AftersalesDispatchPolicy(models.Model):
    """How stations are chosen: weights of the criteria, time to answer."""

    _name = "aftersales.dispatch.policy"
    _description = "Dispatch policy"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first policy that fits is used.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    territory_id = fields.Many2one(
        "aftersales.territory",
        help="Valid here and in its parts; empty means everywhere.",
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type", help="Empty means any."
    )
    mode = fields.Selection(
        [
            ("off", "By hand"),
            ("suggest", "Suggest the best"),
            ("assign", "Assign the best"),
        ],
        required=True,
        default="suggest",
        help="By hand: the office picks a station from the list. Suggest: one click"
        " offers to the best. Assign: requests that are ready are offered to the best"
        " by themselves, and so are jobs that were declined or not answered.",
    )
    offer_hours = fields.Float(
        string="Time to answer",
        default=2.0,
        required=True,
        help="Working hours a station has to accept; reminded at half.",
    )
    horizon_days = fields.Integer(
        string="Look ahead",
        default=7,
        help="How many days ahead a free place in the station's day is looked for.",
    )
    parts_days = fields.Integer(
        string="Time for parts",
        default=3,
        help="Days until parts are there that a station lacks; before that no day is"
        " promised at it.",
    )
    max_distance_km = fields.Float(
        string="Reach",
        default=200.0,
        help="At this distance the distance criterion gives no points.",
    )
    distance_weight = fields.Float(
        string="Distance",
        default=40.0,
        help="Points of a station next door; 0 leaves distance out.",
    )
    load_weight = fields.Float(
        string="Load", default=20.0, help="Points of a station with an empty day."
    )
    parts_weight = fields.Float(
        string="Parts on hand",
        default=15.0,
        help="Points of a station that has all usual parts on hand.",
    )
    score_weight = fields.Float(
        string="Score",
        default=15.0,
        help="Points of a station with the best possible score.",
    )
    skill_weight = fields.Float(default=5.0, help="Points of an expert.")
    rank_weight = fields.Float(
        string="Coverage rank",
        default=5.0,
        help="Weight of the coverage rank; decides where no distance is known.",
    )

    _offer_hours_positive = models.Constraint(
        "CHECK(offer_hours > 0)", "A station needs some time to answer."
    )
    _horizon_sensible = models.Constraint(
        "CHECK(horizon_days BETWEEN 1 AND 60)",
        "Free places are looked for on 1 to 60 days.",
    )
    _parts_days_sensible = models.Constraint(
        "CHECK(parts_days BETWEEN 0 AND 60)", "Parts take 0 to 60 days."
    )
    _weights_positive = models.Constraint(
        "CHECK(distance_weight >= 0 AND load_weight >= 0 AND parts_weight >= 0"
        " AND score_weight >= 0 AND skill_weight >= 0 AND rank_weight >= 0"
        " AND max_distance_km > 0)",
        "Weights cannot be negative, and the distance must be above zero.",
    )

    @api.model
    def _match_tickets(self, tickets):
        """The first policy that fits each request; the defaults where none does.

        :return: {ticket: policy}
        """
        policies = self.search([("company_id", "in", [False, *tickets.company_id.ids])])
        fallback = self.new()
        return {
            ticket: next((p for p in policies if p._fits(ticket)), fallback)
            for ticket in tickets
        }

    def _fits(self, ticket):
        """Whether this policy takes the request. May be extended with ``and``."""
        self.ensure_one()
        path = ticket.territory_id._get_path_ids() if ticket.territory_id else ()
        return (
            self.company_id.id in (False, ticket.company_id.id)
            and (not self.territory_id or self.territory_id.id in path)
            and self.request_type_id.id in (False, ticket.request_type_id.id)
        )

    def _get_weights(self):
        """Weight of each criterion of ``tools.dispatch``; may be extended."""
        self.ensure_one()
        return {
            "distance": self.distance_weight,
            "load": self.load_weight,
            "parts": self.parts_weight,
            "score": self.score_weight,
            "skill": self.skill_weight,
            "coverage": self.rank_weight,
        }
