from odoo import api, fields, models


class AftersalesFollowup(models.Model):
    """One call back to a customer: due, asked, answered; the answer is frozen here."""

    _name = "aftersales.followup"
    _description = "Follow-up"
    _inherit = ["mail.thread", "mail.activity.mixin", "aftersales.state.mixin"]
    _order = "due_date, id"

    TRANSITIONS = {
        "due": ("done", "unreachable", "cancelled"),
        "unreachable": ("due", "cancelled"),
        "done": (),
        "cancelled": (),
    }
    _guarded_fields = (
        "state",
        "satisfaction",
        "is_charged_extra",
        "is_solved",
        "work_order_id",
        "rule_id",
    )

    rule_id = fields.Many2one(
        "aftersales.followup.rule", ondelete="restrict", index=True
    )
    work_order_id = fields.Many2one(
        "aftersales.work.order", index=True, ondelete="cascade"
    )
    ticket_id = fields.Many2one("helpdesk.ticket", required=True, index=True)
    territory_id = fields.Many2one(
        related="ticket_id.territory_id", store=True, index=True
    )
    company_id = fields.Many2one(related="ticket_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null"
    )
    phone = fields.Char(related="partner_id.phone")
    unit_id = fields.Many2one("stock.lot", index="btree_not_null")
    station_id = fields.Many2one("res.partner", index="btree_not_null")
    channel = fields.Selection(related="rule_id.channel", store=True)
    survey_id = fields.Many2one("survey.survey", string="Questionnaire")
    due_date = fields.Date(required=True)
    user_id = fields.Many2one("res.users", string="Agent", index="btree_not_null")
    state = fields.Selection(
        [
            ("due", "Due"),
            ("unreachable", "Not reached"),
            ("done", "Answered"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="due",
        readonly=True,
        copy=False,
        tracking=True,
    )
    attempt_count = fields.Integer(string="Attempts", readonly=True, copy=False)
    user_input_id = fields.Many2one("survey.user_input", readonly=True, copy=False)
    satisfaction = fields.Integer(
        readonly=True, copy=False, help="1 (very bad) to 5 (very good)."
    )
    is_solved = fields.Boolean(readonly=True, copy=False, string="Machine runs")
    is_charged_extra = fields.Boolean(
        readonly=True, copy=False, string="Charged more than reported"
    )
    comment = fields.Text(string="In the customer's words")
    done_at = fields.Datetime(readonly=True, copy=False)

    # Once per rule and job, whatever runs twice.
    _rule_job_uniq = models.UniqueIndex(
        "(rule_id, work_order_id) WHERE work_order_id IS NOT NULL"
    )

    @api.depends("ticket_id.number", "rule_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for followup in self:
            parts = [followup.rule_id.name, followup.ticket_id.number]
            followup.display_name = " ".join(part for part in parts if part)
