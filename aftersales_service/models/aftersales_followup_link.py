import secrets
from datetime import datetime, time, timedelta

from pytz import UTC

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq


class AftersalesFollowupRule(models.Model):
    """How long a link waits for its answer."""

    _inherit = "aftersales.followup.rule"

    link_days = fields.Integer(
        string="Link answered within (days)",
        default=3,
        required=True,
        help="For so many days the customer may answer by the link; then he is called.",
    )

    _link_days_positive = models.Constraint(
        "CHECK(link_days > 0)", "A link is open for a day at least."
    )


class AftersalesFollowup(models.Model):
    """The customer answers by himself: a link by mail, open for some days, used once.

    Who has no mail address, or does not answer in time, is called.
    """

    _inherit = "aftersales.followup"

    link_token = fields.Char(readonly=True, copy=False, groups="base.group_system")
    link_until = fields.Date(
        string="Link open until",
        readonly=True,
        copy=False,
        help="The last day on which the customer may answer by the link.",
    )
    is_answered_by_link = fields.Boolean(
        string="Answered by link", readonly=True, copy=False
    )

    @api.model
    def _create_for_jobs(self, work_orders):
        created = super()._create_for_jobs(work_orders)
        # The job is done, which its own button has checked.
        created.sudo()._send_links()
        return created

    def _send_links(self):
        """Mail their links to the customers of ``self`` who can get one."""
        followups = self.filtered(
            lambda followup: followup.channel == "link" and followup.partner_id.email
        )
        for followup in followups:
            until = followup._get_link_end()
            followup._write_guarded(
                {
                    "link_token": secrets.token_urlsafe(32),
                    "link_until": until,
                    # Nobody calls while the answer may still come.
                    "next_try_at": followup._get_end_of_day(until),
                }
            )
        template = self.env.ref(
            "aftersales_service.mail_template_followup_link", raise_if_not_found=False
        )
        if template and followups:
            template.send_mail_batch(followups.ids)

    def _get_link_end(self):
        """Last day of the link of this follow-up."""
        self.ensure_one()
        return self.company_id._get_today() + timedelta(days=self.rule_id.link_days)

    def _get_end_of_day(self, day):
        """The moment, in UTC, at which the day is over in the company's time zone."""
        self.ensure_one()
        midnight = datetime.combine(day + timedelta(days=1), time.min)
        zone = self.company_id._get_service_zone()
        return zone.localize(midnight).astimezone(UTC).replace(tzinfo=None)

    def _get_link_url(self):
        """Address of the page on which the customer answers."""
        self.ensure_one()
        # For the mail to the customer himself; nobody else reads the token.
        token = self.sudo().link_token
        return f"{self.get_base_url()}/followup/{self.id}/{token}"

    @api.model
    def _find_by_link(self, followup_id, token):
        """The follow-up a link leads to, with all rights; none for a wrong token."""
        # The token is the right: it is compared before anything is told.
        followup = self.sudo().browse(followup_id).exists()
        known = followup.link_token or ""
        is_right = bool(known) and consteq(known, token)
        return followup if is_right else followup.browse()

    def _is_link_open(self):
        """Whether the customer may answer by the link now."""
        self.ensure_one()
        return (
            self._is_answerable()
            and bool(self.link_until)
            and self.company_id._get_today() <= self.link_until
        )

    def _answer_by_link(self, typed):
        """Freeze what the customer has typed on the page of the link, once.

        :param typed: see ``tools.followup.read_answers``
        :raise ValidationError: a question is unanswered or wrongly answered
        :raise UserError: it is answered already
        """
        self.ensure_one()
        followup = self.with_context(followup_by_link=True)
        if followup.try_lock_for_update() != followup:
            raise UserError(self.env._("Your answer is just being saved."))
        followup.answers = typed
        followup._record_answers()

    def _prepare_done_vals(self, answers, measures):
        vals = super()._prepare_done_vals(answers, measures)
        if self.env.context.get("followup_by_link"):
            vals |= {"is_answered_by_link": True, "user_id": self.user_id.id}
        return vals
