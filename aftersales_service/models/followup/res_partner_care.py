from odoo import fields, models

MONTHS = [
    ("1", "January"),
    ("2", "February"),
    ("3", "March"),
    ("4", "April"),
    ("5", "May"),
    ("6", "June"),
    ("7", "July"),
    ("8", "August"),
    ("9", "September"),
    ("10", "October"),
    ("11", "November"),
    ("12", "December"),
]


class ResPartner(models.Model):
    """When a customer has his birthday, and whether he wants to hear of us."""

    _inherit = "res.partner"

    birth_month = fields.Selection(
        MONTHS,
        string="Birthday (month)",
        copy=False,
        groups="base.group_user",
        help="Only month and day are kept, for the greeting.",
    )
    birth_day = fields.Integer(
        string="Birthday (day)", copy=False, groups="base.group_user"
    )
    wants_no_care = fields.Boolean(
        string="No greetings",
        groups="base.group_user",
        help="Gets no greetings and no regular visits by rule.",
    )
    care_ids = fields.One2many(
        "aftersales.followup",
        "partner_id",
        domain=[("event_key", "!=", False)],
        groups="base.group_user",
    )

    _birth_day_exists = models.Constraint(
        """CHECK(birth_month IS NULL OR birth_day BETWEEN 1 AND CASE
            WHEN birth_month = '2' THEN 29
            WHEN birth_month IN ('4', '6', '9', '11') THEN 30 ELSE 31 END)""",
        "This month does not have that day.",
    )
    # Whom somebody looks after is asked at each look at his care list.
    _care_manager_idx = models.Index("(user_id) WHERE user_id IS NOT NULL")
    _birthday_idx = models.Index(
        "(birth_month, birth_day) WHERE birth_month IS NOT NULL"
    )

    def _get_place_text(self):
        """The address in one line, the province first; empty where none is known."""
        parts = (self.state_id.name, self.city, self.street, self.zip)
        return " ".join(part for part in parts if part)
