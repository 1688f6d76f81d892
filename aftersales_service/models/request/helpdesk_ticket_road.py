from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import followup as followup_rule
from ...tools import workflow
from .aftersales_request_step import ROLE_GROUPS

REASON_LENGTH = 500
# What a person writes by which the road of a request goes on.
_ASKS = {"request_type_id", "team_id", "unit_id", "serial_typed"}
ROAD_ICONS = {
    workflow.DONE: ("fa-check-circle text-success", ""),
    workflow.OPEN: ("fa-circle-o text-muted", "text-muted"),
    workflow.RUNNING: ("fa-clock-o text-warning", ""),
}


class HelpdeskTicket(models.Model):
    """The road of a request: the steps of its type, as `tools.workflow` reads them."""

    _inherit = "helpdesk.ticket"

    mark_ids = fields.One2many(
        "aftersales.request.mark",
        "ticket_id",
        string="Approvals and tasks",
    )
    road = fields.Html(
        compute="_compute_road",
        sanitize=False,
        help="The steps of this type of request, and where it stands.",
    )
    can_ask_again = fields.Boolean(compute="_compute_road")
    current_step_id = fields.Many2one(
        "aftersales.request.step", compute="_compute_road"
    )

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._ask_approvals()
        tickets.filtered("category_id")._close_classified()
        return tickets

    def write(self, vals):
        result = super().write(vals)
        if _ASKS & vals.keys():
            self._ask_approvals()
        if vals.get("category_id"):
            self._close_classified()
        return result

    def _close_classified(self):
        """Close what was only asked for its kind, now that this is chosen."""
        self.filtered(
            lambda ticket: (
                ticket.request_type_id.needs_kind
                and not ticket.closed
                and workflow.ends_by_classifying(ticket._get_road())
            )
        ).action_close()

    @api.depends("next_step", "request_type_id", "service_state", "mark_ids.state")
    @api.depends_context("lang", "uid")
    def _compute_road(self):
        for ticket in self:
            stops = ticket._get_road() if ticket._origin else ()
            current = workflow.find_next(stops)
            ticket.current_step_id = current and ticket._get_step(current.step)
            ticket.can_ask_again = bool(
                current and ticket._get_mark(current.step).state == "refused"
            )
            ticket.road = Markup().join(
                ticket._describe_stop(stop, stop == current)
                for stop in stops
                if stop.state != workflow.SKIPPED
            )

    def _describe_stop(self, stop, is_current):
        """One step of the road as the form shows it."""
        icon, text = ROAD_ICONS[stop.state]
        if is_current:
            icon, text = "fa-arrow-circle-right text-primary", "fw-bold"
        return Markup('<span class="me-3 %s"><i class="fa %s me-1"></i>%s</span>') % (
            text,
            icon,
            self._get_step(stop.step).display_name,
        )

    # Facts → rule

    def _get_road(self):
        """Where each step of this request's type stands: `workflow.Stop`, in order.

        May be extended with steps that are not on the type.
        """
        self.ensure_one()
        # Facts of the request, whoever looks.
        ticket = self.sudo()
        if ticket.is_imported:
            return ()
        steps = ticket.request_type_id.step_ids.sorted(lambda s: (s.sequence, s.id))
        return workflow.walk(
            [step._prepare_step() for step in steps], ticket._prepare_road_facts()
        )

    def _prepare_road_facts(self):
        """What the rule knows of this request. Called with sudo; may be extended."""
        self.ensure_one()
        return workflow.Facts(
            has_machine=bool(self.unit_id or self.serial_typed),
            warranty=self.warranty_result or None,
            job=self._get_job_fact(),
            followup=self._get_followup_fact(),
            is_answered=bool(self.answered_on),
            is_classified=bool(self.category_id),
            marks={mark.step_id.id: mark.state for mark in self.mark_ids},
        )

    def _get_job_fact(self):
        states = set(self._get_live_orders().mapped("state"))
        if states <= {"draft"}:
            return "none"
        if states == {"done"}:
            return "done"
        return "reported" if states <= {"reported", "done"} else "running"

    def _get_followup_fact(self):
        states = set(self.followup_ids.mapped("state"))
        if not states:
            return "none"
        return "due" if "due" in states else "closed"

    def _get_step(self, step):
        """The record of a step of the rule, for its words."""
        steps = self.env["aftersales.request.step"]
        return steps.sudo().browse(step.key)  # master data, read for its name

    def _get_mark(self, step):
        """What was said about a step of this request, or nothing."""
        marks = self.sudo().mark_ids  # a fact of the request, whoever looks
        return marks.filtered(lambda mark: mark.step_id.id == step.key)

    def _describe_step(self, stop):
        """Why the request waits here, as a sentence. May be extended."""
        self.ensure_one()
        what = stop.step.what
        if what in ("approve", "task"):
            return self._describe_mark(stop.step)
        undone = self._get_live_orders().filtered(lambda order: order.state != "done")
        if what in ("dispatch", "report") and undone:
            return self.env._("%(order)s is not done.", order=undone[0].name)
        return {
            "machine": self.env._("the machine is not named yet."),
            "warranty": self.env._("the warranty is not decided yet."),
            "dispatch": self.env._("no station has the job yet."),
            "report": self.env._("no station has the job yet."),
            "callback": self.env._("a follow-up is still due."),
            "answer": self.env._("the answer in writing is missing."),
            "classify": self.env._("its kind is not chosen yet."),
        }[what]

    def _describe_mark(self, step):
        mark, record = self._get_mark(step), self._get_step(step)
        if mark.state == "refused":
            return self.env._(
                "“%(step)s” was refused by %(user)s: %(reason)s",
                step=record.display_name,
                user=mark.marked_by_id.name,
                reason=mark.reason,
            )
        roles = dict(record._fields["role"]._description_selection(self.env))
        return self.env._(
            "“%(step)s” waits for: %(role)s.",
            step=record.display_name,
            role=roles.get(record.role, ""),
        )

    def _check_gate(self, what, step=None):
        """Raise when a gate before the first step of kind ``what`` is shut."""
        for ticket in self:
            if shut := ticket._get_shut_gate(what, step and step.id):
                raise UserError(
                    self.env._(
                        "%(request)s: first “%(gate)s”.",
                        request=ticket.display_name,
                        gate=ticket._get_step(shut.step).display_name,
                    )
                )

    def _get_shut_gate(self, what, key=None):
        """The gate before a step that is not passed, or None."""
        return workflow.find_gate(self._get_road(), what, key)

    # Approvals and tasks

    def _get_markable_step(self):
        """The approval or task this user could decide now, or nothing."""
        self.ensure_one()
        stop = workflow.find_next(self._get_road())
        if self.closed or not stop or stop.step.what not in ("approve", "task"):
            return self.env["aftersales.request.step"]
        if self._get_mark(stop.step).state == "refused":
            return self.env["aftersales.request.step"]
        step = self._get_step(stop.step)
        is_mine = step._is_for_user(self.env.user, self.team_id)
        return step if is_mine else step.browse()

    def _check_markable(self, what):
        """The step of kind ``what`` each of ``self`` waits for, this user's to decide.

        The button names the step it was shown for: a second click means no other.

        :return: {request: step}
        """
        self.check_access("read")
        meant = self.env.context.get("aftersales_step")
        found = {}
        for ticket in self:
            step = ticket._get_markable_step()
            if step.what != what or (meant and step.id != meant):
                raise AccessError(
                    self.env._(
                        "%(request)s does not wait for you here.",
                        request=ticket.display_name,
                    )
                )
            found[ticket] = step
        return found

    def action_approve_step(self):
        """Say yes to what each request waits for."""
        self._mark(self._check_markable("approve"), "approved")
        return True

    def action_finish_task(self):
        """The task each request waits for is done."""
        self._mark(self._check_markable("task"), "done")
        return True

    def action_refuse_step(self):
        """Ask why the approval is refused."""
        self.ensure_one()
        self._check_markable("approve")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "aftersales.request.refusal",
            "view_mode": "form",
            "target": "new",
            "context": {"default_ticket_id": self.id},
        }

    def _refuse_step(self, reason):
        """Refuse what this request waits for, with the reason."""
        steps = self._check_markable("approve")
        text = " ".join((reason or "").split())[:REASON_LENGTH]
        if not text:
            raise UserError(self.env._("Give a reason."))
        self._mark(steps, "refused", text)

    def action_ask_again(self):
        """Ask again for an approval that was refused."""
        self.check_access("write")
        self.sudo().mark_ids.filtered(  # guard: the user may write the request
            lambda mark: mark.state == "refused"
        ).unlink()
        self._ask_approvals()
        return True

    def _mark(self, steps, state, reason=False):
        """Write what was decided: {request: step}. The callers have checked who."""
        marks = self.env["aftersales.request.mark"].sudo()
        vals = {
            "state": state,
            "reason": reason,
            "marked_at": fields.Datetime.now(),
            "marked_by_id": self.env.uid,
        }
        labels = dict(marks._fields["state"]._description_selection(self.env))
        for ticket, step in steps.items():
            known = ticket._get_mark(step._prepare_step())
            if known:
                known.write(vals)
            else:
                marks.create(ticket._prepare_mark_vals(step) | vals)
            text = f"{step.display_name}: {labels[state]}"
            ticket.sudo().message_post(body=f"{text}. {reason}" if reason else text)
        tickets = self.browse().concat(*steps)
        tickets.sudo().activity_unlink(
            ["aftersales_service.mail_activity_type_approval"]
        )
        tickets._ask_approvals()

    def _prepare_mark_vals(self, step):
        return {
            "ticket_id": self.id,
            "step_id": step.id,
            "step_name": step.display_name,
            "role": step.role,
        }

    def _ask_approvals(self):
        """Ask for the approvals and tasks the requests of ``self`` have come to.

        Called whenever a step may have been done; asks nothing twice.
        """
        # The road of a request goes on by itself, whoever did the step before.
        tickets = self.sudo().filtered(
            lambda t: t.request_type_id.has_marks and not t.closed
        )
        vals_list = []
        for ticket in tickets:
            stop = workflow.find_next(ticket._get_road())
            if stop and stop.step.what in ("approve", "task"):
                step = ticket._get_step(stop.step)
                if not ticket._get_mark(stop.step):
                    vals_list.append(ticket._prepare_mark_vals(step))
        for mark in self.env["aftersales.request.mark"].sudo().create(vals_list):
            mark.ticket_id._tell_approver(mark.step_id)

    def _tell_approver(self, step):
        """An activity for the nearest person who has the role of a step."""
        user = self._get_approver(step)
        if user:
            self.activity_schedule(
                "aftersales_service.mail_activity_type_approval",
                summary=step.with_context(lang=user.lang).display_name,
                user_id=user.id,
            )

    def _get_approver(self, step):
        """Who is asked: staff of the territory or of what it is part of, or nobody."""
        self.ensure_one()
        if step.role == "department" and self.team_id:
            return self.team_id.user_id or self.team_id.user_ids[:1]
        group, territory = ROLE_GROUPS.get(step.role), self.territory_id
        while group and territory:
            people = territory.manager_id | territory.access_user_ids.sorted("id")
            if chosen := people.filtered(lambda user: user.has_group(group))[:1]:
                return chosen
            territory = territory.parent_id
        return self.env["res.users"]

    # Follow-up

    def action_call_back(self):
        """Open the follow-up that is due, made by the step's rule where none is."""
        self.ensure_one()
        self.check_access("write")
        followup = self.followup_ids.filtered(lambda f: f.state == "due")[:1]
        stop = workflow.find_next(self._get_road())
        if not followup and stop and stop.step.what == "callback":
            followup = self._create_callback(self._get_step(stop.step).followup_rule_id)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Follow-up"),
            "res_model": "aftersales.followup",
            "res_id": followup.id,
            "views": [[False, "form"]],
        }

    def _create_callback(self, rule):
        """The follow-up a step asks for; the caller has checked the user's right."""
        today = self._get_local_date(fields.Datetime.now())
        followups = self.env["aftersales.followup"].sudo()._unguarded()
        return followups.create(
            {
                "rule_id": rule.id,
                "ticket_id": self.id,
                "partner_id": self.partner_id.id,
                "unit_id": self.unit_id.id,
                "station_id": self.station_id.id,
                "survey_id": rule.survey_id.id,
                "user_id": self.env.uid,
                "due_date": followup_rule.due_date(today, rule.delay_days),
            }
        )

    def action_open_report(self):
        """Open the report that waits for the office."""
        self.ensure_one()
        orders = self.work_order_ids.filtered(lambda order: order.state == "reported")
        return orders[:1]._open(orders[:1])
