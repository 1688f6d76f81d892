from odoo import api, fields, models, tools

from ...tools import service_level as level_rule


class AftersalesServiceLevel(models.Model):
    """How soon a request must be answered, visited and solved, in working hours."""

    _name = "aftersales.service.level"
    _inherit = ["aftersales.cached.mixin"]
    _description = "Service level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The first row that fits is used.")
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", default=lambda self: self.env.company, index=True
    )
    request_type_id = fields.Many2one(
        "aftersales.request.type", help="Empty means any."
    )
    priority = fields.Selection(
        [("0", "Low"), ("1", "Medium"), ("2", "High"), ("3", "Very High")],
        help="Empty means any.",
    )
    territory_id = fields.Many2one(
        "aftersales.territory",
        help="Valid here and in its parts; empty means everywhere.",
    )
    calendar_id = fields.Many2one(
        "resource.calendar",
        string="Working hours",
        help="Only these hours count; empty means the company's working hours.",
    )
    answer_hours = fields.Float(default=2.0, required=True)
    arrive_hours = fields.Float(default=0.0, help="0 means no arrival deadline.")
    resolve_hours = fields.Float(default=4.0, required=True)
    warn_hours = fields.Float(
        string="Warn before",
        default=0.5,
        required=True,
        help="How long before a deadline the person in charge is warned; 0 means no"
        " warning. After it the superior is told.",
    )

    _hours_positive = models.Constraint(
        "CHECK(answer_hours >= 0 AND arrive_hours >= 0 AND resolve_hours >= 0"
        " AND warn_hours >= 0)",
        "Hours of a service level cannot be negative.",
    )

    @api.model
    @tools.ormcache("company_id")
    def _get_rows(self, company_id):
        """The table of a company for ``service_level.match``; kept."""
        # How soon a request is answered is no secret to whoever may make one.
        levels = self.sudo().search(
            [("active", "=", True), ("company_id", "in", [False, company_id])]
        )
        return tuple(level._prepare_level() for level in levels)

    @tools.ormcache("self.id")
    def _prepare_level(self):
        """One row for ``service_level.match``, kept; hours of 0: no such deadline."""
        return level_rule.ServiceLevel(
            id=self.id,
            sequence=self.sequence,
            type_ids=frozenset(self.request_type_id.ids),
            priorities=frozenset(filter(None, [self.priority])),
            territory_ids=frozenset(self.territory_id.ids),
            loyalty_ids=frozenset(self.loyalty_class_ids.ids),
            answer_hours=self.answer_hours or None,
            arrive_hours=self.arrive_hours or None,
            resolve_hours=self.resolve_hours or None,
            warn_hours=self.warn_hours,
            calendar_id=self.calendar_id.id or None,
        )
