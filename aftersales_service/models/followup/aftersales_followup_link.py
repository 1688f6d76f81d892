import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from ...tools import phone as phone_rule


class AftersalesFollowupRule(models.Model):
    """How long a link waits for its answer."""

    _inherit = "aftersales.followup.rule"

    link_days = fields.Integer(
        string="Link answered within (days)",
        default=1,
        required=True,
        help="For so many days after today the customer may answer by the link; then"
        " he is called. Fewer than the days within which he is asked, or the call is"
        " late.",
    )

    _link_days_positive = models.Constraint(
        "CHECK(link_days > 0)", "A link is open for a day at least."
    )


class AftersalesFollowup(models.Model):
    """The customer answers by himself: a link, open for some days, used once.

    It goes by mail, to who has no mail address by SMS. Who has no mobile either, or
    does not answer in time, is called.
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
        """Send their links to the customers of ``self`` who can get one."""
        asked = self.filtered(lambda followup: followup.channel == "link")
        mailed = asked.filtered("partner_id.email")
        texted = (asked - mailed).filtered(lambda f: f._is_reached_by_sms())
        for followup in mailed + texted:
            until = followup._get_link_end()
            followup._write_guarded(
                {
                    "link_token": secrets.token_urlsafe(32),
                    "link_until": until,
                    # Nobody calls while the answer may still come.
                    "next_try_at": followup.company_id._get_moment(
                        until + timedelta(days=1)
                    ),
                }
            )
        template = self.env.ref(
            "aftersales_service.mail_template_followup_link", raise_if_not_found=False
        )
        if template and mailed:
            template.send_mail_batch(mailed.ids)
        texted._text_links()

    def _is_reached_by_sms(self):
        """Whether a text message reaches the customer."""
        self.ensure_one()
        region = self.company_id._get_phone_region()
        return phone_rule.is_mobile(self.partner_id.phone, region)

    def _text_links(self):
        """Queue an SMS with its link to each customer of ``self``."""
        template = self.env.ref(
            "aftersales_service.sms_template_followup_link", raise_if_not_found=False
        )
        if not template or not self:
            return
        # What the template reads, the caller was allowed to ask for.
        bodies = template.sudo()._render_field("body", self.ids, compute_lang=True)
        self.env["sms.sms"].sudo().create(
            [
                {
                    "number": followup.partner_id.phone_sanitized
                    or followup.partner_id.phone,
                    "partner_id": followup.partner_id.id,
                    "body": bodies[followup.id],
                }
                for followup in self
            ]
        )

    def _get_link_end(self):
        """Last day of the link of this follow-up."""
        self.ensure_one()
        return self.company_id._get_today() + timedelta(days=self.rule_id.link_days)

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
        is_right = bool(known) and consteq(known.encode(), token.encode())
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
        if self.try_lock_for_update() != self:
            raise UserError(self.env._("Your answer is just being saved."))
        agent = self.user_id
        self.answers = typed
        self._record_answers()
        self._write_guarded({"is_answered_by_link": True, "user_id": agent.id})
