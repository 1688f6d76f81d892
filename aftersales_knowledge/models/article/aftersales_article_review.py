from odoo import api, fields, models
from odoo.fields import Domain

from ...tools import article as article_rule

REVIEW_MONTHS = 12
ACTIVITY = "aftersales_knowledge.mail_activity_type_review"


class AftersalesArticle(models.Model):
    """Every published article is looked at again from time to time."""

    _name = "aftersales.article"
    _inherit = ["aftersales.article", "aftersales.batch.mixin"]

    review_date = fields.Date(
        string="Review by",
        copy=False,
        tracking=True,
        help="Until then the owner looks whether the article is still right. A year"
        " after publishing unless you say otherwise.",
    )
    review_asked_on = fields.Date(
        readonly=True, copy=False, help="The owner was asked to look at it."
    )

    _review_idx = models.Index("(review_date, id) WHERE state = 'published'")

    def write(self, vals):
        if "review_date" in vals and not self._is_unguarded():
            # A new day is a new question.
            self._write_guarded({"review_asked_on": False})
        return super().write(vals)

    def action_publish(self):
        """Show the article to its audience from now on, and plan its review."""
        result = super().action_publish()
        self._plan_review()
        return result

    def action_confirm_review(self):
        """The article was looked at and is still right."""
        self.check_access("write")
        self._plan_review(anew=True)
        for article in self:
            article.message_post(body=self.env._("Looked at: still right."))

    def _plan_review(self, anew=False):
        """Plan the next look; a later day that was chosen stays unless ``anew``."""
        today = self.env.company._get_today()
        later = article_rule.get_review_date(today, REVIEW_MONTHS)
        due = self.filtered(
            lambda one: anew or not one.review_date or one.review_date <= today
        )
        due._write_guarded({"review_date": later, "review_asked_on": False})
        self.activity_unlink([ACTIVITY])

    @api.model
    def _cron_ask_reviews(self, batch_size=100):
        """Ask owners to look at articles whose review is due."""
        due = (
            Domain("state", "=", "published")
            & Domain("review_date", "<=", self.env.company._get_today())
            & Domain("review_asked_on", "=", False)
        )
        self._work_in_batches(due, "_ask_review", batch_size)

    def _ask_review(self):
        """Give each owner one activity per article."""
        for article in self:
            article.activity_schedule(
                ACTIVITY,
                date_deadline=article.review_date,
                user_id=(article.owner_id or article.approver_id).id,
            )
        self._write_guarded({"review_asked_on": self.env.company._get_today()})
