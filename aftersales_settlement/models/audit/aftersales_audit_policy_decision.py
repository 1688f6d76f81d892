from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..rate.aftersales_rate import to_decimal

ROLES = [("auditor", "Auditor"), ("manager", "Manager")]


class AftersalesAuditPolicy(models.Model):
    """What persons decide: how long each side has, and up to which amount alone."""

    _inherit = "aftersales.audit.policy"

    return_days = fields.Integer(
        string="Station answers within (days)",
        default=14,
        tracking=True,
        help="Days a station has to correct a returned claim; 0 means no clock.",
    )
    return_expiry = fields.Selection(
        [("remind", "Tell the person below"), ("reject", "Reject the claim")],
        string="Without an answer",
        required=True,
        default="remind",
        tracking=True,
        help="What happens when a returned claim was not corrected in time.",
    )
    appeal_days = fields.Integer(
        string="Station appeals within (days)",
        default=14,
        tracking=True,
        help="Days after a decision that pays less than claimed; 0 means no appeals.",
    )
    appeal_answer_days = fields.Integer(
        string="Appeal answered within (days)",
        default=7,
        tracking=True,
        help="Days the auditor has; then the person below is told.",
    )
    deadline_user_id = fields.Many2one(
        "res.users",
        string="Told of deadlines",
        domain=[("share", "=", False)],
        help="Empty: the auditor who decided, else the first settlement manager.",
    )
    limit_ids = fields.One2many("aftersales.audit.limit", "policy_id", copy=True)

    _days_positive = models.Constraint(
        "CHECK(return_days >= 0 AND appeal_days >= 0 AND appeal_answer_days >= 0)",
        "Days cannot be negative.",
    )

    def _get_limit(self, user):
        """Up to which amount, in the company's currency, ``user`` approves alone.

        None: up to any amount. A row of his own counts before the one of his role.
        """
        own = self.limit_ids.filtered(lambda row: row.user_id == user)
        group = "aftersales_settlement.group_settlement_manager"
        role = "manager" if user.has_group(group) else "auditor"
        shared = self.limit_ids.filtered(
            lambda row: not row.user_id and row.role == role
        )
        row = own or shared
        return to_decimal(row[0].amount) if row else None


class AftersalesAuditLimit(models.Model):
    """Up to which amount one person or a role approves a claim alone."""

    _name = "aftersales.audit.limit"
    _description = "Approval limit"
    _order = "policy_id, amount, id"

    policy_id = fields.Many2one(
        "aftersales.audit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True, index=True)
    role = fields.Selection(ROLES, help="Everybody whose highest role this is.")
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        domain=[("share", "=", False)],
        help="Only this person, whatever the role.",
    )
    amount = fields.Float(
        string="Approves alone up to",
        required=True,
        digits=(16, 2),
        help="In the company's currency. Above it a second auditor has to agree.",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "An approval limit cannot be negative."
    )
    _user_uniq = models.UniqueIndex(
        "(policy_id, user_id) WHERE user_id IS NOT NULL",
        "This person has a limit already.",
    )
    _role_uniq = models.UniqueIndex(
        "(policy_id, role) WHERE user_id IS NULL", "This role has a limit already."
    )

    @api.constrains("role", "user_id", "amount")
    def _check_whose(self):
        for limit in self:
            if bool(limit.role) == bool(limit.user_id):
                raise ValidationError(
                    self.env._("A limit is for a role or for one person.")
                )

    @api.depends("role", "user_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["role"]._description_selection(self.env))
        for limit in self:
            limit.display_name = limit.user_id.name or labels.get(limit.role, "")
