from odoo import fields, models


class AftersalesClaimReason(models.Model):
    """Why an auditor pays less or sends a claim back; the station reads its name."""

    _name = "aftersales.claim.reason"
    _description = "Reason of a decision"
    _order = "kind, sequence, id"

    name = fields.Char(
        string="Reason", required=True, translate=True, help="The station reads it."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        [
            ("adjust", "Other amount"),
            ("reject", "Rejection"),
            ("return", "Return to station"),
        ],
        string="Used for",
        required=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company uses it."
    )

    def _tell(self, comment, lang=None):
        """The reason's name with the auditor's comment, as the station reads them."""
        name = self.with_context(lang=lang or self.env.lang).name
        return ": ".join(filter(None, [name, (comment or "").strip()]))
