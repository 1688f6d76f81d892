from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...tools import care
from .aftersales_followup_sale import AHEAD_DAYS, BATCH
from .res_partner_care import MONTHS

#: The events a calendar brings, without a machine or a job.
CALENDAR_EVENTS = ("birthday", "holiday", "interval")
AUDIENCES = {
    "customer": ("customer",),
    "dealer": ("dealer", "shop"),
    "station": ("station",),
    "all": ("customer", "dealer", "shop", "station"),
}


class AftersalesFollowupRule(models.Model):
    """Rules by the calendar: birthdays, holidays, regular visits."""

    _inherit = "aftersales.followup.rule"

    event = fields.Selection(
        selection_add=[
            ("birthday", "Birthday"),
            ("holiday", "Holiday"),
            ("interval", "Every so many months"),
        ],
        ondelete=dict.fromkeys(CALENDAR_EVENTS, "cascade"),
    )
    audience = fields.Selection(
        [
            ("customer", "Customers"),
            ("dealer", "Dealers and shops"),
            ("station", "Service stations"),
            ("all", "All of these"),
        ],
        string="For whom",
        default="customer",
        help="Who is greeted or visited. Birthdays: also of their people.",
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        string="With one of these tags",
        help="Empty means everybody, else only who has one of them.",
    )
    class_ids = fields.Many2many(
        "aftersales.customer.class",
        string="Of these classes",
        help="Empty means every class of customer.",
    )
    event_month = fields.Selection(MONTHS, string="Month")
    event_day = fields.Integer(
        string="Day", help="The holiday comes back each year on this day."
    )
    is_lunar = fields.Boolean(
        string="Lunar calendar",
        help="Month and day are of the Chinese lunar calendar: Spring Festival is 1/1,"
        " Mid-Autumn 8/15. The 30th of a month of 29 days is kept on the 29th.",
    )
    interval_months = fields.Integer(
        string="Every (months)",
        default=3,
        help="Once in so many months, at the latest on the last day of them.",
    )

    _survey_given = models.Constraint(
        "CHECK(survey_id IS NOT NULL OR (channel <> 'link'"
        " AND event IN ('birthday', 'holiday', 'interval')))",
        "Choose the questionnaire: it is what the customer is asked.",
    )
    _audience_given = models.Constraint(
        "CHECK(event NOT IN ('birthday', 'holiday', 'interval')"
        " OR audience IS NOT NULL)",
        "Say who is greeted or visited.",
    )
    _event_day_exists = models.Constraint(
        """CHECK(event <> 'holiday' OR (event_month IS NOT NULL
            AND event_day BETWEEN 1 AND CASE
            WHEN is_lunar THEN 30
            WHEN event_month = '2' THEN 29
            WHEN event_month IN ('4', '6', '9', '11') THEN 30 ELSE 31 END))""",
        "Say on which day the holiday is. This month does not have that day.",
    )
    _interval_positive = models.Constraint(
        "CHECK(event <> 'interval' OR interval_months BETWEEN 1 AND 120)",
        "A regular visit comes every 1 to 120 months.",
    )

    def _get_required_measures(self):
        # Whom nobody worked for is not asked whether his machine runs.
        if self.event in CALENDAR_EVENTS:
            return ()
        return super()._get_required_measures()

    def _get_care_domain(self, today):
        """Partners this rule has due from ``today`` on and not had yet.

        May be extended. Archived partners and those who want none are left out.
        """
        self.ensure_one()
        domain = self._get_audience_domain() & self._get_occasion_domain(today)
        if self.company_id:
            domain &= Domain("company_id", "in", [False, self.company_id.id])
        return domain

    def _get_audience_domain(self):
        """Whom this rule is for; a person with a birthday may belong to one of them."""
        roles = AUDIENCES[self.audience]
        domain = Domain("wants_no_care", "=", False) & (
            Domain("parent_id", "=", False) | Domain("parent_id.wants_no_care", "=", 0)
        )
        fitting = Domain("aftersales_role", "in", roles)
        tagged = Domain("category_id", "in", self.category_ids.ids)
        classed = Domain("customer_class_id", "in", self.class_ids.ids)
        if self.event == "birthday":
            fitting |= Domain("parent_id.aftersales_role", "in", roles)
            tagged |= Domain("parent_id.category_id", "in", self.category_ids.ids)
            classed |= Domain("parent_id.customer_class_id", "in", self.class_ids.ids)
        if self.category_ids:
            domain &= tagged
        if self.class_ids:
            domain &= classed
        return domain & fitting

    def _get_occasion_domain(self, today):
        """Whose occasion is near enough to be made, and not made yet."""
        if self.event == "birthday":
            return self._get_birthday_domain(today)
        occasion = self._get_occasion(today)
        if self.event == "holiday" and occasion.due > self._get_last_day(today):
            return Domain.FALSE
        return self._without(occasion.key)

    def _get_birthday_domain(self, today):
        days = {}
        for key, month, day in care.yearly_days(today, self._get_last_day(today)):
            days.setdefault((key, str(month)), []).append(day)
        return Domain.OR(
            Domain("birth_month", "=", month)
            & Domain("birth_day", "in", numbers)
            & self._without(key)
            for (key, month), numbers in days.items()
        )

    def _get_last_day(self, today):
        """How far ahead this is planned; a link goes out on the day itself."""
        return today + timedelta(days=0 if self.channel == "link" else AHEAD_DAYS)

    def _without(self, key):
        """Partners who have no follow-up of this rule for the occasion."""
        made = Domain("rule_id", "=", self.id) & Domain("event_key", "=", key)
        return Domain("care_ids", "not any", made)

    def _get_occasion(self, today, partner=None):
        """When this rule is next due, for a birthday that of ``partner``."""
        if self.event == "interval":
            return care.period(today, self.interval_months)
        if self.event == "holiday":
            find = care.next_lunar if self.is_lunar else care.next_yearly
            return find(int(self.event_month), self.event_day, today)
        return care.next_yearly(int(partner.birth_month), partner.birth_day, today)


