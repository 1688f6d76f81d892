from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_amount

AUDITOR = "aftersales_settlement.group_settlement_auditor"
# States of a work order in which consent may be asked for.
OPEN_STATES = ("accepted", "on_site", "waiting", "returned")
TEXT_LENGTH = 500
"""Longest reason or answer, in characters; what is longer is cut."""


class AftersalesWorkOrderAuthorisation(models.Model):
    """Consent to an expensive repair, asked for before it is done.

    The station or the office asks, an auditor who did not ask answers. A refusal is
    final; who needs more than was granted asks again.
    """

    _name = "aftersales.work.order.authorisation"
    _description = "Prior authorisation"
    _inherit = ["mail.thread", "mail.activity.mixin", "aftersales.state.mixin"]
    _order = "id desc"
    _mail_post_access = "read"

    TRANSITIONS = {"asked": ("granted", "refused"), "granted": (), "refused": ()}
    _guarded_fields = (
        "state",
        "asked_by_id",
        "asked_at",
        "decided_by_id",
        "decided_at",
        "currency_id",
    )
    # What was asked stays as it was asked.
    _asked_fields = frozenset({"work_order_id", "asked_amount", "reason"})
    # What the auditor enters before he decides.
    _answer_fields = frozenset({"granted_amount", "answer"})

    work_order_id = fields.Many2one(
        "aftersales.work.order",
        string="Work order",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )
    company_id = fields.Many2one(
        related="work_order_id.company_id", store=True, index=True
    )
    territory_id = fields.Many2one(
        related="work_order_id.territory_id", store=True, index=True
    )
    station_id = fields.Many2one(
        related="work_order_id.station_id", store=True, index=True
    )
    product_id = fields.Many2one(related="work_order_id.product_id", string="Model")
    state = fields.Selection(
        [("asked", "Asked"), ("granted", "Granted"), ("refused", "Refused")],
        default="asked",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    asked_amount = fields.Monetary(
        string="Expected cost",
        required=True,
        help="What the repair will cost the maker in all.",
    )
    reason = fields.Text(required=True, help="What is broken, and why so much.")
    asked_by_id = fields.Many2one(
        "res.users", string="Asked by", readonly=True, copy=False
    )
    asked_at = fields.Datetime(string="Asked on", readonly=True, copy=False)
    granted_amount = fields.Monetary(
        string="Granted amount",
        copy=False,
        help="The claim may come to this amount without another question.",
    )
    answer = fields.Text(copy=False, help="The station reads it.")
    decided_by_id = fields.Many2one(
        "res.users", string="Decided by", readonly=True, copy=False
    )
    decided_at = fields.Datetime(string="Decided on", readonly=True, copy=False)
    can_decide = fields.Boolean(compute="_compute_can_decide")

    _one_open = models.UniqueIndex(
        "(work_order_id) WHERE state = 'asked'",
        "Consent has been asked for already; wait for the answer.",
    )
    _amount_positive = models.Constraint(
        "CHECK(asked_amount > 0 AND granted_amount >= 0)",
        "Ask for an amount above zero.",
    )

    @api.depends("work_order_id.name", "asked_amount")
    def _compute_display_name(self):
        for consent in self:
            if not consent.currency_id:
                # The form of a new question, before its job is known.
                consent.display_name = False
                continue
            amount = format_amount(self.env, consent.asked_amount, consent.currency_id)
            consent.display_name = f"{consent.work_order_id.name}: {amount}"

    @api.depends("state", "asked_by_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for consent in self:
            consent.can_decide = consent.state == "asked" and consent._may_decide()

    def _may_decide(self):
        """Whether the present user may answer: an auditor who did not ask himself."""
        self.ensure_one()
        user = self.env.user
        return user.has_group(AUDITOR) and self.asked_by_id != user

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["aftersales.work.order"].browse(
            [vals.get("work_order_id") for vals in vals_list]
        )
        if not self._is_unguarded():
            self._check_guarded_defaults(vals_list)
        for vals, order in zip(vals_list, orders, strict=True):
            order._check_can_ask_authorisation()
            vals |= {
                "granted_amount": vals.get("asked_amount"),
                "answer": False,
                # Which money the job is paid in is no secret of who asks.
                "currency_id": order.sudo()._get_pay_currency().id,
                "asked_by_id": self.env.uid,
                "asked_at": fields.Datetime.now(),
            }
        consents = super(AftersalesWorkOrderAuthorisation, self._unguarded()).create(
            vals_list
        )
        consents = consents._guarded_again()
        consents._remind_auditors()
        return consents

    def write(self, vals):
        if not self._is_unguarded():
            self._refuse_guarded(sorted(self._asked_fields & vals.keys()))
            if self.filtered(lambda consent: consent.state != "asked"):
                self._refuse_guarded(sorted(self._answer_fields & vals.keys()))
        return super().write(vals)

    @api.model
    def default_get(self, fields):
        """The currency is that of the rate card which prices the job."""
        values = super().default_get(fields)
        if "currency_id" in fields and values.get("work_order_id"):
            order = self.env["aftersales.work.order"].browse(values["work_order_id"])
            # Shown in the dialog of whoever may see the job.
            order.check_access("read")
            values["currency_id"] = order.sudo()._get_pay_currency().id
        return values

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        self._refuse_guarded(["state"])

    # === ACTIONS === #

    def action_grant(self):
        """Button: the repair may cost the granted amount."""
        self._check_can_decide()
        for consent in self:
            if consent.granted_amount <= 0:
                raise UserError(self.env._("Enter the amount you grant."))
        self._decide("granted")

    def action_refuse(self):
        """Button: the maker does not pay this repair."""
        self._check_can_decide()
        for consent in self:
            if not (consent.answer or "").strip():
                raise UserError(self.env._("Tell the station why you refuse."))
        self._decide("refused", granted_amount=0.0)

    def _check_can_decide(self):
        """Raise unless the present user may answer all of ``self`` now."""
        self.check_access("write")
        self._check_transition("granted")
        for consent in self:
            if not consent._may_decide():
                raise AccessError(
                    self.env._("An auditor who did not ask for it himself decides.")
                )

    # === LIFE === #

    def _decide(self, state, **vals):
        """The answer: the job goes on, and its station is told."""
        self._update_state(
            state,
            decided_by_id=self.env.uid,
            decided_at=fields.Datetime.now(),
            **vals,
        )
        # Whoever was reminded, and the job of another desk: the answer moves them.
        consents = self.sudo()
        consents.activity_unlink(["mail.mail_activity_data_todo"])
        consents.work_order_id.filtered(
            lambda order: (
                order.state == "waiting"
                and order.wait_reason == "authorisation"
                and not order._get_open_visit()
            )
        )._resume()
        for consent in consents:
            order = consent.work_order_id
            order.message_post(
                body=consent._tell_answer(),
                partner_ids=(order.technician_id or order.station_id).ids,
                subtype_xmlid="mail.mt_comment",
            )

    def _tell_answer(self):
        """The answer as a sentence, for the station."""
        self.ensure_one()
        if self.state == "asked":
            return self.env._(
                "Asked for %(amount)s. Wait for the answer before you repair.",
                amount=format_amount(self.env, self.asked_amount, self.currency_id),
            )
        if self.state == "granted":
            sentence = self.env._(
                "Authorised: the repair may cost the maker %(amount)s.",
                amount=format_amount(self.env, self.granted_amount, self.currency_id),
            )
        else:
            sentence = self.env._("Not authorised: the maker does not pay this repair.")
        return f"{sentence} {self.answer}" if self.answer else sentence

    def _remind_auditors(self):
        """One auditor of the company is asked to answer, in turns."""
        group = self.env.ref(AUDITOR).sudo()
        for consent in self.sudo():
            users = group.all_user_ids.filtered(
                lambda user, consent=consent: (
                    user.active
                    and consent.company_id in user.company_ids
                    and user != consent.asked_by_id
                )
            ).sorted("id")
            # Administrators hold every role; they are asked where nobody else is.
            users = users.filtered(lambda user: not user._is_system()) or users
            if users:
                user = users[consent.id % len(users)]
                # Whoever asks, the activity speaks the language of who answers.
                consent = consent.with_context(lang=user.lang)
                consent.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=consent.env._("Authorise %s", consent.display_name),
                    user_id=user.id,
                )


class AftersalesWorkOrder(models.Model):
    """A station asks before it repairs what costs more than its rate card allows."""

    _inherit = "aftersales.work.order"

    authorisation_ids = fields.One2many(
        "aftersales.work.order.authorisation",
        "work_order_id",
        string="Prior authorisations",
        groups="base.group_user",
    )
    can_ask_authorisation = fields.Boolean(
        compute="_compute_can_ask_authorisation", groups="base.group_user"
    )

    @api.depends("state", "authorisation_ids.state")
    def _compute_can_ask_authorisation(self):
        # A fact of the job for its button; who presses it is asked again.
        for order in self.sudo():
            order.can_ask_authorisation = not order._get_authorisation_obstacle()

    def _get_authorisation_obstacle(self):
        """Why consent cannot be asked for now, or nothing."""
        self.ensure_one()
        if self.state not in OPEN_STATES:
            return self.env._("Consent is asked for while the job is open.")
        if not self._get_authorisation_limit():
            return self.env._("This job needs no prior authorisation.")
        if any(consent.state == "asked" for consent in self.authorisation_ids):
            return self.env._(
                "Consent has been asked for already; wait for the answer."
            )
        return False

    def _check_can_ask_authorisation(self):
        """Raise unless consent may be asked for now."""
        self.check_access("read")
        for order in self.sudo():  # only state and rate card are looked at
            if obstacle := order._get_authorisation_obstacle():
                raise UserError(obstacle)

    def _get_authorisation_limit(self):
        """Above this amount a job of this station needs consent; 0 is no limit.

        An own team is not paid, and what the customer pays needs no consent.
        """
        self.ensure_one()
        if self.station_id.is_internal_team or not self._is_payable():
            return 0.0
        return self._get_rate_card().authorisation_limit

    def _get_authorised_amount(self):
        """The most that was granted for this job."""
        self.ensure_one()
        granted = self.authorisation_ids.filtered(lambda c: c.state == "granted")
        return max(granted.mapped("granted_amount"), default=0.0)

    def _ask_authorisation(self, amount, reason, is_waiting=True):
        """Ask for consent; the job waits for it where it can.

        Callers have checked who asks.
        """
        self.ensure_one()
        consent = self.env["aftersales.work.order.authorisation"].create(
            {
                "work_order_id": self.id,
                "asked_amount": amount,
                "reason": " ".join((reason or "").split())[:TEXT_LENGTH],
            }
        )
        if is_waiting and self.state in ("accepted", "on_site"):
            self._wait("authorisation")
        return consent

    def action_ask_authorisation(self):
        """Button of the office: the question as a dialog."""
        self.ensure_one()
        self._check_can_ask_authorisation()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ask for prior authorisation"),
            "res_model": "aftersales.work.order.authorisation",
            "view_mode": "form",
            "target": "new",
            "context": {"default_work_order_id": self.id},
        }

    def action_view_authorisations(self):
        """Smart button: what was asked for this job, and the answers."""
        self.ensure_one()
        return self._open(self.authorisation_ids)
