from odoo import api, fields, models
from odoo.exceptions import UserError


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
        "rule_id",
        "work_order_id",
        "attempt_count",
        "cancel_reason",
        "user_input_id",
        "satisfaction",
        "is_solved",
        "is_charged_extra",
        "charged_amount",
        "comment",
        "done_at",
        "problem_ticket_id",
        "event_key",
        "printed_at",
        "is_gift_taken",
        # of the link, see aftersales_followup_link
        "link_token",
        "link_until",
        "is_answered_by_link",
    )
    # What a follow-up is about, where that lies and when it was due never changes
    # afterwards.
    _fixed_fields = (
        "territory_id",
        "company_id",
        "ticket_id",
        "partner_id",
        "unit_id",
        "station_id",
        "survey_id",
        "due_date",
    )

    rule_id = fields.Many2one(
        "aftersales.followup.rule", ondelete="restrict", index=True, readonly=True
    )
    work_order_id = fields.Many2one(
        "aftersales.work.order", index=True, ondelete="cascade", readonly=True
    )
    ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Request",
        index=True,
        help="Empty where nothing was asked for, as at an annual visit.",
    )
    territory_id = fields.Many2one(
        "aftersales.territory", compute="_compute_home", store=True, index=True
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_home", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner", string="Customer", index="btree_not_null"
    )
    unit_id = fields.Many2one("stock.lot", string="Machine", index="btree_not_null")
    station_id = fields.Many2one("res.partner", index="btree_not_null")
    channel = fields.Selection(related="rule_id.channel", store=True)
    survey_id = fields.Many2one(
        "survey.survey", string="Questionnaire", ondelete="restrict"
    )
    due_date = fields.Date(
        string="Call by",
        required=True,
        help="The customer is asked by this day at the latest.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Agent",
        index="btree_not_null",
        domain="[('share', '=', False)]",
        help="Who asks the customer; empty until somebody takes it.",
    )
    state = fields.Selection(
        [
            ("due", "Due"),
            ("unreachable", "Not reached"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="due",
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    attempt_count = fields.Integer(
        string="Attempts", readonly=True, copy=False, aggregator="sum"
    )
    next_try_at = fields.Datetime(
        string="Next try", copy=False, help="Not to be called again before this time."
    )
    cancel_reason = fields.Char(readonly=True, copy=False)

    # What the agent needs on the telephone; nothing of it is stored twice.
    phone = fields.Char(compute="_compute_phone", compute_sudo=True)
    product_id = fields.Many2one(
        "product.product", string="Model", compute="_compute_place", compute_sudo=True
    )
    site_address = fields.Char(
        string="Place", compute="_compute_place", compute_sudo=True
    )
    fault_text = fields.Text(related="ticket_id.fault_text")
    work_text = fields.Text(related="work_order_id.work_text")
    work_done_at = fields.Datetime(
        related="work_order_id.done_at", string="Job done at"
    )
    remedy_id = fields.Many2one(related="work_order_id.remedy_id")
    part_summary = fields.Char(
        compute="_compute_report_summary", compute_sudo=True, string="Parts fitted"
    )
    charge_total = fields.Monetary(
        compute="_compute_report_summary",
        compute_sudo=True,
        string="Charged (report)",
        help="What the station reports that it asked the customer for.",
    )
    questions = fields.Json(
        compute="_compute_questions",
        compute_sudo=True,
        help="The questions as the form shows them.",
    )
    can_answer = fields.Boolean(compute="_compute_can_answer")

    # The answer: typed while the call lasts, then frozen.
    answers = fields.Json(copy=False)
    user_input_id = fields.Many2one(
        "survey.user_input", readonly=True, copy=False, ondelete="restrict"
    )
    satisfaction = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="avg",
        help="1 (very bad) to 5 (very good).",
    )
    is_solved = fields.Boolean(readonly=True, copy=False, string="Machine runs")
    is_charged_extra = fields.Boolean(
        readonly=True, copy=False, string="Charged more than reported"
    )
    charged_amount = fields.Monetary(
        readonly=True,
        copy=False,
        string="Amount charged",
        help="What the customer says was asked beyond the report.",
    )
    comment = fields.Text(string="In the customer's words", readonly=True, copy=False)
    done_at = fields.Datetime(string="Done at", readonly=True, copy=False)
    problem_ticket_id = fields.Many2one(
        "helpdesk.ticket",
        string="Problem sheet",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    # Once per rule and job, whatever runs twice.
    _rule_job_uniq = models.UniqueIndex(
        "(rule_id, work_order_id) WHERE work_order_id IS NOT NULL"
    )
    _due_idx = models.Index("(due_date, id) WHERE state = 'due'")

    _about_something = models.Constraint(
        "CHECK(ticket_id IS NOT NULL OR unit_id IS NOT NULL"
        " OR (event_key IS NOT NULL AND partner_id IS NOT NULL))",
        "A follow-up is about a request, a machine or an occasion of a customer.",
    )

    def _get_subject(self):
        """What it is about: the request, the machine, else the customer himself."""
        self.ensure_one()
        return self.ticket_id or self.unit_id or self.partner_id

    @api.depends(
        "ticket_id.territory_id",
        "ticket_id.company_id",
        "unit_id.territory_id",
        "unit_id.company_id",
        "partner_id.territory_id",
        "partner_id.company_id",
        "rule_id.company_id",
    )
    def _compute_home(self):
        for followup in self:
            subject = followup._get_subject()
            followup.territory_id = subject.territory_id
            company = subject.company_id or followup.rule_id.company_id
            # A machine of all companies: whoever makes the follow-up keeps it.
            kept = followup._origin.company_id
            followup.company_id = company or kept or self.env.company

    @api.depends("ticket_id.product_id", "unit_id.product_id", "partner_id")
    def _compute_place(self):
        for followup in self:
            subject = followup.ticket_id or followup.unit_id
            followup.product_id = subject.product_id
            followup.site_address = (
                subject.site_address or followup.partner_id._get_place_text()
            )

    @api.depends("ticket_id.number", "unit_id.name", "event_key", "rule_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for followup in self:
            # A number and a rule's name: neither phone nor address, nor the customer.
            number = followup.ticket_id.sudo().number or followup.unit_id.sudo().name
            parts = [followup.rule_id.name, number or followup.event_key]
            followup.display_name = " ".join(part for part in parts if part)

    @api.depends("ticket_id.contact_phone", "partner_id.phone")
    def _compute_phone(self):
        for followup in self:
            followup.phone = (
                followup.ticket_id.contact_phone or followup.partner_id.phone
            )

    @api.depends("work_order_id.part_line_ids", "work_order_id.charge_line_ids")
    def _compute_report_summary(self):
        for followup in self:
            order = followup.work_order_id
            followup.part_summary = ", ".join(
                f"{line.product_id.name} × {line.quantity:g}"
                for line in order.part_line_ids
            )
            followup.charge_total = sum(order.charge_line_ids.mapped("amount"))

    @api.depends("survey_id")
    @api.depends_context("lang")
    def _compute_questions(self):
        for followup in self:
            followup.questions = [
                question._prepare_followup_form()
                for question in followup.survey_id.question_ids
            ]

    @api.depends("state", "survey_id")
    def _compute_can_answer(self):
        for followup in self:
            followup.can_answer = followup._is_answerable()

    def write(self, vals):
        if not self._is_unguarded():
            self._refuse_guarded([name for name in self._fixed_fields if name in vals])
            if "answers" in vals:
                self._check_can_answer()
        return super().write(vals)

    def action_answer(self):
        """Record what the customer answered; the answer is frozen from here on."""
        self._record_answers()

    def action_not_reached(self):
        return self._open_outcome("not_reached", self.env._("Not reached"))

    def action_cancel(self):
        return self._open_outcome("cancel", self.env._("Cancel follow-up"))

    def action_reopen(self):
        """Call again somebody who had been given up."""
        self._update_state("due", attempt_count=0, next_try_at=False)

    def action_take(self):
        """Assign the follow-up to oneself."""
        self.write({"user_id": self.env.uid})

    def action_view_problem(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "helpdesk.ticket",
            "res_id": self.problem_ticket_id.id,
            "views": [[False, "form"]],
        }

    def _open_outcome(self, kind, title):
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "aftersales.followup.outcome",
            "views": [[False, "form"]],
            "target": "new",
            "context": {"default_kind": kind, "default_followup_ids": self.ids},
        }

    def _is_answerable(self):
        """Whether the agent may record answers now."""
        self.ensure_one()
        return self.state == "due" and bool(self.survey_id)

    def _check_can_answer(self):
        for followup in self:
            if not followup._is_answerable():
                raise UserError(
                    self.env._(
                        "%(followup)s takes no answer: it is not due.",
                        followup=followup.display_name,
                    )
                )

    def _check_due(self):
        for followup in self:
            if followup.state != "due":
                raise UserError(
                    self.env._(
                        "%(followup)s is not due.", followup=followup.display_name
                    )
                )

    def _miss(self, next_try_at, note=None):
        """Count a call that reached nobody; give up after the rule's last attempt."""
        self._check_due()
        for count, followups in self.grouped("attempt_count").items():
            followups._write_guarded(
                {
                    "attempt_count": count + 1,
                    "next_try_at": next_try_at,
                    "user_id": self.env.uid,
                }
            )
        self._log_notes(
            {
                followup: self.env._(
                    "Not reached, attempt %(count)s. %(note)s",
                    count=followup.attempt_count,
                    note=note or "",
                )
                for followup in self
            }
        )
        spent = self.filtered(lambda f: f.attempt_count >= f._get_max_attempts())
        if spent:
            spent._update_state("unreachable")

    def _get_max_attempts(self):
        """How often the customer is called before the follow-up is given up."""
        self.ensure_one()
        return self.rule_id.max_attempts or 3

    def _cancel(self, reason):
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the customer is not asked."))
        self._update_state("cancelled", cancel_reason=reason)

    def _log_notes(self, notes):
        """Write an internal note on each follow-up: {follow-up: text}."""
        self.env["aftersales.followup"].browse(
            followup.id for followup in notes
        )._message_log_batch(bodies={f.id: text for f, text in notes.items()})
