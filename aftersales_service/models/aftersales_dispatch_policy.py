from odoo import fields, models


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
    )
    offer_hours = fields.Float(
        default=2.0,
        required=True,
        help="Hours a station has to accept; reminded at half.",
    )
    horizon_days = fields.Integer(
        default=7,
        help="How many days ahead a free place in the station's day is looked for.",
    )
    max_distance_km = fields.Float(
        default=200.0, help="At this distance the distance criterion gives no points."
    )
    distance_weight = fields.Float(default=40.0)
    load_weight = fields.Float(default=20.0)
    parts_weight = fields.Float(default=15.0)
    score_weight = fields.Float(default=15.0)
    skill_weight = fields.Float(default=5.0)
    rank_weight = fields.Float(
        default=5.0,
        help="Weight of the coverage rank; decides where no distance is known.",
    )

    _offer_hours_positive = models.Constraint(
        "CHECK(offer_hours > 0)", "A station needs some time to answer."
    )
