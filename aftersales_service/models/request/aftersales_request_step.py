from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import workflow

# Who gives an approval or does a task: role → group. Another addon may add its own
# with selection_add and an entry here.
ROLE_GROUPS = {
    "agent": "aftersales_service.group_aftersales_agent",
    "office": "aftersales_service.group_aftersales_office",
    "headquarters": "aftersales_service.group_aftersales_headquarters",
    "quality": "aftersales_service.group_aftersales_quality",
    # Where the request is with no department.
    "department": "aftersales_service.group_aftersales_office",
}


class AftersalesRequestStep(models.Model):
    """One step of the road that requests of a type take."""

    _name = "aftersales.request.step"
    _description = "Step of a request type"
    _order = "request_type_id, sequence, id"

    request_type_id = fields.Many2one(
        "aftersales.request.type", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="request_type_id.company_id", store=True)
    sequence = fields.Integer(default=100)
    what = fields.Selection(
        [
            ("machine", "Name the machine"),
            ("warranty", "Decide warranty"),
            ("approve", "Approval"),
            ("task", "Task"),
            ("dispatch", "A station does the job"),
            ("report", "The office accepts the report"),
            ("callback", "Ask the customer"),
            ("answer", "Answer in writing"),
            ("classify", "Choose its kind"),
        ],
        string="Kind of step",
        required=True,
    )
    name = fields.Char(
        string="In words",
        translate=True,
        help="What is approved or done, as the request shows it.",
    )
    role = fields.Selection(
        [
            ("agent", "Agent"),
            ("office", "Office"),
            ("headquarters", "Headquarters"),
            ("quality", "Quality engineer"),
            ("department", "Department of the request"),
        ],
        string="By whom",
        help="Who gives this approval or does this task.",
    )
    is_gate = fields.Boolean(
        string="Nothing after it before",
        help="No later step is possible before this one is done. Others may be done"
        " later, but before the request is closed.",
    )
    only_if = fields.Selection(
        [
            ("always", "Always"),
            ("customer_pays", "Customer pays"),
            ("maker_pays", "Maker pays"),
        ],
        string="Only when",
        required=True,
        default="always",
        help="By the warranty decision, which is then made first.",
    )
    followup_rule_id = fields.Many2one(
        "aftersales.followup.rule",
        string="With the questions of",
        domain="[('event', 'in', ('installation_done', 'repair_done'))]",
        help="The customer is asked by this rule when no other follow-up came. Empty:"
        " only follow-ups that came by themselves are waited for.",
    )

    _one_of_each = models.UniqueIndex(
        "(request_type_id, what) WHERE what NOT IN ('approve', 'task')",
        "A request type has this step already.",
    )

    @api.depends("name", "what")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["what"]._description_selection(self.env))
        for step in self:
            step.display_name = step.name or labels.get(step.what, "")

    @api.constrains("what", "name", "role")
    def _check_role(self):
        for step in self:
            if step.what in ("approve", "task") and not (step.name and step.role):
                raise ValidationError(
                    self.env._(
                        "Say in words what is approved or done, and who does it."
                    )
                )

    @api.constrains("only_if", "sequence", "what", "request_type_id")
    def _check_only_if(self):
        for step in self.filtered(lambda step: step.only_if != "always"):
            road = step.request_type_id.step_ids.sorted("sequence")
            before = road[: road.ids.index(step.id)] if step in road else road
            if "warranty" not in before.mapped("what"):
                raise ValidationError(
                    self.env._(
                        "“%(step)s” depends on who pays: put it after the warranty"
                        " decision.",
                        step=step.display_name,
                    )
                )

    def _prepare_step(self):
        """The step as the rule reads it."""
        self.ensure_one()
        return workflow.Step(
            key=self.id,
            what=self.what,
            is_gate=self.is_gate,
            only_if=self.only_if,
            makes_followup=bool(self.followup_rule_id),
        )

    def _is_for_user(self, user, team):
        """Whether ``user`` has the role of this step on a request of ``team``."""
        self.ensure_one()
        if self.role == "department" and team:
            return user in team.sudo().user_ids  # only membership is compared
        return user.has_group(ROLE_GROUPS.get(self.role, "base.group_no_one"))
