from odoo import api, fields, models
from odoo.fields import Domain

from .aftersales_request_step import ROLE_GROUPS


class AftersalesRequestMark(models.Model):
    """An approval asked, given or refused, or a task done, on one request.

    One row per request and step. Rows are made by code only; what was said before is
    in the messages of the request.
    """

    _name = "aftersales.request.mark"
    _description = "Approval of a request"
    _order = "id desc"
    _rec_name = "step_name"

    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    territory_id = fields.Many2one(
        related="ticket_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    step_id = fields.Many2one(
        "aftersales.request.step", index=True, ondelete="set null", readonly=True
    )
    # The step as it was: a workflow may change, what was approved does not.
    step_name = fields.Char(string="Approval or task", readonly=True)
    role = fields.Selection(
        selection="_get_roles", string="By whom", readonly=True, index=True
    )
    state = fields.Selection(
        [
            ("asked", "Asked"),
            ("approved", "Approved"),
            ("refused", "Turned down"),
            ("done", "Done"),
        ],
        required=True,
        default="asked",
        readonly=True,
        index=True,
    )
    asked_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    marked_at = fields.Datetime(string="Decided on", readonly=True)
    marked_by_id = fields.Many2one("res.users", string="Decided by", readonly=True)
    reason = fields.Char(readonly=True)
    partner_id = fields.Many2one(related="ticket_id.partner_id", string="Customer")
    summary = fields.Char(related="ticket_id.summary")
    can_mark = fields.Boolean(
        string="Mine to decide", compute="_compute_can_mark", search="_search_can_mark"
    )

    _once = models.UniqueIndex(
        "(ticket_id, step_id)", "This step is marked already: look again."
    )

    @api.model
    def _get_roles(self):
        steps = self.env["aftersales.request.step"]
        return steps._fields["role"]._description_selection(self.env)

    @api.depends("state", "step_id")
    @api.depends_context("uid")
    def _compute_can_mark(self):
        for mark in self:
            mark.can_mark = mark.state == "asked" and (
                mark.ticket_id._get_markable_step() == mark.step_id
            )

    def _search_can_mark(self, operator, value):
        if operator != "in":
            return NotImplemented
        user = self.env.user
        roles = [role for role, group in ROLE_GROUPS.items() if user.has_group(group)]
        no_team = Domain("role", "!=", "department") | Domain(
            "ticket_id.team_id", "=", False
        )
        return Domain("state", "=", "asked") & (
            (Domain("role", "in", roles) & no_team)
            | Domain("role", "=", "department")
            & Domain("ticket_id.team_id.user_ids", "in", user.ids)
        )

    def action_open_request(self):
        """Open the request that waits for this."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.ticket_id.id,
            "views": [[False, "form"]],
        }