class AftersalesFollowup(models.Model):
    """A greeting or a regular visit: about the customer himself."""

    _inherit = "aftersales.followup"

    event_key = fields.Char(
        readonly=True, copy=False, help="Which occasion of its rule it was made for."
    )
    can_finish = fields.Boolean(compute="_compute_can_finish")

    # Once per rule, customer and occasion, whatever runs twice.
    _rule_occasion_uniq = models.UniqueIndex(
        "(rule_id, partner_id, event_key) WHERE event_key IS NOT NULL"
    )

    @api.depends("state", "survey_id")
    def _compute_can_finish(self):
        for followup in self:
            followup.can_finish = followup._is_finishable()

    def _is_finishable(self):
        """Whether it is done without an answer: due, and nothing to ask."""
        self.ensure_one()
        return self.state == "due" and not self.survey_id

    def action_finish(self):
        """The customer was greeted or visited; there was nothing to ask."""
        self.check_access("write")
        for followup in self:
            if not followup._is_finishable():
                raise UserError(
                    self.env._(
                        "%(followup)s is not due, or has questions to ask.",
                        followup=followup.display_name,
                    )
                )
        self._finish()

    def _finish(self):
        """Mark as done what asks nothing. May be extended."""
        self._update_state(
            "done",
            done_at=fields.Datetime.now(),
            user_id=self.env.uid,
            next_try_at=False,
        )

    @api.model
    def _cron_create_due(self):
        """Make what the rules bring by the calendar, in committed batches."""
        self._cron_create_for_sales()
        events = Domain("event", "in", CALENDAR_EVENTS)
        cron = self.env["ir.cron"]
        for rule in self.env["aftersales.followup.rule"].search(events):
            while created := self._create_for_calendar(rule, BATCH):
                if not cron._commit_progress(len(created)):
                    return

    @api.model
    def _create_for_calendar(self, rule, limit=None):
        """Make what one rule has due soon, for at most ``limit`` customers."""
        today = (rule.company_id or self.env.company)._get_today()
        partners = self.env["res.partner"].search(
            rule._get_care_domain(today), limit=limit, order="id"
        )
        quiet = self.with_context(tracking_disable=True, mail_create_nolog=True)
        created = quiet._unguarded().create(
            [self._prepare_care_vals(rule, partner, today) for partner in partners]
        )
        created = self.browse(created.ids)
        created._send_links()
        return created

    @api.model
    def _prepare_care_vals(self, rule, partner, today):
        """Values of the follow-up of one rule for one customer. May be extended."""
        occasion = rule._get_occasion(today, partner)
        manager = partner.user_id or partner.parent_id.user_id
        return {
            "rule_id": rule.id,
            "partner_id": partner.id,
            "survey_id": rule.survey_id.id,
            "user_id": manager.filtered("active").id,
            "due_date": occasion.due,
            "event_key": occasion.key,
        }
