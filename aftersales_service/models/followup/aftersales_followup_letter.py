from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...tools import letter as letter_rule


class AftersalesFollowupRule(models.Model):
    """What its letters say."""

    _inherit = "aftersales.followup.rule"

    letter = fields.Html(
        translate=True,
        sanitize=True,
        help="In each customer's language. {customer}, {company}, {manager}, {machine}"
        " and {day} are filled in.",
    )

    @api.constrains("letter")
    def _check_letter(self):
        for rule in self:
            unknown = letter_rule.unknown_words(rule.letter or "")
            if unknown:
                raise ValidationError(
                    self.env._(
                        "No letter knows these words: %(words)s. It knows %(known)s.",
                        words=", ".join(unknown),
                        known=", ".join(letter_rule.WORDS),
                    )
                )


class AftersalesFollowup(models.Model):
    """Letters of several follow-ups are one print; printed, they are sent."""

    _inherit = "aftersales.followup"

    printed_at = fields.Datetime(string="Letter printed at", readonly=True, copy=False)
    can_print = fields.Boolean(compute="_compute_can_print")

    @api.depends("channel", "state", "printed_at")
    def _compute_can_print(self):
        for followup in self:
            followup.can_print = followup._is_printable()

    def _is_printable(self):
        """Whether a letter of it goes out now, or went out before."""
        self.ensure_one()
        is_open = self.state == "due" or bool(self.printed_at)
        return self.channel == "letter" and is_open

    def action_print_letters(self):
        """Print the letters of ``self`` as one document and mark them as sent, once.

        Who is due and has nothing to answer is done by it. A letter printed before is
        printed again and changes nothing.
        """
        self.check_access("write")
        self._check_printable()
        fresh = self.filtered(lambda followup: not followup.printed_at)
        fresh._write_guarded({"printed_at": fields.Datetime.now()})
        fresh.filtered("can_finish")._finish()
        report = self.env.ref("aftersales_service.action_report_followup_letter")
        return report.report_action(self, config=False)

    def _check_printable(self):
        for followup in self:
            if not followup._is_printable():
                raise UserError(
                    self.env._(
                        "%(followup)s does not go by letter, or is not due.",
                        followup=followup.display_name,
                    )
                )
            if not followup.rule_id.letter:
                raise UserError(
                    self.env._(
                        "Write the letter of the rule %(rule)s first.",
                        rule=followup.rule_id.name,
                    )
                )

    def _get_letter(self):
        """The letter to this customer in his language, as HTML."""
        self.ensure_one()
        lang = self.partner_id.lang or self.env.lang
        followup = self.with_context(lang=lang)
        text = followup.rule_id.letter or ""
        # Only words of the record filled in as text; the rule's HTML is sanitized.
        return Markup(letter_rule.fill(text, followup._prepare_letter_words()))

    def _prepare_letter_words(self):
        """Values of the words in braces, see ``tools.letter.WORDS``."""
        self.ensure_one()
        return {
            "customer": self.partner_id.name or "",
            "company": self.company_id.name or "",
            "manager": self.user_id.name or "",
            "machine": self.unit_id.name or "",
            "day": format_date(self.env, self.due_date),
        }
