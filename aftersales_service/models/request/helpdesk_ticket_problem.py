from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import html2plaintext

GUARDED = {"answered_on", "answered_by_id", "chased_on", "chase_count"}


class HelpdeskTicket(models.Model):
    """A problem sheet: a department is asked, chased, and answers in writing.

    A request whose type "needs an answer in writing" is one, whether a person sent it
    on or the answer of a follow-up opened it.
    """

    _inherit = "helpdesk.ticket"

    problem_followup_ids = fields.One2many(
        "aftersales.followup",
        "problem_ticket_id",
        string="Opened by",
        groups="base.group_user",
    )
    needs_written_answer = fields.Boolean(
        related="request_type_id.needs_written_answer"
    )
    problem_origin_id = fields.Many2one(
        "helpdesk.ticket",
        string="About request",
        index="btree_not_null",
        groups="base.group_user",
        help="The request that could not be solved without the department.",
    )
    problem_sheet_ids = fields.One2many(
        "helpdesk.ticket",
        "problem_origin_id",
        string="Problem sheets",
    )
    problem_sheet_count = fields.Integer(compute="_compute_problem_sheet_count")
    answer_due_date = fields.Date(
        string="Answer due",
        compute="_compute_answer_due_date",
        store=True,
        readonly=False,
        index="btree_not_null",
        groups="base.group_user",
        help="After this day the department is chased every day.",
    )
    written_answer = fields.Html(groups="base.group_user")
    answered_on = fields.Datetime(
        string="Answered in writing",
        readonly=True,
        copy=False,
    )
    answered_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, groups="base.group_user"
    )
    chased_on = fields.Date(
        string="Last chased", readonly=True, copy=False, groups="base.group_user"
    )
    chase_count = fields.Integer(
        string="Times chased", readonly=True, copy=False, groups="base.group_user"
    )
    sheet_state = fields.Selection(
        [
            ("sent", "With the department"),
            ("overdue", "Overdue"),
            ("answered", "Answered"),
        ],
        string="Problem sheet",
        compute="_compute_sheet_state",
    )

    @api.depends("problem_sheet_ids")
    def _compute_problem_sheet_count(self):
        for ticket in self:
            ticket.problem_sheet_count = len(ticket.problem_sheet_ids)

    @api.depends("request_type_id", "received_at")
    def _compute_answer_due_date(self):
        for ticket in self:
            kind = ticket.request_type_id
            if not kind.needs_written_answer:
                ticket.answer_due_date = False
            elif not ticket.answer_due_date:
                start = ticket._get_local_date(ticket.received_at)
                ticket.answer_due_date = start + timedelta(days=kind.answer_days)

    @api.depends("request_type_id", "answered_on", "answer_due_date")
    def _compute_sheet_state(self):
        for ticket in self:
            today = (ticket.company_id or self.env.company)._get_today()
            due = ticket.answer_due_date
            ticket.sheet_state = ticket.needs_written_answer and (
                (ticket.answered_on and "answered")
                or (due and due < today and "overdue")
                or "sent"
            )

    @api.model
    def _get_guarded_names(self):
        return super()._get_guarded_names() | GUARDED

    @api.model
    def _check_guarded(self, vals_list, is_new=False):
        super()._check_guarded(vals_list, is_new)
        names = {name for vals in vals_list for name in GUARDED & vals.keys()}
        if not self.env.su and not is_new and names:
            raise UserError(
                self.env._("An answer is given by its button, so that its day is true.")
            )

    def action_view_problem_followup(self):
        """Open the follow-up that opened this problem sheet."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "aftersales.followup",
            "res_id": self.problem_followup_ids[:1].id,
            "views": [[False, "form"]],
        }

    def action_new_problem_sheet(self):
        """Write a problem sheet about this request to a department."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Problem sheet"),
            "res_model": "helpdesk.ticket",
            "view_mode": "form",
            "context": {
                "default_request_type_id": self.env.ref(
                    "aftersales_service.request_type_problem"
                ).id,
                "default_problem_origin_id": self.id,
                "default_partner_id": self.partner_id.id,
                "default_unit_id": self.unit_id.id,
                "default_territory_id": self.territory_id.id,
                "default_component_id": self.component_id.id,
                "default_symptom_id": self.symptom_id.id,
                "default_fault_text": self.fault_text,
                "default_user_id": False,
            },
        }

    def action_view_problem_sheets(self):
        """Where the problem sheets about this request stand."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Problem sheets"),
            "res_model": "helpdesk.ticket",
            "views": [
                [self.env.ref("aftersales_service.problem_sheet_view_list").id, "list"],
                [False, "form"],
            ],
            "domain": [("problem_origin_id", "=", self.id)],
        }

    def action_answer_problem(self):
        """Give the written answer: who asked is told, and the request knows it."""
        self.check_access("write")
        for sheet in self:
            if not sheet.needs_written_answer or sheet.answered_on:
                raise UserError(
                    self.env._(
                        "%(request)s is answered already or needs no answer.",
                        request=sheet.display_name,
                    )
                )
            if not html2plaintext(sheet.written_answer or "").strip():
                raise UserError(self.env._("Write the answer first."))
        self._check_gate("answer")
        # Day and hand of the answer, for who may write the sheet.
        self.sudo().write(
            {"answered_on": fields.Datetime.now(), "answered_by_id": self.env.uid}
        )
        for sheet in self.sudo():
            body = Markup("<p>%s</p>%s") % (
                self.env._("Answer to problem sheet %(number)s:", number=sheet.number),
                sheet.written_answer,
            )
            sheet.message_post(
                body=body, partner_ids=(sheet.create_uid - self.env.user).partner_id.ids
            )
            if sheet.problem_origin_id:
                sheet.problem_origin_id.message_post(body=body)
            sheet.activity_unlink(["aftersales_service.mail_activity_type_problem"])
        self._ask_approvals()
        return True

    @api.model
    def _cron_chase_problem_sheets(self, batch_size=50):
        """Remind departments of answers that are overdue, once a day."""
        today = self.env.company._get_today()
        self._work_in_batches(
            Domain("answer_due_date", "<", today)
            & Domain("answered_on", "=", False)
            & Domain("stage_id.closed", "=", False)
            & (Domain("chased_on", "=", False) | Domain("chased_on", "<", today)),
            "_chase_problem_sheets",
            batch_size,
        )

    def _chase_problem_sheets(self):
        """One activity per sheet for the department, and a mail every day."""
        today = self.env.company._get_today()
        kind = "aftersales_service.mail_activity_type_problem"
        known = set(self.activity_search([kind]).mapped("res_id"))
        for sheet in self:
            user = sheet._get_chased_user()
            sheet.sudo().write(  # called by the cron only
                {"chased_on": today, "chase_count": sheet.chase_count + 1}
            )
            if user and sheet.id not in known:
                sheet.activity_schedule(
                    kind,
                    date_deadline=sheet.answer_due_date,
                    summary=self.env._("Answer the problem sheet in writing"),
                    user_id=user.id,
                )
        self.env.ref("aftersales_service.mail_template_problem_chase").send_mail_batch(
            self.filtered(lambda s: s._get_chased_user()).ids
        )

    def _get_chased_user(self):
        """Who is chased: who took the sheet, else the department, else the office."""
        self.ensure_one()
        return (
            self.user_id
            or self.team_id.user_id
            or self.team_id.user_ids[:1]
            or self.territory_id._get_responsible()
        )
